import type { Language } from '../failure/failure.ts';
import { localError, type PortalError, problemError } from './error.ts';

/** Answers of the service stay far below; what is larger is not read. */
const largestAnswer = 1024 * 1024;

/** How the client reaches the service. */
export interface TransportOptions {
  /** Base address of the service, such as `https://sealgate.example`. */
  readonly service: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds for one request. */
  readonly timeout: number;
  readonly language: Language;
}

/** Sends a POST and returns the parsed answer; undefined where its body is empty. Throws a PortalError. */
export type Post = (path: string, body: PostBody, language?: Language) => Promise<unknown>;

/** The body of a request: a form, as the OAuth endpoints ask for, or JSON. */
export type PostBody = { readonly json: object } | { readonly form: Readonly<Record<string, string>> };

/**
 * A connection to the service with HTTP Basic authentication. Redirects are not followed: they would carry the
 * secret to another place.
 */
export function connect(options: TransportOptions): Post {
  // RFC 6749, section 2.3.1: identifier and secret are form-encoded before they go into HTTP Basic.
  const pair = [options.clientId, options.clientSecret].map(encodeURIComponent).join(':');
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return async (path, body, language = options.language) => {
    const address = new URL(path, options.service);
    const response = await send(
      address,
      body,
      { authorization, 'accept-language': language },
      options,
      language,
    );
    return readAnswer(response, address, language);
  };
}

async function send(
  address: URL,
  body: PostBody,
  headers: Record<string, string>,
  { timeout }: TransportOptions,
  language: Language,
): Promise<Response> {
  const isJson = 'json' in body;
  try {
    return await fetch(address, {
      method: 'POST',
      headers: {
        ...headers,
        accept: 'application/json, application/problem+json',
        'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
      },
      body: isJson ? JSON.stringify(body.json) : new URLSearchParams(body.form).toString(),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    throw unreachable(address, reasonOf(error), language, error);
  }
}

async function readAnswer(response: Response, address: URL, language: Language): Promise<unknown> {
  const text = await readText(response, address, language);
  const body = text === '' ? undefined : parse(text);
  if (response.ok) return body;
  throw (
    problemError(body, response.headers.get('retry-after')) ??
    unreachable(address, `HTTP ${response.status}`, language)
  );
}

async function readText(response: Response, address: URL, language: Language): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > largestAnswer) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw unreachable(address, reasonOf(error), language, error);
  }
  if (length > largestAnswer) throw unreachable(address, 'the answer is too large', language);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What went wrong, without addresses or secrets: the code of the system's error, or the time-out. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer';
}

/** What TLS says of a certificate that is past its term (X509_V_ERR_CERT_HAS_EXPIRED). */
const expired = 'CERT_HAS_EXPIRED';

/** The service does not answer, its TLS certificate has expired, or something else answers in its place. */
export function unreachable(address: URL, problem: string, language: Language, cause?: unknown): PortalError {
  const options = cause === undefined ? undefined : { cause };
  const { origin } = address;
  if (problem === expired)
    return localError('service_certificate_expired', { address: origin }, language, options);
  return localError('service_unreachable', { address: origin, problem }, language, options);
}
