import type { WriteStream } from 'node:tty';
import { say, type Worded } from '../terminal/say.ts';

const width = 24;

/** One line of a terminal that shows how far long work has come; silent where there is no terminal. */
export class ProgressBar {
  private readonly stream: Pick<WriteStream, 'isTTY' | 'write'>;
  private readonly label: string;
  private shownAt = Number.NEGATIVE_INFINITY;

  constructor(label: string, stream: Pick<WriteStream, 'isTTY' | 'write'> = process.stderr) {
    this.label = label;
    this.stream = stream;
    // At once: what has to be read or asked first takes its time, and nobody should wonder whether it runs.
    this.show(0, '');
  }

  /** Shows that `done` of `total` octets have come; `total` is undefined where nobody knows. */
  octets(done: number, total: number | undefined): void {
    const shown = say(mebibytes(done, total));
    this.show(total === undefined ? undefined : done / total, shown);
  }

  /** Shows that a part of the work is done, from 0 to 1. */
  part(part: number, what = ''): void {
    this.show(part, what);
  }

  /** Takes the line away. */
  end(): void {
    if (this.stream.isTTY) this.stream.write('\r\u001b[K');
  }

  private show(part: number | undefined, what: string): void {
    // A terminal is slower than the work; ten times a second is as much as anybody can read.
    if (!this.stream.isTTY || performance.now() - this.shownAt < 100) return;
    this.shownAt = performance.now();
    const filled = Math.round(Math.min(1, part ?? 0) * width);
    const bar = part === undefined ? '' : ` ${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
    const share = part === undefined ? '' : ` ${Math.round(part * 100)} %`;
    this.stream.write(`\r\u001b[K${this.label}${bar}${share} ${what}`);
  }
}

function mebibytes(done: number, total: number | undefined): Worded {
  const figures = [done, ...(total === undefined ? [] : [total])].map((octets) =>
    (octets / 2 ** 20).toFixed(1),
  );
  return { en: `${figures.join(' of ')} MiB`, ru: `${figures.join(' из ').replaceAll('.', ',')} МиБ` };
}
