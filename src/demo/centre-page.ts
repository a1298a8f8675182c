import type { Language } from '../failure/failure.ts';
import { documentHtml } from '../markup/document.ts';
import { element } from '../markup/element.ts';
import type { OpenIdClaims } from '../portal/index.ts';
import { assetPaths } from './page.ts';

const words = {
  en: {
    title: 'Account centre',
    about: 'A system behind the portal. It was let in by the same signature, and was told other data.',
    subject: 'Organisation’s identifier',
    register: 'Entry in the register',
    unknown: 'the register does not know it',
    authority: 'Right to act',
    back: 'Back to the portal',
  },
  ru: {
    title: 'Центр учётных записей',
    about: 'Система за порталом. Её впустила та же подпись, а сообщены ей другие данные.',
    subject: 'Идентификатор организации',
    register: 'Запись в реестре',
    unknown: 'в реестре её нет',
    authority: 'Право действовать',
    back: 'Вернуться на портал',
  },
} as const;

/** The only page of the system behind the portal: what it was told. */
export function centrePage(claims: OpenIdClaims, language: Language): string {
  const text = words[language];
  const { sub, organisation_register: register, authority } = claims;
  const rows: readonly (readonly [string, string])[] = [
    [text.subject, sub],
    [text.register, register?.name ?? text.unknown],
    [text.authority, authority?.basis ?? '–'],
  ];
  return documentHtml({
    language,
    title: text.title,
    ...assetPaths,
    body: [
      element('header', { class: 'masthead' }, element('span', {}, text.title)),
      element(
        'main',
        { class: 'stack loose' },
        element('h1', {}, text.title),
        element('p', {}, text.about),
        element(
          'dl',
          { class: 'facts', id: 'told' },
          rows.map(([label, value]) => [element('dt', {}, label), element('dd', {}, value)]),
        ),
        element('p', {}, element('a', { href: '/', id: 'portal' }, text.back)),
      ),
    ],
  });
}
