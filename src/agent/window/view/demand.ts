import { type Child, type Element, element } from '../../../markup/element.ts';
import { shownTime } from '../../../markup/format.ts';
import { status } from '../../../markup/icon.ts';
import type { ChallengeView, DemandView, DocumentView, QuestionView } from '../../view/model.ts';
import type { WindowWords } from '../wording.ts';
import { words as allWords } from '../words.ts';
import { certificateFacts } from './certificate.ts';

/** The confirmation window: who asks, what it is about, with what, what to enter, and the two ways to answer. */
export function demandWindow(demand: DemandView, now: number): Element {
  const { language, subject, certificate, until } = demand;
  const words = allWords[language];
  return element(
    'form',
    { class: `stack loose for-${subject.kind}`, id: 'demand', lang: language, autocomplete: 'off' },
    element(
      'div',
      { class: 'kind stack tight' },
      element('h1', { id: 'title', tabindex: '-1' }, titleOf(subject, words)),
      element('p', {}, aboutOf(subject, words)),
    ),
    asks(demand, words),
    ...subjectParts(subject, words, language),
    subject.kind !== 'permission' &&
      element(
        'section',
        { class: 'stack tight', 'aria-labelledby': 'certificate-title' },
        element(
          'h2',
          { id: 'certificate-title' },
          certificate === undefined ? words.chooseCertificate : words.certificate,
        ),
        certificate === undefined
          ? element(
              'div',
              { class: 'stack' },
              element(
                'div',
                { class: 'stack tight', role: 'status', id: 'choice-status' },
                status('wait', words.searching),
              ),
              element('fieldset', {
                class: 'stack tight',
                id: 'choices',
                'aria-labelledby': 'certificate-title',
              }),
              element('div', { class: 'stack tight', id: 'choice-troubles' }),
            )
          : certificateFacts(certificate, language, now),
      ),
    element('div', { class: 'stack', id: 'question' }),
    element('div', { id: 'refusal', 'aria-live': 'polite' }),
    element(
      'div',
      { class: 'stack tight' },
      element(
        'div',
        { class: 'actions' },
        element(
          'button',
          { type: 'submit', class: 'button primary', id: 'confirm', disabled: true },
          confirmWord(subject, words),
        ),
        element(
          'button',
          { type: 'button', class: 'button', id: 'refuse' },
          subject.kind === 'permission' ? words.doNotAllow : words.cancel,
        ),
      ),
      element('p', { class: 'small soft' }, words.until(shownTime(until, language))),
    ),
  );
}

function titleOf(subject: DemandView['subject'], words: WindowWords): string {
  switch (subject.kind) {
    case 'permission':
      return words.permissionTitle;
    case 'document':
      return words.documentTitle;
    case 'challenge':
      return subject.purpose === 'carrier'
        ? words.carrierTitle(subject.portal)
        : words.signInTitle(subject.portal);
  }
}

function aboutOf(subject: DemandView['subject'], words: WindowWords): string {
  switch (subject.kind) {
    case 'permission':
      return words.permissionAbout;
    case 'document':
      return words.documentAbout;
    case 'challenge':
      return subject.purpose === 'carrier' ? words.carrierAbout : words.signInAbout;
  }
}

function confirmWord(subject: DemandView['subject'], words: WindowWords): string {
  switch (subject.kind) {
    case 'permission':
      return words.allow;
    case 'document':
      return words.signDocument;
    case 'challenge':
      return subject.purpose === 'carrier' ? words.connectCarrier : words.signAndSignIn;
  }
}

/** Who asks: the origin as the browser tells it, never as the page calls itself. */
function asks({ origin, subject }: DemandView, words: WindowWords): Element {
  const isForeign = /(^|[./])xn--/.test(origin);
  return element(
    'div',
    { class: 'asks' },
    element('span', { class: 'small soft' }, words.asks),
    element('span', { class: 'origin', id: 'origin' }, origin),
    isForeign && element('p', {}, status('warn', words.foreignLetters)),
    subject.kind === 'challenge' &&
      subject.portalOrigin !== origin &&
      element('span', { id: 'portal' }, words.portalOnPage(subject.portal, subject.portalOrigin)),
  );
}

