import type { FailureCode } from './catalogue.ts';
import { failures } from './catalogue.ts';
import type { Language, Wording } from './failure.ts';
import { showValue, type ValueKind } from './value.ts';

const gap = /\{(\w+)(?::(\w+))?\}/g;
const sentenceEnd = /(?<=[.!?])\s+/;

/**
 * What to tell a person about a failure: title, cause and remedy in their language, with `details` put into the
 * wording's gaps. A sentence whose details are absent is left out. Values are made safe to show (controls and
 * bidirectional marks as escapes, bounded length), dates are given in UTC and, in Russian, in Moscow time too.
 * Never throws: what cannot be shown is left out.
 */
export function explain(
  code: FailureCode,
  details: Readonly<Record<string, unknown>> = {},
  language: Language = 'en',
): Wording {
  const { title, cause, remedy } = failures[code][language];
  return {
    title,
    cause: fill(cause, details, language),
    remedy: fill(remedy, details, language),
  };
}

function fill(text: string, details: Readonly<Record<string, unknown>>, language: Language): string {
  if (!text.includes('{')) return text;
  const sentences = text.split(sentenceEnd).map((sentence) => fillSentence(sentence, details, language));
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}

function fillSentence(
  sentence: string,
  details: Readonly<Record<string, unknown>>,
  language: Language,
): string | undefined {
  let complete = true;
  const filled = sentence.replace(gap, (_, name: string, kind: string | undefined) => {
    const value = Object.hasOwn(details, name) ? details[name] : undefined;
    const shown = showValue(value, (kind ?? 'plain') as ValueKind, language);
    complete &&= shown !== undefined;
    return shown ?? '';
  });
  return complete ? filled.replace(/\.\.$/, '.') : undefined;
}

/** The names of the details that a failure's wording can show, in either language. */
export function detailNames(code: FailureCode): ReadonlySet<string> {
  const { en, ru } = failures[code];
  return new Set(
    [...`${en.cause} ${en.remedy} ${ru.cause} ${ru.remedy}`.matchAll(gap)].map(([, name]) => name ?? ''),
  );
}
