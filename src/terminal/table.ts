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

/** Lines of aligned columns, two blanks apart; the last column is not filled up. */
export function alignColumns(rows: readonly (readonly Cell[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, [...textOf(cell)].length);
    }
  }
  return rows
    .map((row) => {
      const cells = row.map((cell, index) => {
        const text = textOf(cell);
        const filled =
          index === row.length - 1 ? text : text + ' '.repeat((widths[index] ?? 0) - [...text].length);
        return typeof cell === 'string' ? filled : cell.paint(filled);
      });
      return `${indent}${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}
