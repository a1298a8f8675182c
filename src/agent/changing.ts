/** A value that changes in one place and is followed in others, until it has changed for the last time. */
export class Changing<T> {
  private current: T;
  private version = 0;
  private isOver = false;
  private waiting: (() => void)[] = [];

  constructor(first: T) {
    this.current = first;
  }

  get value(): T {
    return this.current;
  }

  /** Whether it will not change any more. */
  get isFinal(): boolean {
    return this.isOver;
  }

  /** Changes the value. After the last change there is none: false is given, and nothing happens. */
  change(value: T, isFinal = false): boolean {
    if (this.isOver) return false;
    this.current = value;
    this.version++;
    this.isOver = isFinal;
    this.wake();
    return true;
  }

  /** The present value and then each newer one, up to the final one. A slow reader misses those in between. */
  async *follow(signal?: AbortSignal): AsyncGenerator<T> {
    const wake = () => this.wake();
    signal?.addEventListener('abort', wake);
    try {
      for (let seen = -1; signal?.aborted !== true; ) {
        if (seen !== this.version) {
          seen = this.version;
          yield this.current;
        } else if (this.isOver) {
          return;
        } else {
          await new Promise<void>((resolve) => this.waiting.push(resolve));
        }
      }
    } finally {
      signal?.removeEventListener('abort', wake);
    }
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
