import type { FailureCode } from './catalogue.ts';
import { failures } from './catalogue.ts';
import { type Details, detailKinds, kindOf } from './details.ts';
import type { Language, Wording } from './failure.ts';
import { showValue } from './value.ts';

const gap = /\{(\w+)\}/g;
const sentenceEnd = /(?<=[.!?])\s+/;

/**
 * What to tell a person about a failure: title, cause and remedy in their language, with `details` put into the
 * wording's gaps. A sentence whose details are absent is left out. Values are made safe to show (controls and
 * bidirectional marks as escapes, bounded length), dates are given in UTC and, in Russian, in Moscow time too.
 * Never throws: what cannot be shown is left out.
 */
export function explain<Code extends FailureCode>(
  code: Code,
  details: Partial<Details<Code>> = {},
  language: Language = 'en',
): Wording {
  const { title, cause, remedy } = failures[code][language];
  const show = (name: string): string | undefined => {
    const kind = detailKinds(code)[name];
    if (kind === undefined || !Object.hasOwn(details, name)) return undefined;
    const value = (details as Readonly<Record<string, unknown>>)[name];
    if (kindOf(kind) === 'code') return isCode(value) ? named(value, language) : undefined;
    return showValue(value, kindOf(kind), language);
  };
  return { title, cause: fill(cause, show), remedy: fill(remedy, show) };
}

function named(code: FailureCode, language: Language): string {
  return `${failures[code][language].title} (${code})`;
}

function isCode(value: unknown): value is FailureCode {
  return typeof value === 'string' && Object.hasOwn(failures, value);
}

/** Shows the detail of that name; undefined where there is nothing to show. */
type Show = (name: string) => string | undefined;

function fill(text: string, show: Show): string {
  if (!text.includes('{')) return text;
  const sentences = text.split(sentenceEnd).map((sentence) => fillSentence(sentence, show));
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}

function fillSentence(sentence: string, show: Show): string | undefined {
  let complete = true;
  const filled = sentence.replace(gap, (_, name: string) => {
    const shown = show(name);
    complete &&= shown !== undefined;
    return shown ?? '';
  });
  return complete ? filled.replace(/\.\.$/, '.') : undefined;
}
