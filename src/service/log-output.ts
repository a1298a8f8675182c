import { write, writeSync } from 'node:fs';
import { setTimeout as pass } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { DestinationStream } from 'pino';

/** Where log lines go. */
export interface LogOutput extends DestinationStream {
  /** Writes what was collected so far. */
  flush(): void;
  /** Writes the rest, a second at most. */
  close(): Promise<void>;
}

/** Lines are collected up to so many characters, because a call of the system for each would cost more than the line. */
const enough = 4_096;

/** Beyond this, where the reader has stopped, lines are lost. */
const most = 1_048_576;

/** Milliseconds after which a reader that was not ready is tried again. */
const pause = 50;

/** Milliseconds that the last lines are given. */
const lastPatience = 1_000;

const writeTo = promisify(write);

/**
 * Log lines to a file descriptor, in the background. A log that cannot be written must not stop the service, nor keep
 * it from stopping: such lines are lost, and their number is told once writing succeeds again. (The destination that
 * pino brings tries a full disk again for ever, on the main thread, when the process is to end.)
 */
export function logOutput(descriptor: number): LogOutput {
  let waiting = '';
  let lost = 0;
  let writing: Promise<void> | undefined;

  const send = () => {
    if (writing !== undefined || waiting === '') return;
    const lines = waiting;
    const before = lost;
    waiting = '';
    writing = writeWhole(descriptor, `${before > 0 ? tellLost(before) : ''}${lines}`)
      .then(
        () => {
          lost -= before;
        },
        () => {
          lost += lines.split('\n').length - 1;
        },
      )
      .then(() => {
        writing = undefined;
        if (waiting.length >= enough) send();
      });
  };
  const finish = async () => {
    while (waiting !== '' || writing !== undefined) {
      send();
      await writing;
    }
  };
  // The process may end in other ways than by closing this: one attempt, whatever comes of it.
  const attempt = () => {
    try {
      writeSync(descriptor, waiting);
    } catch {
      waiting = '';
    }
  };
  process.on('exit', attempt);

  return {
    write(line) {
      if (waiting.length + line.length > most) lost += 1;
      else waiting += line;
      if (waiting.length >= enough) send();
    },
    flush: send,
    async close() {
      const over = new AbortController();
      const patience = pass(lastPatience, undefined, { signal: over.signal }).catch(() => {});
      await Promise.race([finish(), patience]);
      over.abort();
      process.off('exit', attempt);
    },
  };
}

/** It begins a line of its own, for the one before may have been cut off. */
function tellLost(count: number): string {
  const line = { level: 40, time: new Date().toISOString(), lost: count, msg: 'log lines were lost' };
  return `\n${JSON.stringify(line)}\n`;
}

/**
 * So many octets a pipe takes from one writer before it takes any from another (POSIX, PIPE_BUF; 4,096 on Linux):
 * several workers write to one. A line that is longer may be cut by another's.
 */
const unbroken = 4_096;

/** As many whole lines as a pipe takes at once, or one that is longer. */
function nextLines(octets: Buffer): Buffer {
  if (octets.length <= unbroken) return octets;
  const end = octets.lastIndexOf('\n', unbroken - 1) + 1 || octets.indexOf('\n') + 1;
  return octets.subarray(0, end || octets.length);
}

/** Rejects with the system's error, unless it says only that the reader is not ready. */
async function writeWhole(descriptor: number, text: string): Promise<void> {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      const { bytesWritten } = await writeTo(descriptor, nextLines(rest));
      rest = rest.subarray(bytesWritten);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await pass(pause, undefined, { ref: false });
    }
  }
}
