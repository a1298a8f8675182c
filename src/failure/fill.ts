import type { Wording } from './failure.ts';

const gap = /\{(\w+)\}/g;
const sentenceEnd = /(?<=[.!?])\s+/;

/** Shows the detail of that name; undefined where there is nothing to show. */
export type ShowDetail = (name: string) => string | undefined;

/** A wording with details in its gaps; a sentence whose details are absent, or cannot be shown, is left out. */
export function fillWording({ title, cause, remedy }: Wording, show: ShowDetail): Wording {
  return { title, cause: fill(cause, show), remedy: fill(remedy, show) };
}

function fill(text: string, show: ShowDetail): string {
  if (!text.includes('{')) return text;
  const sentences = text.split(sentenceEnd).map((sentence) => fillSentence(sentence, show));
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}

function fillSentence(sentence: string, show: ShowDetail): string | undefined {
  let complete = true;
  const filled = sentence.replace(gap, (_, name: string) => {
    const shown = show(name);
    complete &&= shown !== undefined;
    return shown ?? '';
  });
  return complete ? filled.replace(/\.\.$/, '.') : undefined;
}
