import type { DetailKind, DetailKinds, Wording } from './failure.ts';

const gap = /\{(\w+)\}/g;
const sentenceEnd = /(?<=[.!?])\s+/;

/** How a value of that kind is shown; undefined where there is nothing to show. */
export type ShowDetail = (value: unknown, kind: DetailKind) => string | undefined;

/**
 * A wording with `details`, which are of those kinds, in its gaps; a sentence whose details are absent, or cannot be
 * shown, is left out.
 */
export function fillWording(
  { title, cause, remedy }: Wording,
  kinds: DetailKinds,
  details: Readonly<Record<string, unknown>>,
  show: ShowDetail,
): Wording {
  const shown = (name: string): string | undefined => {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    return kind === undefined || !Object.hasOwn(details, name)
      ? undefined
      : show(details[name], kindOf(kind));
  };
  return { title, cause: fill(cause, shown), remedy: fill(remedy, shown) };
}

/** The kind without the mark of what is not always known. */
export function kindOf(declared: DetailKinds[string]): DetailKind {
  return declared.replace(/\?$/, '') as DetailKind;
}

/** Shows the detail of that name; undefined where there is nothing to show. */
type ShowNamed = (name: string) => string | undefined;

function fill(text: string, show: ShowNamed): string {
  if (!text.includes('{')) return text;
  const sentences = text.split(sentenceEnd).map((sentence) => fillSentence(sentence, show));
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}

function fillSentence(sentence: string, show: ShowNamed): string | undefined {
  let complete = true;
  const filled = sentence.replace(gap, (_, name: string) => {
    const shown = show(name);
    complete &&= shown !== undefined;
    return shown ?? '';
  });
  return complete ? filled.replace(/\.\.$/, '.') : undefined;
}
