import { cutText, lengthOf, wrapText } from './width.ts';

/** Colours of a terminal; plain text where the stream is none, or NO_COLOR is set (no-color.org). */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warn(text: string): string;
  bad(text: string): string;
}

/** Colours for `stream`, where it is a terminal that shows them; Node.js heeds NO_COLOR and its like. */
export function paintFor(stream: { hasColors?(): boolean }): Paint {
  const isColoured = stream.hasColors?.() === true;
  const code = (on: number, off: number) => (text: string) =>
    isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: code(1, 22), dim: code(2, 22), good: code(32, 39), warn: code(33, 39), bad: code(31, 39) };
}

/** One cell: its text, and how it is painted once its width is known. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

/** Rows of cells, whose width is settled where they are shown. */
export interface Table {
  readonly rows: readonly (readonly Cell[])[];
  readonly indent: string;
  /** What becomes of a cell that is wider than its column: cut, or, in the last column, continued below. */
  readonly overflow: 'cut' | 'continue';
  /** Columns whose cells are copied into the next command; they are the last to be cut. */
  readonly whole: readonly number[];
}

/** A line that is copied into a shell, and must not be broken. */
export interface Verbatim {
  readonly verbatim: string;
}

/** A line of text, or what stands among such lines. */
export type Line = string | Table | Verbatim;

/** A table of many rows; `whole` are the columns that are cut last. */
export function table(rows: Table['rows'], whole: readonly number[] = [], indent = ''): Table {
  return { rows, indent, overflow: 'cut', whole };
}

/** Facts of one thing: a name and a value a row. No value is cut. */
export function facts(rows: readonly (readonly [string, string])[], indent = ''): Table {
  return { rows, indent, overflow: 'continue', whole: [] };
}

/** Lines as they are shown, and whether anything of them was left out. */
export interface ShownLines {
  readonly text: string;
  readonly isCut: boolean;
}

/** The lines within `width` characters; with no width all of them are shown whole. Text is broken at words. */
export function showLines(lines: readonly Line[], width: number | undefined): ShownLines {
  const shown = lines.map((line) => {
    if (typeof line === 'string') return { text: wrapText(line, width), isCut: false };
    return 'verbatim' in line ? { text: line.verbatim, isCut: false } : showTable(line, width);
  });
  return {
    text: shown.map(({ text }) => text).join('\n'),
    isCut: shown.some(({ isCut }) => isCut),
  };
}

/** Two blanks stand between columns. */
const gap = 2;

function showTable({ rows, indent, overflow, whole }: Table, width: number | undefined): ShownLines {
  const natural: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries())
      natural[index] = Math.max(natural[index] ?? 0, lengthOf(textOf(cell)));
  const room = width === undefined ? undefined : width - indent.length - gap * (natural.length - 1);
  const widths = room === undefined || overflow === 'continue' ? natural : widthsWithin(natural, room, whole);
  let isCut = widths.length < natural.length;
  const text = rows
    .map((row) => {
      const cells = row.slice(0, widths.length).map((cell, index) => {
        const most = widths[index] ?? 0;
        const shown = cutText(textOf(cell), most);
        isCut ||= shown !== textOf(cell);
        const filled = index === row.length - 1 ? shown : shown + ' '.repeat(most - lengthOf(shown));
        return typeof cell === 'string' ? filled : cell.paint(filled);
      });
      const line = `${indent}${cells.join(' '.repeat(gap))}`.trimEnd();
      if (overflow === 'cut') return line;
      const before = row.slice(0, -1).reduce((sum, _, index) => sum + (natural[index] ?? 0) + gap, 0);
      return wrapText(line, width, ' '.repeat(indent.length + before));
    })
    .join('\n');
  return { text, isCut };
}

/** The narrowest that a column is cut to. */
const narrowest = 6;

/**
 * Widths of columns that fit into `room` together: the widest are made narrower until they do, those in `whole` last.
 * Where even that is not enough, the last columns are left out.
 */
function widthsWithin(natural: readonly number[], room: number, whole: readonly number[]): number[] {
  const widths = [...natural];
  const narrow = (columns: readonly number[]) => {
    for (;;) {
      const excess = widths.reduce((sum, width) => sum + width, 0) - room;
      const [widest, next] = columns.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
      if (excess <= 0 || widest === undefined) return;
      const width = widths[widest] ?? 0;
      if (width <= narrowest) return;
      const level = next === undefined ? 0 : (widths[next] ?? 0);
      widths[widest] = Math.max(narrowest, Math.min(width - 1, Math.max(level, width - excess)));
    }
  };
  const all = [...natural.keys()];
  narrow(all.filter((index) => !whole.includes(index)));
  narrow(all);
  while (widths.length > 1 && widths.reduce((sum, width) => sum + width, 0) > room) {
    widths.pop();
    room += gap;
  }
  return widths;
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
