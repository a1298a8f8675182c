import type { Request } from 'express';
import { z } from 'zod';
import { longestChallenge } from '../challenge/challenge.ts';
import { textOf } from '../encoding/textual.ts';
import { SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { bodyLimit, conform, largestBody, readBody, readOctets } from './body.ts';
import { callerOf } from './caller.ts';
import type { Call } from './route.ts';

/** A signature as a page hands it in. */
export interface HandedSignature {
  /** The challenge that the page showed. */
  readonly challenge: string;
  /** CMS SignedData in base64, in whatever form the file had it. */
  readonly signature: string;
}

/** Whether the page's script asks, and wants data; a browser by itself wants a page. */
export function wantsData({ headers }: Request): boolean {
  return headers.accept === 'application/json';
}

/**
 * Refuses, with `request_foreign`, what a page of another site sends: a browser says where it comes from, and one that
 * does not say is none that pages are made for.
 */
export function expectOwnPage({ headers }: Request, origin: string): void {
  const site = headers['sec-fetch-site'];
  if (site === undefined ? headers.origin === origin : site === 'same-origin') return;
  throw new SealgateError('request_foreign', { origin: headers.origin ?? 'null' });
}

/** The value of a parameter of the address; undefined where it is absent. Throws `request_malformed` if it is repeated. */
export function parameter({ query }: Request, name: string, longest: number): string | undefined {
  const value = (query as Readonly<Record<string, unknown>>)[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string')
    throw new SealgateError('request_malformed', { field: name, problem: 'given twice' });
  if (value.length <= longest) return value;
  throw new SealgateError('request_malformed', { field: name, problem: 'is too long' });
}

/** The language that the address asks for. */
export function languageParameter(request: Request): Language | undefined {
  const language = parameter(request, 'language', 8);
  return language === 'en' || language === 'ru' ? language : undefined;
}

const body = z.strictObject({
  challenge: z.string().min(1).max(longestChallenge),
  signature: z.string().min(1).max(largestBody),
});

/**
 * What a page hands in: JSON from its script, a form with a file otherwise. Throws `request_malformed`,
 * `request_too_large`, `request_too_slow`, `rate_limited`, `signature_file_missing`.
 */
export function readSignature({ service, request }: Call): Promise<HandedSignature> {
  const { reading, patience } = service;
  // A stranger's bodies are counted by his address, as those of a relying party are by its name.
  return reading.read(`address ${callerOf(request)}`, bodyLimit(request), () =>
    readHanded(request, patience.body),
  );
}

async function readHanded(request: Request, patience: number): Promise<HandedSignature> {
  const { 'content-type': type = '' } = request.headers;
  if (!/^multipart\/form-data;/i.test(type))
    return conform(body, await readBody(request, ['application/json'], patience));
  const form = await parseForm(await readOctets(request, patience), type);
  const [challenge, file] = [form.get('challenge'), form.get('signature')];
  if (typeof challenge !== 'string') throw malformed('challenge', 'is missing');
  if (!(file instanceof File) || file.size === 0) throw new SealgateError('signature_file_missing');
  // Signing programs write DER, base64 or PEM.
  const octets = Buffer.from(await file.arrayBuffer());
  const signature = textOf(octets) ?? octets.toString('base64');
  return conform(body, { challenge, signature });
}

/**
 * A form that a page posts. Throws `request_malformed`, `request_too_large`, `request_too_slow`,
 * `rate_limited`.
 */
export function readForm({ service, request }: Call): Promise<FormData> {
  const { reading, patience } = service;
  const { 'content-type': type = '' } = request.headers;
  return reading.read(`address ${callerOf(request)}`, bodyLimit(request), async () =>
    parseForm(await readOctets(request, patience.body), type),
  );
}

async function parseForm(octets: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(octets), { headers: { 'content-type': type } }).formData();
  } catch (error) {
    throw new SealgateError('request_malformed', { field: 'body', problem: 'not a form' }, { cause: error });
  }
}

function malformed(field: string, problem: string): SealgateError {
  return new SealgateError('request_malformed', { field, problem });
}

/** The browser's token, as its cookie has it, and how it is set. */
export interface BrowserCookie {
  /** Of this request; undefined where it has none. */
  read(request: Request): string | undefined;
  /** Value of `Set-Cookie`. */
  set(token: string): string;
  /** Value of `Set-Cookie` that takes it away. */
  readonly drop: string;
}

/** The cookie of that name; undefined where a request has none, or several. */
export function readCookie({ headers: { cookie = '' } }: Request, name: string): string | undefined {
  const found = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`));
  // Two of one name: neighbours wrote one of them, and nobody can tell which.
  return found.length === 1 ? found[0]?.slice(name.length + 1) : undefined;
}

/**
 * The cookie that binds a sign-in to a browser: out of reach of scripts, of other sites' forms and, by its prefix, of
 * neighbouring hosts and plain http. The prefix is left out where the service itself is reached by http, as it is on
 * the machine itself alone. `kind` is what it opens: a sign-in, or the account.
 */
export function browserCookie(origin: string, kind = 'sign-in'): BrowserCookie {
  const isSecure = origin.startsWith('https:');
  const name = `${isSecure ? '__Host-' : ''}sealgate-${kind}`;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return {
    read: (request) => readCookie(request, name),
    set: (token) => `${name}=${token}; ${attributes}`,
    drop: `${name}=; Max-Age=0; ${attributes}`,
  };
}
