import { agentScheme } from '../../agent/bridge-message.ts';
import { type Element, element } from '../../markup/element.ts';
import { shownTime } from '../../markup/format.ts';
import { status } from '../../markup/icon.ts';
import { refusal } from '../../markup/refusal.ts';
import { wordsFor } from '../words/choose.ts';
import type { PageWords } from '../words/words.ts';
import { certificates } from './certificates.ts';
import { choice } from './choice.ts';
import type { PageFacts, View } from './model.ts';
import { confirm, handedIn, invite, offered, signerFacts } from './other.ts';

/** What the page shows below who asks and what is signed. The server and the page's script both build it from here. */
export function panel(view: View, facts: PageFacts): Element[] {
  const words = wordsFor(facts);
  switch (view.kind) {
    case 'choice':
      return choice(view, facts, words);
    case 'waiting':
      return waiting(view, facts, words);
    case 'certificates':
      return certificates(view, facts.language, words);
    case 'failed':
      return [failed(view, words)];
    case 'offered':
      return offered(view, facts, words);
    case 'confirm':
      return confirm(view, facts, words);
    case 'invite':
      return invite(view.code, facts, words);
    case 'handed-in':
      return handedIn(words);
    case 'done':
      return done(view, facts, words);
  }
}

/** For what, since when, and how to stop. */
function waiting(
  view: Extract<View, { kind: 'waiting' }>,
  { language }: PageFacts,
  words: PageWords,
): Element[] {
  const [what, advice] = words.waiting[view.for];
  return [
    element(
      'section',
      { class: 'panel waiting stack', 'aria-labelledby': 'panel-title' },
      element('div', { class: 'bar', 'aria-hidden': 'true' }),
      element('h2', { id: 'panel-title', tabindex: '-1' }, what),
      element('p', {}, advice),
      element(
        'p',
        { class: 'small soft' },
        `${words.since} ${shownTime(view.since, language)}, ${words.elapsed} `,
        element('span', { id: 'elapsed' }, '0:00'),
      ),
      view.canCancel &&
        element(
          'div',
          { class: 'actions' },
          element(
            'button',
            { type: 'button', class: 'button', id: 'cancel', 'data-action': 'cancel' },
            words.cancel,
          ),
        ),
    ),
  ];
}

function failed(view: Extract<View, { kind: 'failed' }>, words: PageWords): Element {
  const { failure, canRetry, canCopy } = view;
  return refusal(failure, words.refusal, {
    canCopy,
    actions: [
      canRetry &&
        element(
          'button',
          { type: 'button', class: 'button primary', id: 'retry', 'data-action': 'retry' },
          words.tryAgain,
        ),
      failure.code === 'agent_unreachable' &&
        element('a', { class: 'button', href: `${agentScheme}:start`, id: 'start-agent' }, words.startAgent),
      element(
        'button',
        { type: 'button', class: 'button plain', id: 'other-way', 'data-action': 'choose-way' },
        words.otherWay,
      ),
    ],
  });
}

function done(
  view: Extract<View, { kind: 'done' }>,
  { language, requester }: PageFacts,
  words: PageWords,
): Element[] {
  return [
    element('h2', { id: 'panel-title', tabindex: '-1' }, status('good', words.doneTitle)),
    ...(view.signer
      ? [element('div', { class: 'panel' }, signerFacts(view.signer, view.now, language, words))]
      : []),
    element('p', {}, words.doneAbout(new URL(requester.origin).host)),
    element(
      'div',
      { class: 'actions' },
      element('a', { class: 'button primary', href: view.address, id: 'go-on' }, words.doneGo),
    ),
  ];
}
