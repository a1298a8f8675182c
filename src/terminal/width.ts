import type { WriteStream } from 'node:tty';

/** Where lines are shown: a terminal tells how many characters fit. */
export type Output = Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

let isWhole = false;

/** From here on lines are shown whole on terminals too, however wide they get: `--wide`. */
export function showWhole(): void {
  isWhole = true;
}

/** Characters that fit into a line of `stream`; undefined where everything is wanted whole, as in a file. */
export function widthOf({ isTTY, columns }: Output): number | undefined {
  return isTTY === true && !isWhole ? (columns ?? 80) : undefined;
}

/** Characters that a terminal shows; everything that is printed here is one column wide. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** The text in at most `width` characters: cut behind a word where one ends late enough, with an ellipsis. */
export function cutText(text: string, width: number): string {
  const letters = [...text];
  if (letters.length <= width) return text;
  const kept = letters.slice(0, Math.max(0, width - 1)).join('');
  const blank = letters[width - 1] === ' ' ? kept.length : kept.lastIndexOf(' ');
  return `${(blank > kept.length / 2 ? kept.slice(0, blank) : kept).trimEnd()}…`;
}

/**
 * Lines of at most `width` characters, broken at blanks; those after the first are indented by `hanging`, by default as
 * far as the first. A word that is longer than a line stays whole, so that it can be copied.
 */
export function wrapText(text: string, width: number | undefined, hanging?: string): string {
  if (width === undefined) return text;
  return text
    .split('\n')
    .map((line) => wrapLine(line, width, hanging ?? /^ */.exec(line)?.[0] ?? ''))
    .join('\n');
}

/** Lines of at most `width` characters: broken at blanks, and inside of a word that is longer than a line. */
export function foldText(text: string, width: number): string[] {
  return wrapText(text, width, '')
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? ['']);
}

/** Codes of colours take no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with the character Escape.
const colours = /\u001b\[\d+m/g;

function wrapLine(line: string, width: number, hanging: string): string {
  const visible = (part: string) => lengthOf(part.replace(colours, ''));
  if (visible(line) <= width) return line;
  const [, margin = '', rest = ''] = /^( *)(.*)$/.exec(line) ?? [];
  const lines: string[] = [];
  let current = margin;
  let isEmpty = true;
  for (const word of rest.split(' ')) {
    if (!isEmpty && visible(current) + 1 + visible(word) > width) {
      lines.push(current.trimEnd());
      current = hanging + word;
    } else {
      current = isEmpty ? current + word : `${current} ${word}`;
    }
    isEmpty = false;
  }
  return [...lines, current].join('\n');
}
