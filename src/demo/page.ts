import type { Language } from '../failure/failure.ts';
import { documentHtml } from '../markup/document.ts';
import { type Element, element } from '../markup/element.ts';
import { shownInn, shownOgrn } from '../markup/format.ts';
import { status } from '../markup/icon.ts';
import type { OpenIdClaims, PortalFailure } from '../portal/index.ts';
import { shownLevel } from './level.ts';

const words = {
  en: {
    title: 'Demo portal',
    nobody: 'Nobody is signed in from this browser',
    how: 'You sign in on the page of the sign-in service, with the electronic signature of your organisation.',
    signIn: 'Sign in with a signature',
    signedIn: 'Signed in',
    signOut: 'Sign out',
    organisation: 'Organisation',
    inn: 'INN',
    ogrn: 'OGRN',
    signer: 'Signed by',
    position: 'Position',
    level: 'Signing tool',
    centre: 'Account centre, which asks for other data',
    left: 'You have not signed in',
    leftAbout: 'The sign-in was left before it was finished. Nothing was changed.',
    code: 'Code',
    service: 'Sign-in service',
  },
  ru: {
    title: 'Демонстрационный портал',
    nobody: 'В этом браузере никто не вошёл',
    how: 'Вход — на странице сервиса входа, по электронной подписи вашей организации.',
    signIn: 'Войти с электронной подписью',
    signedIn: 'Вход выполнен',
    signOut: 'Выйти',
    organisation: 'Организация',
    inn: 'ИНН',
    ogrn: 'ОГРН',
    signer: 'Подписал',
    position: 'Должность',
    level: 'Класс средства подписи',
    centre: 'Центр учётных записей: он запрашивает другие данные',
    left: 'Вход не выполнен',
    leftAbout: 'Вход прерван до того, как был завершён. Ничего не изменилось.',
    code: 'Код',
    service: 'Сервис входа',
  },
} as const;

/** Where the portal has its style and its icon. */
export const assetPaths = { style: '/portal.css', icon: '/portal.svg' } as const;

/** The icon: the portal's own, not the service's. */
export const portalIcon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#17683a"/><path d="M8 24V12l8-5 8 5v12M13 24v-7h6v7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linejoin="round"/></svg>`;

/** What is shown of who is signed in. */
export interface ShownClaims {
  readonly organisation: { readonly name: string; readonly inn?: string; readonly ogrn?: string };
  readonly signer: { readonly name: string; readonly position?: string };
  readonly acr: string;
  readonly sid: string;
}

/** What is shown of a sign-in by OpenID Connect. */
export function shownClaims({ organisation, signer, acr = '', sid }: OpenIdClaims): ShownClaims {
  return { organisation: organisation ?? { name: '–' }, signer: signer ?? { name: '–' }, acr, sid };
}

/** What the portal has to say: who is signed in, or what became of an attempt. */
export type PortalState =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'signed-in'; readonly claims: ShownClaims; readonly hasCentre: boolean }
  | { readonly kind: 'left' }
  | {
      readonly kind: 'failed';
      readonly failure: Pick<PortalFailure, 'title' | 'detail' | 'remedy' | 'code'>;
    };

/** The portal's only page. Everything that comes from outside is text. */
export function portalPage(state: PortalState, service: string, language: Language): string {
  const text = words[language];
  return documentHtml({
    language,
    title: text.title,
    ...assetPaths,
    body: [
      element('header', { class: 'masthead' }, element('span', {}, text.title)),
      element(
        'main',
        { class: 'stack loose' },
        contentOf(state, language),
        element('p', { class: 'support small soft' }, `${text.service}: ${service}`),
      ),
    ],
  });
}

function contentOf(state: PortalState, language: Language): readonly Element[] {
  const text = words[language];
  const link = element(
    'p',
    {},
    element('a', { class: 'button primary', href: '/sign-in', id: 'sign-in' }, text.signIn),
  );
  switch (state.kind) {
    case 'nobody':
      return [element('h1', {}, text.nobody), element('p', {}, text.how), link];
    case 'left':
      return [element('h1', {}, text.left), element('p', {}, text.leftAbout), link];
    case 'failed': {
      const { title, detail, remedy, code } = state.failure;
      return [
        element('h1', {}, title),
        element('p', {}, detail),
        element('p', {}, remedy),
        element('p', { class: 'small soft' }, `${text.code}: `, element('span', { class: 'code' }, code)),
        link,
      ];
    }
    case 'signed-in':
      return [
        element('p', {}, status('good', text.signedIn)),
        element('h1', { id: 'organisation' }, state.claims.organisation.name),
        facts(state.claims, language),
        ...(state.hasCentre
          ? [element('p', {}, element('a', { href: '/centre', id: 'centre' }, text.centre))]
          : []),
        element(
          'form',
          { method: 'post', action: '/sign-in/out' },
          element('button', { class: 'button', id: 'sign-out' }, text.signOut),
        ),
      ];
  }
}

function facts({ organisation, signer, acr }: ShownClaims, language: Language): Element {
  const text = words[language];
  const { inn, ogrn } = organisation;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [text.inn, inn && shownInn(inn)],
    [text.ogrn, ogrn && shownOgrn(ogrn)],
    [text.signer, signer.name],
    [text.position, signer.position],
    [text.level, shownLevel(acr)],
  ];
  return element(
    'dl',
    { class: 'facts' },
    rows.map(([label, value]) =>
      value === undefined || value === '' ? undefined : [element('dt', {}, label), element('dd', {}, value)],
    ),
  );
}
