import { read as readFd } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { SealgateError } from '../error.ts';

/** Where a secret may come from beside the prompt. It is never an argument, which every user of the machine can read. */
export interface SecretSource {
  /** Number of an open file descriptor that holds the secret, up to a line end. */
  readonly fd?: number | undefined;
  /** Name of an environment variable. */
  readonly variable: string;
  /** What to ask for at the prompt. */
  readonly question: string;
  /** Ask twice, because it is a new secret. */
  readonly isNew?: boolean;
}

/** Longest secret that is read, in octets. */
const longest = 1024;
const interrupt = 3;
const endOfInput = 4;
const backspaces = [8, 127];
const lineEnds = [10, 13];

/**
 * Reads a secret as UTF-8 octets: from the descriptor if one is given, else from the environment, else from the
 * terminal without showing it. Returns undefined where there is no terminal to ask at.
 * Throws `signing_cancelled` at Ctrl-C, and a RangeError if a new secret was not repeated as it was.
 */
export async function readSecret(source: SecretSource): Promise<Uint8Array | undefined> {
  if (source.fd !== undefined) return readFromDescriptor(source.fd);
  const given = secretFromEnvironment(source.variable);
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) return undefined;
  const secret = await askHidden(`${source.question}: `);
  if (source.isNew !== true) return secret;
  const again = await askHidden(`${source.question} (again): `);
  const isSame = Buffer.compare(secret, again) === 0;
  again.fill(0);
  if (isSame) return secret;
  secret.fill(0);
  throw new RangeError('the two entries differ');
}

/** A secret from a variable of the environment, as UTF-8 octets; undefined where it is not set. */
export function secretFromEnvironment(variable: string): Uint8Array | undefined {
  const given = process.env[variable];
  return given === undefined ? undefined : Uint8Array.from(Buffer.from(given));
}

async function readFromDescriptor(fd: number): Promise<Uint8Array> {
  const octets = Buffer.alloc(longest);
  let length = 0;
  while (length < longest) {
    const count = await readChunk(fd, octets, length);
    if (count === 0) break;
    length += count;
    const end = octets.subarray(0, length).findIndex((octet) => lineEnds.includes(octet));
    if (end >= 0) return cut(octets, end);
  }
  return cut(octets, length);
}

function readChunk(fd: number, octets: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    readFd(fd, octets, at, longest - at, null, (error, count) => {
      if (error === null) resolve(count);
      else reject(new RangeError(`file descriptor ${fd} cannot be read`, { cause: error }));
    });
  });
}

function cut(octets: Buffer, length: number): Uint8Array {
  const secret = Uint8Array.from(octets.subarray(0, length));
  octets.fill(0);
  return secret;
}

/** Asks at the terminal in raw mode, so that nothing is echoed. The prompt goes to standard error: output may be piped. */
function askHidden(
  question: string,
  input: ReadStream = process.stdin,
  output: WriteStream = process.stderr,
): Promise<Uint8Array> {
  // Before the question stands there: what is typed ahead must not be echoed either.
  input.setRawMode(true);
  output.write(question);
  input.resume();
  return new Promise((resolve, reject) => {
    const typed: number[] = [];
    const finish = (settle: () => void) => {
      input.off('data', onData);
      input.setRawMode(false);
      input.pause();
      output.write('\n');
      typed.fill(0);
      settle();
    };
    const onData = (chunk: Buffer) => {
      for (const octet of chunk) {
        if (octet === interrupt) {
          finish(() => reject(new SealgateError('signing_cancelled')));
          return;
        }
        if (lineEnds.includes(octet) || octet === endOfInput) {
          const secret = Uint8Array.from(typed);
          finish(() => resolve(secret));
          return;
        }
        if (backspaces.includes(octet)) removeCharacter(typed);
        else if (typed.length < longest) typed.push(octet);
      }
      chunk.fill(0);
    };
    input.on('data', onData);
  });
}

/** Takes the last UTF-8 character off: its continuation octets and the one that begins it. */
function removeCharacter(typed: number[]): void {
  for (let octet = typed.pop(); octet !== undefined && (octet & 0xc0) === 0x80; octet = typed.pop());
}
