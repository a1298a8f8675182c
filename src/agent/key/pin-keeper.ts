import type { FoundCertificate } from './found.ts';

interface KeptPin {
  readonly octets: Buffer;
  readonly timer: NodeJS.Timeout;
}

/**
 * PINs that were accepted, kept for as long as the person has said when starting the agent; by default for no time at
 * all. They stand in memory as octets, are wiped when their time is over, and are handed out as copies to be wiped.
 */
export class PinKeeper {
  /** How long a PIN is kept, in milliseconds. */
  private readonly duration: number;
  private readonly kept = new Map<string, KeptPin>();

  constructor(duration: number) {
    this.duration = duration;
  }

  /** Keeps a copy of a PIN that was accepted. */
  keep(found: FoundCertificate, pin: Uint8Array): void {
    if (this.duration === 0 || pin.length === 0) return;
    this.forget(found);
    const octets = Buffer.alloc(pin.length);
    octets.set(pin);
    const timer = setTimeout(() => this.forget(found), this.duration);
    timer.unref();
    this.kept.set(nameOf(found), { octets, timer });
  }

  has(found: FoundCertificate): boolean {
    return this.kept.has(nameOf(found));
  }

  /** A copy of what is kept, which the caller wipes. */
  copy(found: FoundCertificate): Uint8Array | undefined {
    const pin = this.kept.get(nameOf(found));
    return pin && Uint8Array.from(pin.octets);
  }

  /** To be called as soon as a kept PIN was refused: it is not shown to the token again. */
  forget(found: FoundCertificate): void {
    this.drop(nameOf(found));
  }

  forgetAll(): void {
    for (const name of [...this.kept.keys()]) this.drop(name);
  }

  /** How many are kept. */
  get count(): number {
    return this.kept.size;
  }

  private drop(name: string): void {
    const pin = this.kept.get(name);
    if (pin === undefined) return;
    clearTimeout(pin.timer);
    pin.octets.fill(0);
    this.kept.delete(name);
  }
}

/** A PIN is its token's, whatever certificate it was entered for. */
function nameOf({ keeper }: FoundCertificate): string {
  if (keeper.kind === 'file') return keeper.path;
  const { module, token } = keeper;
  return JSON.stringify([module.library.path, token.serial, token.label]);
}
