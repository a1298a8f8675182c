import type { Language } from '../../failure/failure.ts';
import { type Element, element } from '../../markup/element.ts';
import { shownDay, shownDistance, shownInn, shownOgrn, shownSerialNumber } from '../../markup/format.ts';
import { status } from '../../markup/icon.ts';
import type { PageWords } from '../words/words.ts';
import { moment } from './frame.ts';
import type { PageFacts, ShownLink, ShownSigner, View } from './model.ts';

/** The link for another screen, as a code for its camera and as text, and the code to compare. */
export function offered(
  view: Extract<View, { kind: 'offered' }>,
  { action, language }: PageFacts,
  words: PageWords,
): Element[] {
  const { link, code, expiresAt, isOpened } = view;
  return [
    element('h2', { id: 'panel-title', tabindex: '-1' }, words.offeredTitle),
    element(
      'p',
      { role: 'status', id: 'progress' },
      status('wait', isOpened ? words.openedWaiting : words.offeredWaiting),
    ),
    ...(isOpened ? [] : link === undefined ? [element('p', {}, words.linkGone)] : linkPart(link, words)),
    comparison(code, words.codeAbout, words),
    ...(isOpened
      ? []
      : [element('p', { class: 'small soft' }, `${words.offeredUntil} `, moment(expiresAt, language))]),
    element(
      'div',
      { class: 'actions' },
      form(`${action}/withdraw`, words.withdraw, 'withdraw', 'button'),
      form(`${action}/other`, words.newLink, 'new-link', 'button plain'),
    ),
  ];
}

function linkPart({ url, outline, side }: ShownLink, words: PageWords): Element[] {
  return [
    element('p', { class: 'soft' }, words.offeredAbout),
    element(
      'div',
      { class: 'link' },
      element(
        'svg',
        {
          class: 'qr',
          viewBox: `0 0 ${side} ${side}`,
          role: 'img',
          'aria-label': words.qrLabel,
          'shape-rendering': 'crispEdges',
        },
        element('rect', { width: side, height: side, fill: '#fff' }),
        element('path', { d: outline, fill: '#000' }),
      ),
    ),
    element(
      'p',
      { class: 'small' },
      element('span', { class: 'soft' }, `${words.linkLabel}: `),
      element('span', { class: 'code', id: 'link' }, url),
    ),
  ];
}

/** The code that both screens show, large. */
function comparison(code: string, about: string, words: PageWords): Element {
  return element(
    'div',
    { class: 'comparison' },
    element('p', { class: 'small soft' }, words.codeLabel),
    element('p', { class: 'digits', id: 'comparison' }, code),
    element('p', { class: 'small' }, about),
  );
}

/** Who signed on the other screen, and whether that shall be let in here. */
export function confirm(
  view: Extract<View, { kind: 'confirm' }>,
  { action, language }: PageFacts,
  words: PageWords,
): Element[] {
  return [
    element('h2', { id: 'panel-title', tabindex: '-1' }, words.confirmTitle),
    element('p', { role: 'status', id: 'progress' }, words.confirmAbout(view.code)),
    element('div', { class: 'panel' }, signerFacts(view.signer, view.now, language, words)),
    element('p', {}, words.confirmWarning),
    element(
      'div',
      { class: 'actions' },
      form(`${action}/confirm`, words.confirm, 'confirm', 'button primary'),
      form(`${action}/decline`, words.decline, 'decline', 'button'),
    ),
  ];
}

/** Who signed, as it was verified. */
export function signerFacts(signer: ShownSigner, now: number, language: Language, words: PageWords): Element {
  const { organisation, inn, ogrn, person, position, authority, serialNumber, notAfter } = signer;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [words.organisation, organisation],
    [words.inn, inn === undefined ? undefined : shownInn(inn)],
    [words.ogrn, ogrn === undefined ? undefined : shownOgrn(ogrn)],
    [words.signedBy, person],
    [words.position, position],
    [words.authority, authority],
    [words.certificate, serialNumber === undefined ? undefined : shownSerialNumber(serialNumber)],
    [
      words.term,
      notAfter === undefined
        ? undefined
        : words.termUntil(shownDay(notAfter, language), shownDistance(notAfter, now, language)),
    ],
  ];
  return element(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(([label, value]) =>
      value === undefined ? [] : [element('dt', {}, label), element('dd', {}, value)],
    ),
  );
}

/** Before the link is taken: the code to compare, and nothing to sign yet. */
export function invite(code: string, { action }: Pick<PageFacts, 'action'>, words: PageWords): Element[] {
  return [
    element('p', {}, words.inviteAbout),
    comparison(code, words.inviteCompare, words),
    element('p', {}, words.inviteWarning),
    element('div', { class: 'actions' }, form(action, words.inviteGo, 'go', 'button primary')),
  ];
}

/** The other screen has done its part. */
export function handedIn(words: PageWords): Element[] {
  return [
    element('h2', { id: 'panel-title', tabindex: '-1' }, status('good', words.handedInTitle)),
    element('p', {}, words.handedInAbout),
  ];
}

function form(action: string, label: string, id: string, style: string): Element {
  return element('form', { method: 'post', action }, element('button', { class: style, id }, label));
}
