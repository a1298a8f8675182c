import type { Wording } from './failure.ts';

const gap = /\{(\w+)(?::(\w+))?\}/g;
const sentenceEnd = /(?<=[.!?])\s+/;

/** How a detail is shown in a gap that asks for it by `kind` (`{name:kind}`); undefined where it cannot be. */
export type ShowDetail = (value: unknown, kind: string | undefined) => string | undefined;

/** A wording with `details` in its gaps; a sentence whose details are absent, or cannot be shown, is left out. */
export function fillWording(
  { title, cause, remedy }: Wording,
  details: Readonly<Record<string, unknown>>,
  show: ShowDetail,
): Wording {
  return { title, cause: fill(cause, details, show), remedy: fill(remedy, details, show) };
}

function fill(text: string, details: Readonly<Record<string, unknown>>, show: ShowDetail): string {
  if (!text.includes('{')) return text;
  const sentences = text.split(sentenceEnd).map((sentence) => fillSentence(sentence, details, show));
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}

function fillSentence(
  sentence: string,
  details: Readonly<Record<string, unknown>>,
  show: ShowDetail,
): string | undefined {
  let complete = true;
  const filled = sentence.replace(gap, (_, name: string, kind: string | undefined) => {
    const shown = show(Object.hasOwn(details, name) ? details[name] : undefined, kind);
    complete &&= shown !== undefined;
    return shown ?? '';
  });
  return complete ? filled.replace(/\.\.$/, '.') : undefined;
}

/** The names of the details that these texts have gaps for. */
export function gapsOf(...texts: readonly string[]): ReadonlySet<string> {
  return new Set([...texts.join(' ').matchAll(gap)].map(([, name]) => name ?? ''));
}
