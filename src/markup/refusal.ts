import { type Child, type Element, element } from './element.ts';

/** A failure as a person is told of it. */
export interface ShownFailure {
  readonly title: string;
  readonly cause: string;
  readonly remedy: string;
  readonly code: string;
  readonly traceId?: string;
}

/** Words around a failure, in one language. */
export interface RefusalWords {
  readonly whatToDo: string;
  readonly code: string;
  readonly trace: string;
  readonly copy: string;
}

/**
 * A refusal as a help page: what happened, why, what to do in steps, and below, small, the code and the trace id with a
 * button that copies them, which a page's script shows and serves (`data-action="copy"`).
 */
export function refusal(
  failure: ShownFailure,
  words: RefusalWords,
  {
    level = 'h2',
    canCopy = false,
    actions = [],
  }: {
    readonly level?: 'h1' | 'h2';
    readonly canCopy?: boolean;
    readonly actions?: readonly Child[];
  } = {},
): Element {
  const { title, cause, remedy, code, traceId } = failure;
  return element(
    'section',
    { class: 'panel refusal stack', 'aria-labelledby': 'refusal-title' },
    element(level, { id: 'refusal-title', tabindex: '-1' }, title),
    element('p', {}, cause),
    element(
      'div',
      { class: 'stack tight' },
      element(level === 'h1' ? 'h2' : 'h3', {}, words.whatToDo),
      stepsOf(remedy),
    ),
    actions.length > 0 && element('div', { class: 'actions' }, ...actions),
    element(
      'div',
      { class: 'support small soft' },
      element('p', {}, `${words.code}: `, element('span', { class: 'code', id: 'failure-code' }, code)),
      traceId !== undefined &&
        element(
          'p',
          {},
          `${words.trace}: `,
          element('span', { class: 'code', id: 'failure-trace' }, traceId),
        ),
      canCopy &&
        element(
          'button',
          { type: 'button', class: 'button plain small', id: 'copy', 'data-action': 'copy' },
          words.copy,
        ),
    ),
  );
}

/** One sentence is a step; a single one needs no list. */
function stepsOf(remedy: string): Element {
  const steps = remedy.split(/(?<=[.])\s+(?=\p{Lu})/u);
  if (steps.length === 1) return element('p', {}, remedy);
  return element('ol', { class: 'steps' }, ...steps.map((step) => element('li', {}, step)));
}
