import type { Language } from '../../failure/failure.ts';
import { type Element, element } from '../../markup/element.ts';
import { shownInn, shownOgrn } from '../../markup/format.ts';
import type { ConsentQuestion } from '../consent.ts';
import { allowedBy } from '../scope.ts';
import { type EsiaWords, esiaWords } from './words.ts';

/** The question what may be handed over: every scope with the very values; two buttons, of which none is ticked. */
export function consentView(
  question: ConsentQuestion,
  language: Language,
  action: string,
): readonly Element[] {
  const words = esiaWords[language];
  const { client, authorization } = question;
  const { redirectUri, scopes } = authorization.request;
  const { origin, host } = new URL(redirectUri);
  const names = scopes.map(({ name }) => name);
  return [
    element(
      'div',
      { class: 'requester' },
      element('h1', {}, words.consentTitle(client.name[language])),
      element('p', { class: 'code' }, origin),
    ),
    element('p', {}, words.consentAbout),
    element('dl', { class: 'facts', id: 'fields' }, ...names.map((name) => fieldOf(name, question, words))),
    ...byItself(question, names, words),
    element(
      'form',
      { method: 'post', action, class: 'actions' },
      element(
        'button',
        { class: 'button', name: 'decision', value: 'allow', id: 'allow' },
        words.allow(host),
      ),
      element('button', { class: 'button plain', name: 'decision', value: 'deny', id: 'deny' }, words.deny),
    ),
  ];
}

function fieldOf(name: string, question: ConsentQuestion, words: EsiaWords): readonly Element[] {
  const values = valuesOf(name, question);
  return [
    element('dt', {}, labelOf(name, words)),
    element('dd', {}, values.length === 0 ? words.nothingKnown : values.join(', ')),
  ];
}

function labelOf(name: string, words: EsiaWords): string {
  return words.scopes[name] ?? words.otherScope(name);
}

function valuesOf(name: string, { facts: { person, organisation } }: ConsentQuestion): readonly string[] {
  const { oid, lastName, firstName, middleName, snils, inn } = person;
  const fullName = [lastName, firstName, middleName].filter(Boolean).join(' ');
  const known = (...values: readonly (string | undefined)[]) =>
    values.filter((value) => value !== undefined && value !== '') as string[];
  const ownInn = inn && shownInn(inn);
  const organisationInn = organisation?.inn && shownInn(organisation.inn);
  const organisationOgrn = organisation?.ogrn && shownOgrn(organisation.ogrn);
  switch (name) {
    case 'openid':
      return [String(oid)];
    case 'fullname':
    case 'usr_brf':
      return [fullName];
    case 'snils':
      return known(snils);
    case 'inn':
      return known(ownInn);
    case 'usr_inf':
      return known(fullName, snils, ownInn);
    case 'usr_org':
      return known(organisation?.name, organisationOgrn, organisation?.position);
    case 'org_fullname':
    case 'org_shortname':
      return known(organisation?.name);
    case 'org_inn':
      return known(organisationInn);
    case 'org_ogrn':
      return known(organisationOgrn);
    case 'org_inf':
    case 'org_ful':
      return known(organisation?.name, organisationInn, organisationOgrn);
    case 'org_emps':
      return known(fullName, organisation?.position);
    default:
      return [];
  }
}

/** Who lets a system know the organisation lets it ask for the organisation's registered data, which is said here. */
function byItself(
  { client, authorization }: ConsentQuestion,
  names: readonly string[],
  words: EsiaWords,
): readonly Element[] {
  const { scopes } = authorization.request;
  const others = allowedBy(client.esia, scopes).filter((name) => !names.includes(name));
  if (others.length === 0) return [];
  const labels = [...new Set(others.map((name) => labelOf(name, words)))];
  return [element('p', { class: 'soft' }, words.organisationScopes, labels.join(', '))];
}
