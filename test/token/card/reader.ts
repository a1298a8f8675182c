import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Card } from './card.ts';

/** Between two cards the reader has to be seen empty; pcscd looks a few times a second. */
const timeOut = 1500;

/**
 * One slot of vpcd, Debian's virtual reader. Over TCP come messages of two octets of length and content: one octet is
 * power off (0), on (1), reset (2) or a question for the ATR (4); everything else is an APDU. A card is in the reader
 * while it is connected.
 */
export class Reader {
  private readonly port: number;
  private socket: Socket | undefined;
  private card: Card | undefined;
  private isSilent = false;
  /** Instruction of the command at which the card comes out, unanswered. */
  private fatal: number | undefined;
  /** Counts what was done to the slot, so that a card on its way into it gives way to what was done since. */
  private turn = 0;

  constructor(port: number) {
    this.port = port;
  }

  /** Puts a card in, as soon as the reader is there; one that is on its way in or there already comes out. */
  async insert(card: Card): Promise<void> {
    const wasThere = this.socket !== undefined;
    this.remove();
    const { turn } = this;
    if (wasThere) await wait(timeOut);
    for (let tries = 200; turn === this.turn; tries--) {
      const socket = await this.tryConnect();
      if (turn !== this.turn) {
        socket?.destroy();
      } else if (socket !== undefined) {
        card.reset();
        this.card = card;
        this.serve(socket);
        return;
      } else if (tries === 0) {
        throw new Error('the virtual reader is not there');
      } else {
        await wait(50);
      }
    }
  }

  /** Pulls the card out. */
  remove(): void {
    this.turn++;
    this.socket?.destroy();
    this.socket = undefined;
    this.card = undefined;
  }

  /** Pulls the card out in the middle of the next command of this instruction (ISO/IEC 7816-4, section 5.5). */
  removeAt(instruction: number): void {
    this.fatal = instruction;
  }

  /** Lets the card answer no more, or again. What came in between stays unanswered. */
  silence(isSilent: boolean): void {
    this.isSilent = isSilent;
  }

  private tryConnect(): Promise<Socket | undefined> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => resolve(socket));
      socket.once('error', () => resolve(undefined));
    });
  }

  private serve(socket: Socket): void {
    this.socket = socket;
    let received = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE()) {
        const end = 2 + received.readUInt16BE();
        this.take(socket, received.subarray(2, end));
        received = received.subarray(end);
      }
    });
    // pcscd has ended: the card stays in the slot, and is there again for the next one.
    socket.on('close', () => {
      const { card } = this;
      if (this.socket !== socket || card === undefined) return;
      this.socket = undefined;
      void this.insert(card);
    });
    socket.on('error', () => undefined);
  }

  private take(socket: Socket, message: Buffer): void {
    if (this.card === undefined || this.isSilent) return;
    if (message.length > 1 && message[1] === this.fatal) {
      this.fatal = undefined;
      this.remove();
    } else if (message.length > 1) {
      send(socket, this.card.transmit(Buffer.from(message)));
    } else if (message[0] === 4) {
      send(socket, this.card.atr);
    } else {
      this.card.reset();
    }
  }
}

function send(socket: Socket, content: Buffer): void {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(content.length);
  socket.write(Buffer.concat([head, content]));
}
