import type { AssertionClaims } from '../assertion/claims.ts';
import type { SealgateError } from '../error.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';
import { documentHtml } from '../markup/document.ts';
import { type Child, type Element, element } from '../markup/element.ts';
import { refusal } from '../markup/refusal.ts';
import { defined } from '../optional.ts';
import { masthead } from '../sign-in/view/frame.ts';
import { wordsIn } from '../sign-in/words/choose.ts';
import type { PageAssets } from './dependencies.ts';
import type { FieldName } from './fields.ts';
import { oidcWords } from './words.ts';

/** What is shown before data of a sign-in are handed over. */
export interface ConsentFacts {
  readonly language: Language;
  readonly portal: { readonly name: string; readonly origin: string };
  readonly claims: AssertionClaims;
  /** What the portal asks for that was not consented to yet. */
  readonly fields: readonly FieldName[];
  /** Where the answer is posted. */
  readonly action: string;
}

/** A page that asks whether data may be handed over, and names each. */
export function consentPage(assets: PageAssets, facts: ConsentFacts): string {
  const { language, portal, claims, fields, action } = facts;
  const words = oidcWords(language);
  const shown = fields.flatMap((field) => {
    const { name, about } = words.field[field];
    const value = shownValue(field, claims) ?? (isInCertificate(field) ? words.nothing : undefined);
    return [
      element('dt', {}, name),
      element('dd', {}, value, element('div', { class: 'small soft' }, about)),
    ];
  });
  const title = words.consentTitle(portal.name);
  return page(assets, language, title, [
    element('h1', {}, title),
    element('p', { class: 'code soft' }, portal.origin),
    element('p', {}, words.consentAbout(claims.organisation.name)),
    element(
      'section',
      { class: 'stack close', 'aria-labelledby': 'fields-title' },
      element('h2', { id: 'fields-title' }, words.handedOver),
      element('p', {}, words.nameOfOrganisation),
      shown.length > 0 && element('dl', { class: 'facts', id: 'fields' }, ...shown),
    ),
    element('p', { class: 'small soft' }, words.consentKept),
    element(
      'form',
      { method: 'post', action, class: 'actions' },
      element(
        'button',
        { class: 'button primary', name: 'answer', value: 'agree', id: 'agree' },
        words.agree,
      ),
      element(
        'button',
        { class: 'button plain', name: 'answer', value: 'decline', id: 'decline' },
        words.decline,
      ),
    ),
  ]);
}

function isInCertificate(field: FieldName): boolean {
  return field !== 'organisation_register';
}

function shownValue(
  field: FieldName,
  { organisation, signer, authority }: AssertionClaims,
): string | undefined {
  const joined = (...parts: readonly (string | undefined)[]) =>
    parts.filter((part) => part !== undefined).join(', ') || undefined;
  switch (field) {
    case 'organisation':
      return joined(organisation.name, organisation.inn, organisation.ogrn);
    case 'name':
      return signer.name;
    case 'signer':
      return joined(signer.name, signer.position, signer.inn);
    case 'signer_snils':
      return signer.snils;
    case 'authority':
      return joined(authority?.basis, authority?.power);
    case 'organisation_register':
      return undefined;
  }
}

/** The page that asks whether the session is to end. The form's hidden fields are the library's own. */
export function logoutPage(
  assets: PageAssets,
  language: Language,
  { action, xsrf }: { readonly action: string; readonly xsrf: string },
): string {
  const words = oidcWords(language);
  return page(assets, language, words.logoutTitle, [
    element('h1', {}, words.logoutTitle),
    element('p', {}, words.logoutAbout),
    element(
      'form',
      { method: 'post', action, class: 'actions' },
      element('input', { type: 'hidden', name: 'xsrf', value: xsrf }),
      element(
        'button',
        { class: 'button primary', name: 'logout', value: 'yes', id: 'logout' },
        words.logout,
      ),
    ),
  ]);
}

/** The page after the end of a session that no portal wants people back from. */
export function loggedOutPage(assets: PageAssets, language: Language): string {
  const words = oidcWords(language);
  return page(assets, language, words.loggedOutTitle, [
    element('h1', {}, words.loggedOutTitle),
    element('p', {}, words.loggedOutAbout),
  ]);
}

/** A failure as a help page, with a way back to the portal where that is known. */
export function failurePage(
  assets: PageAssets,
  language: Language,
  error: SealgateError,
  { traceId, portal }: { readonly traceId?: string | undefined; readonly portal?: string | undefined },
): string {
  const { title, cause, remedy } = explain(error.code, error.details, language);
  const failure = { title, cause, remedy, code: error.code, ...defined({ traceId }) };
  const words = wordsIn(language);
  const back = portal && element('a', { class: 'button', href: portal, id: 'go-on' }, words.beginAgain);
  const shown = refusal(failure, words.refusal, { level: 'h1', actions: back ? [back] : [] });
  return page(assets, language, title, [shown]);
}

function page(assets: PageAssets, language: Language, title: string, children: readonly Child[]): string {
  const body: Element[] = [
    masthead(wordsIn(language), language),
    element('main', { class: 'stack loose' }, ...children),
  ];
  return documentHtml({ language, title, style: assets.style.path, icon: assets.icon.path, body });
}
