import type { Language } from '../../failure/failure.ts';
import { type Child, type Element, element } from '../../markup/element.ts';
import { shownDay, shownTime } from '../../markup/format.ts';
import { status } from '../../markup/icon.ts';
import { accountWords } from './choose.ts';
import { type AccountWords, type DoneName, type SectionName, sectionNames } from './words.ts';

/** What every part of the account's pages is made with. */
export interface AccountFacts {
  readonly language: Language;
  /** Path of the account, such as `/account`. */
  readonly base: string;
  /** The language was chosen by the address, and has to go along with every link. */
  readonly isLanguageChosen: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a page of a section shows. */
export interface SectionPage {
  readonly section: SectionName;
  readonly title: string;
  /** Says what the section is for, below the title. */
  readonly about?: string;
  readonly done?: DoneName | undefined;
  /** A failure of what was just tried. */
  readonly refusal?: Element | undefined;
  readonly content: readonly Child[];
}

/** The address of a page below the account's. */
export function linkTo({ base, language, isLanguageChosen }: AccountFacts, path = ''): string {
  if (!isLanguageChosen) return `${base}${path}`;
  return `${base}${path}${path.includes('?') ? '&' : '?'}language=${language}`;
}

/** Path of a section. */
export function sectionPath(section: SectionName): string {
  return section === 'overview' ? '' : `/${section}`;
}

/** The way to the sections of the account. */
export function navigation(facts: AccountFacts, section: SectionName): Element {
  const words = accountWords(facts.language);
  const entries = sectionNames.map((name) =>
    element(
      'li',
      {},
      element(
        'a',
        {
          href: linkTo(facts, sectionPath(name)),
          ...(name === section ? { 'aria-current': 'page' } : {}),
        },
        words.sections[name],
      ),
    ),
  );
  return element('nav', { class: 'sections', 'aria-label': words.navigation }, element('ul', {}, ...entries));
}

/** A page of somebody who is signed in: the sections, what was done, and the section's own. */
export function sectionFrame(facts: AccountFacts, page: SectionPage): Element[] {
  const { section, title, about, done, refusal, content } = page;
  const words = accountWords(facts.language);
  return [
    accountMasthead(facts, sectionPath(section)),
    navigation(facts, section),
    element(
      'main',
      { class: 'stack loose' },
      refusal,
      doneNotice(words, done),
      element(
        'div',
        { class: 'stack close' },
        element('h1', {}, title),
        about !== undefined && element('p', { class: 'soft' }, about),
      ),
      ...content,
    ),
  ];
}

/** Says what was done; nothing where nothing was. */
export function doneNotice(words: AccountWords, done: DoneName | undefined): Element | undefined {
  if (done === undefined) return undefined;
  return element('p', { class: 'panel', role: 'status', id: 'done' }, status('good', words.done[done]));
}

/** The line on top, with the same page in the other language. */
export function accountMasthead({ language, base }: AccountFacts, path: string): Element {
  const words = accountWords(language);
  const other = language === 'ru' ? 'en' : 'ru';
  const href = `${base}${path}?language=${other}`;
  return element(
    'header',
    { class: 'masthead' },
    element('span', {}, words.service),
    element('a', { href, lang: other, hreflang: other, id: 'language' }, words.switchLanguage),
  );
}

/** A form that does one thing. */
export function actionForm(
  facts: AccountFacts,
  path: string,
  button: { readonly label: string; readonly style?: string; readonly id?: string },
  fields: Readonly<Record<string, string>> = {},
): Element {
  const { label, style = 'button', id } = button;
  return element(
    'form',
    { method: 'post', action: linkTo(facts, path) },
    Object.entries(fields).map(([name, value]) => element('input', { type: 'hidden', name, value })),
    element('button', { class: style, ...(id === undefined ? {} : { id }) }, label),
  );
}

/** What cannot be taken back: its button folds open, and stands below what it means. */
export function graveAction(label: string, means: string, form: Element, id?: string): Element {
  return element(
    'details',
    { class: 'grave', ...(id === undefined ? {} : { id }) },
    element('summary', {}, label),
    element('div', { class: 'stack close' }, element('p', { class: 'small' }, means), form),
  );
}

/** Facts as a list; those without a value are left out. */
export function factList(rows: readonly (readonly [string, Child])[]): Element {
  return element(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(([label, value]) =>
      value === undefined || value === false || value === ''
        ? []
        : [element('dt', {}, label), element('dd', {}, value)],
    ),
  );
}

/** A moment in words, in the zone that the server knows. */
export function when(at: number, language: Language): Element {
  const zone = language === 'ru' ? 'Europe/Moscow' : 'UTC';
  const note = language === 'ru' ? 'по Москве' : 'UTC';
  const text = `${shownDay(at, language, zone)}, ${shownTime(at, language, zone)} ${note}`;
  return element('time', { datetime: new Date(at).toISOString() }, text);
}

/** The name of a certificate that nobody has given one: the beginning of its SHA-256. */
export function shownThumbprint(thumbprint: string): Element {
  const hex = Buffer.from(thumbprint, 'base64url').toString('hex').slice(0, 16).toUpperCase();
  return element('span', { class: 'code' }, `SHA-256 ${(hex.match(/.{4}/g) ?? []).join(' ')}…`);
}
