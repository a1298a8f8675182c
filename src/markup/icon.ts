import { type Element, element } from './element.ts';

/** Signs that stand beside the word of a status; the word says it, so that screen readers skip the sign. */
export type SignName = 'good' | 'warn' | 'bad' | 'wait';

const paths: Readonly<Record<SignName, string>> = {
  good: 'M3.5 8.5 6.5 11.5 12.5 5',
  warn: 'M8 4v5M8 11.6v.6',
  bad: 'M5 5l6 6M11 5l-6 6',
  wait: 'M8 4.5V8l2.5 1.5',
};

/** A round sign of 16 by 16, in the colour of the text around it. */
export function sign(name: SignName): Element {
  const drawn = { fill: 'none', stroke: 'currentColor', 'stroke-width': '1.75', 'stroke-linecap': 'round' };
  return element(
    'svg',
    { class: 'sign', viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' },
    element('circle', { ...drawn, cx: '8', cy: '8', r: '7', 'stroke-width': '1.25' }),
    element('path', { ...drawn, d: paths[name], 'stroke-linejoin': 'round' }),
  );
}

/** A status: sign, colour and word. */
export function status(name: SignName, word: string): Element {
  const tone = name === 'wait' ? 'soft' : name;
  return element('span', { class: `status ${tone}` }, sign(name), element('span', {}, word));
}
