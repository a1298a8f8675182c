import { esiaWords } from '../../esia/view/words.ts';
import type { Language } from '../../failure/failure.ts';
import { type Child, type Element, element } from '../../markup/element.ts';
import { shownDay } from '../../markup/format.ts';
import { status } from '../../markup/icon.ts';
import type { Contact } from '../../notice/contact.ts';
import type { GivenConsent } from '../../oidc/consent.ts';
import { type FieldName, fieldNames, scopeClaims } from '../../oidc/fields.ts';
import { oidcWords } from '../../oidc/words.ts';
import { firstNumber } from '../../power-of-attorney/name.ts';
import { powerState } from '../../power-of-attorney/store.ts';
import { maskedIdentifier } from '../../subject/identifier.ts';
import { decides, type Insider } from '../insider.ts';
import type { ListedPower } from '../powers.ts';
import { accountWords } from './choose.ts';
import { type AccountFacts, actionForm, factList, graveAction, linkTo, when } from './frame.ts';
import { certificateName, item, type ShownNames } from './sections.ts';

/** What was agreed to be handed over, portal by portal. */
export function consents(
  facts: AccountFacts,
  insider: Insider,
  found: readonly GivenConsent[],
  names: ShownNames,
): Child[] {
  const { language } = facts;
  const words = accountWords(language);
  if (found.length === 0) return [element('p', {}, words.noConsents)];
  return [
    element(
      'ul',
      { class: 'items' },
      ...found.map((consent) => {
        const { client, certificate, givenAt } = consent;
        const isOwn = certificate === insider.claims['x5t#S256'];
        return item(
          names.clients.get(client) ?? client,
          undefined,
          factList([
            [words.handedOver, handedOver(consent, language).join(', ')],
            [words.given, when(givenAt, language)],
            [words.certificate, isOwn ? words.byYou : certificateName(certificate, names)],
          ]),
          (isOwn || decides(insider)) &&
            graveAction(
              words.withdrawConsent,
              words.withdrawConsentMeans,
              actionForm(
                facts,
                '/consents/withdraw',
                { label: words.withdrawConsent },
                { client, certificate },
              ),
            ),
        );
      }),
    ),
  ];
}

/** Prefix of what was agreed to by ЕСИА's dialect. */
const esiaItem = 'esia:';

/** What is handed over, in words: fields of OpenID Connect, and scopes of ЕСИА's dialect. */
function handedOver({ scopes, claims }: GivenConsent, language: Language): readonly string[] {
  const { nameOfOrganisation } = oidcWords(language);
  const { fields: named } = accountWords(language);
  const { scopes: known, otherScope } = esiaWords[language];
  const isField = (name: string): name is FieldName => fieldNames.some((field) => field === name);
  const claimsOf = (scope: string): readonly string[] =>
    Object.hasOwn(scopeClaims, scope) ? scopeClaims[scope as keyof typeof scopeClaims] : [];
  const ofScopes = scopes.flatMap((scope) => {
    if (scope.startsWith(esiaItem)) {
      const name = scope.slice(esiaItem.length);
      return [known[name] ?? otherScope(name)];
    }
    const fields = claimsOf(scope).filter(isField);
    return fields.length > 0 ? fields.map((name) => named[name]) : [nameOfOrganisation];
  });
  return [...new Set([...ofScopes, ...claims.filter(isField).map((name) => named[name])])];
}

/**
 * Powers of attorney; the representative's numbers are masked. `next` is what further ones follow on, `mayAdd` whether
 * the service takes them.
 */