function subjectParts(
  subject: DemandView['subject'],
  words: WindowWords,
  language: DemandView['language'],
): readonly Child[] {
  switch (subject.kind) {
    case 'permission':
      return [
        element('ul', { class: 'steps' }, ...words.permissionMay.map((each) => element('li', {}, each))),
      ];
    case 'challenge':
      return [textPart(subject, words)];
    case 'document':
      return [documentPart(subject, words, language)];
  }
}

function textPart({ text, handOver }: ChallengeView, words: WindowWords): Element {
  return element(
    'section',
    { class: 'stack tight', 'aria-labelledby': 'text-title' },
    handOver !== undefined && element('p', {}, status('warn', words.handOver(handOver))),
    element('h2', { id: 'text-title' }, words.textTitle),
    // It may scroll, so that the keyboard has to reach it.
    element('pre', { class: 'text', id: 'text', tabindex: '0', 'aria-labelledby': 'text-title' }, text),
  );
}

function documentPart(
  { name, size, sha256 }: DocumentView,
  words: WindowWords,
  language: DemandView['language'],
): Element {
  const shown = words.octets(new Intl.NumberFormat(language).format(size));
  return element(
    'dl',
    { class: 'facts' },
    element('dt', {}, words.documentName),
    element('dd', {}, element('strong', { id: 'document-name' }, name)),
    element('dt', {}, words.documentSize),
    element('dd', {}, shown),
    element('dt', {}, words.documentDigest),
    element('dd', { class: 'code' }, sha256),
  );
}

/** What has to be entered: PIN or password, with what the token tells of the tries left. */
export function questionPart(question: QuestionView, place: string, words: WindowWords): readonly Element[] {
  const state = question.kind === 'pin' || question.kind === 'pin-pad' ? question.state : 'good';
  const remark =
    state === 'good'
      ? undefined
      : element(
          'p',
          { id: 'pin-state' },
          status(state === 'few-tries' ? 'warn' : 'bad', words.pinState[state]),
        );
  const finalTry =
    state === 'final-try'
      ? element(
          'label',
          { class: 'check' },
          element('input', { type: 'checkbox', id: 'final-try' }),
          element('span', {}, words.useFinalTry),
        )
      : undefined;
  const parts = [remark, ...entry(question, place, words), finalTry];
  return parts.filter((part) => part !== undefined);
}

function entry(question: QuestionView, place: string, words: WindowWords): readonly Element[] {
  if (question.isKept) return [element('p', {}, words.pinKept)];
  switch (question.kind) {
    case 'nothing':
      return [element('p', {}, words.nothingToEnter)];
    case 'pin-pad':
      return [element('p', {}, words.pinPadAbout)];
    case 'pin':
    case 'password': {
      const label = question.kind === 'pin' ? words.pin(place) : words.password(place);
      return [
        element(
          'div',
          { class: 'field pin' },
          element('label', { for: 'pin' }, label),
          element('input', {
            type: 'password',
            id: 'pin',
            // No browser offers to save what it takes for a new password of a field that is to be left empty.
            autocomplete: 'off',
            spellcheck: 'false',
            autocapitalize: 'off',
            maxlength: '255',
            'aria-describedby':
              question.kind === 'pin' && question.state !== 'good' ? 'pin-state' : undefined,
          }),
        ),
      ];
    }
  }
}

/** The window after its end. */
export function endWindow(demand: DemandView, end: 'signed' | 'allowed'): Element {
  const words = allWords[demand.language];
  return element(
    'div',
    { class: 'stack', lang: demand.language },
    element('h1', { id: 'title', tabindex: '-1' }, end === 'signed' ? words.done : words.allowed),
    element('p', {}, status('good', end === 'signed' ? words.doneAbout : words.allowedAbout(demand.origin))),
  );
}

/** The window while the token signs. */
export function signingWindow(words: WindowWords): Element {
  return element(
    'div',
    { class: 'stack tight' },
    element('p', {}, status('wait', words.signing)),
    element('p', { class: 'soft' }, words.signingAbout),
  );
}
