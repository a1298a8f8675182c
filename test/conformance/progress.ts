import type { WriteStream } from 'node:tty';

/** One line of a terminal that shows how far a run is; silent where there is no terminal. */
export class ProgressLine {
  private readonly stream: WriteStream;
  private cases = 0;
  private shownAt = 0;

  constructor(stream: WriteStream) {
    this.stream = stream;
  }

  /** Counts a case of the suite named. */
  step(suite: string): void {
    this.cases++;
    if (!this.stream.isTTY || Date.now() - this.shownAt < 100) return;
    this.shownAt = Date.now();
    this.stream.write(`\r\u001b[K${suite} · ${this.cases} cases`);
  }

  clear(): void {
    if (this.stream.isTTY) this.stream.write('\r\u001b[K');
  }
}
