import type { Readable } from 'node:stream';
import { FetchFailure } from './failure.ts';
import type { Reservation } from './quota.ts';

/** How a body is read. */
export interface BodyLimits {
  /** Octets. */
  readonly largest: number;
  /** Covers what is read, before it is. */
  readonly reservation?: Reservation | undefined;
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
}

/**
 * Reads a body into one buffer, of the very size where the length was announced. Throws a FetchFailure `too-large` or
 * `over-quota` before it has read more than it may, `cut-off` where the body ends too early.
 */
export async function readBody(
  body: Readable,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const { largest } = limits;
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
    return await collect(body, announced, limits);
  } catch (error) {
    discard(body);
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
  { largest, reservation, onProgress }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  const expected = Number.isInteger(announced) && announced >= 0 ? announced : 64 * 1024;
  reservation?.cover(expected);
  let octets = new Uint8Array(expected);
  let length = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    if (length + chunk.length > largest) throw new FetchFailure('too-large', { largest });
    if (length + chunk.length > octets.length) {
      const size = Math.min(largest, Math.max(octets.length * 2, length + chunk.length));
      reservation?.cover(size);
      const larger = new Uint8Array(size);
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