export function powers(
  facts: AccountFacts,
  insider: Insider,
  found: readonly ListedPower[],
  { next, mayAdd }: { readonly next?: string | undefined; readonly mayAdd: boolean },
): Child[] {
  const { language, now } = facts;
  const words = accountWords(language);
  const adding = mayAdd && decides(insider) && powerForm(facts);
  if (found.length === 0) return [element('p', {}, words.noPowers), adding];
  return [
    element(
      'ul',
      { class: 'items' },
      ...found.map(({ power, codes }) => {
        const { number, representative, notAfter, withdrawnAt, lastUsedAt } = power;
        const state = powerState(power, now);
        const masked = maskedIdentifier(representative.inn ?? representative.snils ?? '');
        const fields = { number, first: firstNumber(power) ?? '' };
        return item(
          representative.name,
          status(state === 'in-force' ? 'good' : 'warn', words.powerStates[state]),
          factList([
            [words.powerNumber, element('span', { class: 'code' }, number)],
            [words.representative, `${representative.name}, ${masked}`],
            [words.codes, element('span', { class: 'code' }, codes.join(', '))],
            [words.term, shownDay(notAfter, language)],
            [words.powerStates.withdrawn, withdrawnAt !== undefined && when(withdrawnAt, language)],
            [words.lastUse, lastUsedAt === undefined ? words.never : when(lastUsedAt, language)],
          ]),
          decides(insider) &&
            withdrawnAt === undefined &&
            graveAction(
              words.withdrawPower,
              words.withdrawPowerMeans,
              actionForm(facts, '/powers/withdraw', { label: words.withdrawPower }, fields),
            ),
        );
      }),
    ),
    next !== undefined &&
      element('p', {}, element('a', { href: linkTo(facts, `/powers?after=${next}`) }, words.further)),
    adding,
  ];
}

/** Hands in a power of attorney as two files: the document, and the head's signature of it. */
function powerForm(facts: AccountFacts): Element {
  const words = accountWords(facts.language);
  const file = (name: string, label: string, accept: string) =>
    element(
      'div',
      { class: 'field' },
      element('label', { for: `power-${name}` }, label),
      element('input', { type: 'file', id: `power-${name}`, name, accept, required: true }),
    );
  return element(
    'section',
    { class: 'stack close', 'aria-labelledby': 'add-power-title' },
    element('h2', { id: 'add-power-title' }, words.addPower),
    element('p', { class: 'small soft' }, words.addPowerMeans),
    element(
      'form',
      {
        method: 'post',
        action: linkTo(facts, '/powers/add'),
        enctype: 'multipart/form-data',
        class: 'stack',
        id: 'add-power',
      },
      file('document', words.powerDocument, '.xml'),
      file('signature', words.powerSignature, '.sig,.p7s,.sgn,.txt,.pem,.b64'),
      element('div', { class: 'actions' }, element('button', { class: 'button' }, words.addPowerButton)),
    ),
  );
}

/** Where the organisation is told of things. */
export function notices(facts: AccountFacts, insider: Insider, contact: Contact | undefined): Child[] {
  const { language } = facts;
  const words = accountWords(language);
  const { email = '', language: chosen = language } = contact ?? {};
  if (!decides(insider)) {
    return [
      contact === undefined
        ? element('p', {}, words.noContact)
        : factList([
            [words.email, email],
            [words.mailLanguage, words.languages[chosen]],
          ]),
    ];
  }
  return [
    contact === undefined && element('p', {}, words.noContact),
    element(
      'form',
      { method: 'post', action: linkTo(facts, '/notices'), class: 'stack' },
      element(
        'div',
        { class: 'field' },
        element('label', { for: 'email' }, words.email),
        element('input', {
          ...{ id: 'email', name: 'email', type: 'email', value: email, required: true },
          ...{ maxlength: 254, autocomplete: 'email' },
        }),
      ),
      element(
        'div',
        { class: 'field' },
        element('label', { for: 'mail-language' }, words.mailLanguage),
        element(
          'select',
          { id: 'mail-language', name: 'mail-language' },
          ...(['ru', 'en'] as const).map((value) =>
            element('option', { value, selected: value === chosen, lang: value }, words.languages[value]),
          ),
        ),
      ),
      element(
        'div',
        { class: 'actions' },
        element('button', { class: 'button primary', id: 'save' }, words.saveContact),
      ),
    ),
  ];
}
