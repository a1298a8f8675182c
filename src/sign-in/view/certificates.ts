import type { Language } from '../../failure/failure.ts';
import { type Child, type Element, element } from '../../markup/element.ts';
import { shownDay, shownDistance, shownInn } from '../../markup/format.ts';
import { status } from '../../markup/icon.ts';
import type { PageWords } from '../words/words.ts';
import type { ShownCertificate, View } from './model.ts';

type List = Extract<View, { kind: 'certificates' }>;

/** From so many on there is a field to search in. */
const searchFrom = 8;

/** The list of certificates: those that can sign in first, the last used one on top; the others folded, with why. */
export function certificates(view: List, language: Language, words: PageWords): Element[] {
  const { items, unread, isComplete, search, troubles } = view;
  const candidates = items.filter(({ verdict }) => verdict === 'usable' || verdict === 'judging');
  const unusable = items.filter(({ verdict }) => typeof verdict === 'object');
  const shown = candidates.filter((item) => matches(item, search));
  const isEmpty = isComplete && items.length + unread.length === 0;
  const title = isEmpty
    ? words.noneTitle
    : candidates.length === 1 && isComplete
      ? words.certificateTitle
      : words.certificatesTitle;
  return [
    element('h2', { id: 'panel-title', tabindex: '-1' }, title),
    element('p', { class: 'soft', role: 'status', id: 'progress' }, progress(view, candidates.length, words)),
    ...troubles.map(({ name, title: what }) => element('p', {}, status('warn', words.trouble(name, what)))),
    ...(candidates.length >= searchFrom ? [searchField(search, words)] : []),
    ...(shown.length > 0
      ? [
          element(
            'fieldset',
            { class: 'stack certificates' },
            element('legend', { class: 'visually-hidden' }, title),
            ...shown.map((item) => choiceOf(item, view, language, words)),
          ),
        ]
      : candidates.length > 0
        ? [element('p', {}, words.noneFound)]
        : []),
    ...(unusable.length + unread.length > 0
      ? [folded(view, unusable, candidates.length === 0, language, words)]
      : []),
    actions(view, candidates.length > 0, words),
  ];
}

function actions(view: List, hasCandidates: boolean, words: PageWords): Element {
  const { way, items, chosen, isComplete } = view;
  const canSign = items.some(({ thumbprint, verdict }) => thumbprint === chosen && verdict === 'usable');
  const button = (id: string, action: string, style: string, label: string, more = {}) =>
    element('button', { type: 'button', class: style, id, 'data-action': action, ...more }, label);
  const refreshes = hasCandidates ? 'button' : 'button primary';
  return element(
    'div',
    { class: 'actions' },
    hasCandidates && button('sign', 'sign', 'button primary', words.signIn, { disabled: !canSign }),
    isComplete && button('refresh', 'list', refreshes, words.refresh, { 'data-value': way }),
    button('other-way', 'choose-way', 'button plain', words.otherWay),
  );
}

function progress({ items, unread, isComplete, total, way }: List, usable: number, words: PageWords): string {
  const done = items.length + unread.length;
  if (!isComplete) return words.reading(done, total);
  if (done === 0) return words.noneAbout[way];
  return usable === 0 ? words.noneUsable : words.counted(usable);
}

/** Every word of the search has to stand somewhere in what the certificate shows. */
function matches(
  { organisation = '', inn = '', person = '', authority, place }: ShownCertificate,
  search: string,
): boolean {
  const text = [organisation, inn, person, authority, place.label ?? ''].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function searchField(search: string, words: PageWords): Element {
  return element(
    'div',
    { class: 'field' },
    element('label', { for: 'search' }, words.search),
    element('input', {
      type: 'search',
      id: 'search',
      value: search,
      autocomplete: 'off',
      spellcheck: 'false',
    }),
  );
}

function choiceOf(
  item: ShownCertificate,
  { chosen, now }: List,
  language: Language,
  words: PageWords,
): Element {
  const { thumbprint } = item;
  return element(
    'label',
    { class: 'certificate', for: `certificate-${thumbprint}` },
    element('input', {
      type: 'radio',
      name: 'certificate',
      id: `certificate-${thumbprint}`,
      value: thumbprint,
      checked: chosen === thumbprint,
    }),
    element('span', { class: 'stack tight' }, about(item, now, language, words)),
  );
}

function folded(
  view: List,
  items: readonly ShownCertificate[],
  isOpen: boolean,
  language: Language,
  words: PageWords,
): Element {
  const { unread, now } = view;
  return element(
    'details',
    { class: 'unusable', id: 'unusable', open: isOpen },
    element('summary', {}, words.unusable(items.length + unread.length)),
    element(
      'ul',
      { class: 'stack' },
      ...items.map((item) =>
        element(
          'li',
          { class: 'certificate' },
          element('div', { class: 'stack tight' }, about(item, now, language, words)),
        ),
      ),
      ...unread.map(({ title }) =>
        element(
          'li',
          { class: 'certificate' },
          element(
            'div',
            { class: 'stack tight' },
            element('strong', {}, words.unreadName),
            status('bad', title),
          ),
        ),
      ),
    ),
  );
}

/** What a certificate shows: organisation, person, and in small what tells it from others. */
function about(item: ShownCertificate, now: number, language: Language, words: PageWords): Child {
  const { organisation, inn, person, position, authority, place, verdict, isLastUsed } = item;
  const who = [person, position].filter((part) => part !== undefined && part !== '').join(', ');
  const label = [place.label, place.serial].filter((part) => part !== undefined && part !== '').join(' · ');
  return [
    element(
      'span',
      { class: 'heading' },
      element('strong', {}, organisation ?? words.nobody),
      isLastUsed && element('span', { class: 'chip' }, words.lastUsed),
    ),
    who !== '' && element('span', {}, who),
    element(
      'span',
      { class: 'small soft lines' },
      inn !== undefined && line(words.inn, shownInn(inn)),
      line(words.term, term(item, now, language, words)),
      line(words.authority, authority),
      line(words.place, words.places[place.kind](label === '' ? undefined : label)),
    ),
    verdict === 'judging' && status('wait', words.judging),
    typeof verdict === 'object' && status('bad', verdict.title),
  ];
}

function line(label: string, value: string): Element {
  return element('span', {}, element('span', { class: 'label' }, `${label}: `), value);
}

function term(
  { notBefore, notAfter }: ShownCertificate,
  now: number,
  language: Language,
  words: PageWords,
): string {
  const worded = (at: number) => [shownDay(at, language), shownDistance(at, now, language)] as const;
  if (now < notBefore) return words.termFrom(...worded(notBefore));
  return now > notAfter ? words.termEnded(...worded(notAfter)) : words.termUntil(...worded(notAfter));
}
