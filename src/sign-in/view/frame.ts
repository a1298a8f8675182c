import { type Child, type Element, element } from '../../markup/element.ts';
import { shownInn } from '../../markup/format.ts';
import type { PageWords } from '../words/words.ts';
import type { PageFacts } from './model.ts';

/** What of the frame is not a matter of the sign-in itself. */
export interface FrameOptions {
  /** Where the same page is in the other language. */
  readonly languageAddress?: string;
  /** The title, where it is not the usual one. */
  readonly title?: string;
  /** Leaves out what is signed, where nothing is to be signed any more. */
  readonly withoutText?: boolean;
  /** A form that goes back to the portal stands below. */
  readonly canCancel?: boolean;
  /** Links to other pages of the same place, below the line on top. */
  readonly navigation?: Element;
  /** A failure of what was just tried, above all else. */
  readonly refusal?: Element;
}

/** The page around its panel: who asks, what is signed, and below everything the way back. */
export function frame(
  facts: PageFacts,
  words: PageWords,
  panel: Child,
  options: FrameOptions = {},
): Element[] {
  const { language, requester, isOther } = facts;
  const usual = isOther ? words.inviteTitle(requester.name) : words.title(requester.name);
  return [
    masthead(words, language, options.languageAddress),
    options.navigation,
    element(
      'main',
      { class: 'stack loose' },
      requesterPart(facts, words, options.title ?? usual),
      options.refusal,
      options.withoutText !== true && textPart(facts.text, words),
      element('div', { id: 'panel', class: 'stack' }, panel),
    ),
    options.canCancel === true && footer(facts, words),
    element('p', { id: 'announcement', class: 'visually-hidden', role: 'status' }),
  ].filter((part) => part !== false && part !== undefined);
}

/** The line on top: what this is, and the switch of the language. */
export function masthead(words: PageWords, language: 'en' | 'ru', languageAddress?: string): Element {
  const other = language === 'ru' ? 'en' : 'ru';
  return element(
    'header',
    { class: 'masthead' },
    element('span', {}, words.service),
    languageAddress !== undefined &&
      element(
        'a',
        { href: languageAddress, lang: other, hreflang: other, id: 'language' },
        words.switchLanguage,
      ),
  );
}

function requesterPart({ requester, organisation }: PageFacts, words: PageWords, title: string): Element {
  const name = organisation?.name;
  const inn = organisation?.inn;
  return element(
    'div',
    { class: 'requester' },
    element('h1', {}, title),
    element(
      'dl',
      { class: 'facts' },
      element('dt', {}, words.address),
      element('dd', { class: 'code' }, requester.origin),
      name !== undefined && [element('dt', {}, words.organisation), element('dd', {}, name)],
      inn !== undefined && [element('dt', {}, words.inn), element('dd', {}, shownInn(inn))],
    ),
  );
}

/** The text to the letter: its first line stands out, and what it holds is the text alone. */
export function textPart(text: string, words: PageWords): Element {
  const end = text.indexOf('\n');
  return element(
    'section',
    { class: 'text-part stack close', 'aria-labelledby': 'text-title' },
    element('h2', { id: 'text-title' }, words.textTitle),
    element(
      'pre',
      { class: 'document', id: 'text' },
      element('strong', {}, text.slice(0, end)),
      text.slice(end),
    ),
  );
}

function footer({ action, requester, expiresAt, language }: PageFacts, words: PageWords): Element {
  return element(
    'footer',
    { class: 'ending small soft' },
    element('p', {}, `${words.until} `, moment(expiresAt, language)),
    element(
      'form',
      { method: 'post', action: `${action}/cancel` },
      element(
        'button',
        { class: 'button plain small', id: 'back' },
        words.back(new URL(requester.origin).host),
      ),
    ),
  );
}

const timeForm = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** Made once: that takes longer than the rest of a page. */
const times = {
  en: { form: new Intl.DateTimeFormat('en-GB', { ...timeForm, timeZone: 'UTC' }), zone: 'UTC' },
  ru: {
    form: new Intl.DateTimeFormat('ru-RU', { ...timeForm, timeZone: 'Europe/Moscow' }),
    zone: 'по Москве',
  },
} as const;

/** A time of the day in the zone that the server knows; a script puts the person's own in its place. */
export function moment(at: number, language: 'en' | 'ru'): Element {
  const { form, zone } = times[language];
  return element('time', { datetime: new Date(at).toISOString() }, `${form.format(at)} ${zone}`);
}
