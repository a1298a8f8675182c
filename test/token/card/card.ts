import { type Command, parseCommand, Status, status } from './apdu.ts';

/**
 * A smart card for tests: what it answers to APDUs. Commands come in chains and answers in pieces, as large as the
 * reader asks for (ISO/IEC 7816-4, sections 5.3 and 7.6.1); the cards themselves see whole ones.
 */
export abstract class Card {
  /** A card of T=1 with five historical octets (ISO/IEC 7816-3, section 8.2). */
  readonly atr: Buffer;
  private chain = Buffer.alloc(0);
  private rest = Buffer.alloc(0);

  constructor(historical: string) {
    const octets = Buffer.concat([
      Buffer.from([0x3b, 0x80 | historical.length, 0x80, 0x01]),
      Buffer.from(historical),
    ]);
    const check = octets.subarray(1).reduce((sum, octet) => sum ^ octet, 0);
    this.atr = Buffer.concat([octets, Buffer.from([check])]);
  }

  /** Power comes or is reset: what was selected and proven is forgotten. */
  reset(): void {
    this.chain = Buffer.alloc(0);
    this.rest = Buffer.alloc(0);
    this.forget();
  }

  /** The answer to an APDU, data and status word. */
  transmit(octets: Buffer): Buffer {
    try {
      const command = parseCommand(octets);
      if (command.ins === 0xc0) return this.piece(command.le ?? 256);
      const data = Buffer.concat([this.chain, command.data]);
      this.chain = command.chained ? data : Buffer.alloc(0);
      if (command.chained) return word(status.done);
      this.rest = Buffer.from(this.answer({ ...command, data }));
      return command.le === undefined && this.rest.length === 0
        ? word(status.done)
        : this.piece(command.le ?? 0);
    } catch (error) {
      if (!(error instanceof Status)) throw error;
      this.chain = Buffer.alloc(0);
      return word(error.word);
    }
  }

  /** Carries out one whole command; throws Status. */
  protected abstract answer(command: Command): Uint8Array;

  /** Forgets selections and proven PINs. */
  protected abstract forget(): void;

  private piece(length: number): Buffer {
    const piece = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    const left = this.rest.length;
    return Buffer.concat([piece, word(left === 0 ? status.done : 0x6100 | Math.min(left, 0xff))]);
  }
}

function word(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}
