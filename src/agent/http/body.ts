import type { IncomingMessage } from 'node:http';
import { SealgateError } from '../../error.ts';
import type { Language } from '../../failure/failure.ts';

/**
 * Reads the body of a request whose length has been looked at. What the connection's buffers held of it is wiped: a
 * body may be a PIN, and whoever asked for it wipes the octets that are given. Throws `request_too_large`.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const octets = Buffer.alloc(Math.min(Number(request.headers['content-length'] ?? 0), limit));
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (length + chunk.length > octets.length) {
      throw new SealgateError('request_too_large', { field: 'body', limit });
    }
    octets.set(chunk, length);
    length += chunk.length;
    chunk.fill(0);
  }
  return octets.subarray(0, length);
}

/** A JSON object out of a body. Throws `request_malformed`. */
export function readJson(body: Buffer): Readonly<Record<string, unknown>> {
  const problem = (what: string, cause?: unknown) =>
    new SealgateError('request_malformed', { field: 'body', problem: what }, { cause });
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw problem('not JSON', error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw problem('not an object');
  return value as Readonly<Record<string, unknown>>;
}

/** The language that a JSON object in a body names; English where it names none that is spoken here. */
export function readLanguage(body: Buffer): Language {
  return readJson(body).language === 'ru' ? 'ru' : 'en';
}
