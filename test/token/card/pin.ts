import { Status, status, triesLeft } from './apdu.ts';

/** A PIN as a card keeps it. */
export class CardPin {
  private value: Buffer | undefined;
  private readonly most: number;
  private left: number;

  constructor(tries: number, value?: string, size = 0, filler = 0xff) {
    this.most = tries;
    this.left = tries;
    this.value = value === undefined ? undefined : padded(value, size, filler);
  }

  get isSet(): boolean {
    return this.value !== undefined;
  }

  /** Sets it anew, with all its tries. */
  set(value: Buffer): void {
    this.value = Buffer.from(value);
    this.left = this.most;
  }

  /** Throws the status of the tries left, as VERIFY without data asks for it. */
  tell(): never {
    throw triesLeft(this.left);
  }

  /** Compares and counts; throws the status of the tries left where it is wrong. */
  check(value: Buffer): void {
    if (this.left === 0) throw new Status(status.blocked);
    if (this.value?.equals(value) === true) {
      this.left = this.most;
      return;
    }
    this.left--;
    throw triesLeft(this.left);
  }
}

function padded(value: string, size: number, filler: number): Buffer {
  return Buffer.concat([Buffer.from(value), Buffer.alloc(size - value.length, filler)]);
}
