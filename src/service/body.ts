import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { SealgateError } from '../error.ts';
import { schemaProblem } from '../failure/schema-problem.ts';
import { parseJson } from './json.ts';

/** Room for a signature of 256 KiB in base64, with a challenge beside it. */
export const largestBody = 384 * 1024;

/** Media types that a route reads. */
export type BodyType = 'application/json' | 'application/x-www-form-urlencoded';

/** The most octets that a request's body can have: what it announces, or what is read of any. */
export function bodyLimit({ headers }: IncomingMessage): number {
  const announced = Number(headers['content-length'] ?? largestBody);
  return Number.isNaN(announced) ? largestBody : Math.min(announced, largestBody);
}

/**
 * Reads and parses a request's body, which may take `patience` ms to come. Throws `request_malformed` for another media
 * type, a content coding, text that is not UTF-8, JSON that is ambiguous or a parameter given twice,
 * `request_too_large`, and `request_too_slow`.
 */
export async function readBody(
  request: IncomingMessage,
  accepted: readonly BodyType[],
  patience: number,
): Promise<unknown> {
  const type = typeOf(request, accepted);
  const octets = await readOctets(request, patience);
  if (!isUtf8(octets)) throw new SealgateError('request_malformed', { field: 'body', problem: 'not UTF-8' });
  const text = octets.toString();
  return type === 'application/json' ? parseJson(text) : parseForm(text);
}

function typeOf(request: IncomingMessage, accepted: readonly BodyType[]): BodyType {
  const { 'content-type': header = '', 'content-encoding': coding = 'identity' } = request.headers;
  if (coding !== 'identity') {
    throw new SealgateError('request_malformed', { field: 'Content-Encoding', problem: 'must not be used' });
  }
  if (header === accepted[0]) return header as BodyType;
  const [type = '', ...parameters] = header.toLowerCase().split(';');
  const found = accepted.find((candidate) => candidate === type.trim());
  const charset = parameters.map((parameter) => parameter.trim()).find((text) => text.startsWith('charset='));
  if (found && (!charset || /^charset="?utf-8"?$/.test(charset))) return found;
  throw new SealgateError('request_malformed', {
    field: 'Content-Type',
    problem: `must be ${accepted.join(' or ')} in UTF-8`,
  });
}

/** The octets of a request's body, which has to come within `patience` ms. Throws `request_too_large`, and `request_malformed` where it is cut off. */
export function readOctets(request: IncomingMessage, patience: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > largestBody) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => {
      reject(new SealgateError('request_too_slow', { field: 'body' }));
    }, patience);
    request.once('close', () => clearTimeout(timer));
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= largestBody) chunks.push(chunk);
      else reject(tooLarge());
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    });
    request.on('error', reject);
    request.on('close', () => {
      if (!request.complete)
        reject(new SealgateError('request_malformed', { field: 'body', problem: 'cut off' }));
    });
  });
}

function tooLarge(): SealgateError {
  return new SealgateError('request_too_large', { field: 'body', limit: largestBody });
}

function parseForm(text: string): unknown {
  const form: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (name in form) throw new SealgateError('request_malformed', { field: name, problem: 'given twice' });
    form[name] = value;
  }
  return form;
}

/** `body` as `schema` has it. Throws `request_malformed` with the first field that is wrong. */
export function conform<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const result = schema.safeParse(body, { error: schemaProblem });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].map(String).join('.');
  throw new SealgateError('request_malformed', {
    field: path || 'body',
    problem: unknown === undefined ? (issue?.message ?? 'wrong') : 'unknown',
  });
}
