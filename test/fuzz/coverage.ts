import { type Profiler, Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';

/** Only what is Sealgate's own tells what an input is about. */
const sources = new URL('../../src/', import.meta.url).href;

/** How often a block ran, roughly: a loop that goes round more often is something new, one round more is not. */
function bucketOf(count: number): number {
  return count < 4 ? count : 4 + Math.floor(Math.log2(count) / 2);
}

/** The blocks of Sealgate's code that inputs have reached, as V8 counts them while it runs (precise coverage). */
export class Coverage implements Disposable {
  private readonly session = new Session();
  private readonly known = new Set<string>();

  constructor() {
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', {
      callCount: true,
      detailed: true,
      allowTriggeredUpdates: false,
    });
  }

  /** How many were reached so far; a block that ran much more often counts once more. */
  get size(): number {
    return this.known.size;
  }

  /** What was reached since the last look and is not known, block by block; it stays unknown until `note`. */
  look(): readonly string[] {
    return this.blocks().filter((block) => !this.known.has(block));
  }

  /** What of it counts as known from now on. */
  note(blocks: readonly string[]): void {
    for (const block of blocks) this.known.add(block);
  }

  [Symbol.dispose](): void {
    this.session.disconnect();
  }

  private blocks(): readonly string[] {
    let taken: Profiler.TakePreciseCoverageReturnType | undefined;
    // The answer comes before `post` returns, as long as the session is one with this very thread.
    this.session.post('Profiler.takePreciseCoverage', (_error, result) => {
      taken = result;
    });
    if (taken === undefined) throw new Error('V8 did not tell its coverage');
    const blocks: string[] = [];
    for (const { url, functions } of taken.result) {
      if (!url.startsWith(sources)) continue;
      const file = fileURLToPath(url);
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges)
          if (count > 0) blocks.push(`${file} ${startOffset} ${endOffset} ${bucketOf(count)}`);
      }
    }
    return blocks;
  }
}
