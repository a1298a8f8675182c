import type { Readable } from 'node:stream';
import { FetchFailure } from './failure.ts';

/**
 * Reads a body of at most `largest` octets into one buffer, of the very size where the length was announced.
 * Throws a FetchFailure `too-large` before it has read more than that, `cut-off` where it ends too early.
 */
export async function readBody(
  body: Readable,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  largest: number,
  onProgress?: (received: number, total: number | undefined) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    discard(body);
    throw new FetchFailure('malformed', { rule: 'body is compressed, which was not asked for' });
  }
  const announced = Number(headers['content-length'] ?? Number.NaN);
  if (announced > largest) {
    discard(body);
    throw new FetchFailure('too-large', { octets: announced, largest });
  }
  try {
    return await collect(body, announced, largest, onProgress);
  } catch (error) {
    if (error instanceof FetchFailure) throw error;
    const isAborted =
      error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
    if (isAborted) throw error;
    throw new FetchFailure('cut-off', {}, { cause: error });
  }
}

async function collect(
  body: Readable,
  announced: number,
  largest: number,
  onProgress?: (received: number, total: number | undefined) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  let octets = new Uint8Array(Number.isInteger(announced) && announced >= 0 ? announced : 64 * 1024);
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (length + chunk.length > largest) throw new FetchFailure('too-large', { largest });
    if (length + chunk.length > octets.length) {
      const larger = new Uint8Array(Math.min(largest, Math.max(octets.length * 2, length + chunk.length)));
      larger.set(octets.subarray(0, length));
      octets = larger;
    }
    octets.set(chunk, length);
    length += chunk.length;
    onProgress?.(length, Number.isNaN(announced) ? undefined : announced);
  }
  if (length < announced) throw new FetchFailure('cut-off', { octets: length, announced });
  return length === octets.length ? octets : octets.slice(0, length);
}

/** Lets a body go unread. undici tells of that by an error, which nobody else would listen to. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}
