import type { ServerResponse } from 'node:http';
import { isFailure, SealgateError } from '../../error.ts';
import { explain } from '../../failure/explain.ts';
import type { Language } from '../../failure/failure.ts';
import { documentHtml } from '../../markup/document.ts';
import { element } from '../../markup/element.ts';
import { refusal, type ShownFailure } from '../../markup/refusal.ts';
import { words } from '../window/words.ts';
import { assetPaths } from './asset-path.ts';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Headers of every answer. The bridge alone keeps its opener, to which it speaks. */
export function setHeaders(response: ServerResponse, isBridge: boolean): void {
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('Cross-Origin-Opener-Policy', isBridge ? 'unsafe-none' : 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Vary', 'Origin');
}

/** Answers with one JSON value. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

/**
 * Answers with JSON values, one a line, each as soon as it is there. `signal` tells the source when the reader has
 * gone. What ends the source with a failure is its last line, put into form by `last`.
 */
export async function streamJson<T>(
  response: ServerResponse,
  values: (signal: AbortSignal) => AsyncIterable<T>,
  last: (error: unknown) => T,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson; charset=utf-8' });
  response.flushHeaders();
  const write = (value: T) => response.write(`${JSON.stringify(value)}\n`);
  try {
    for await (const value of values(gone.signal)) {
      if (gone.signal.aborted) break;
      write(value);
    }
  } catch (error) {
    write(last(error));
  }
  response.end();
}

/**
 * Refuses a request: the failure's status, and a document that names it and nothing of the inside, for a script
 * (RFC 9457) or, where `isRead`, for a person. What was not read of the request is dropped with its connection.
 */
export function sendFailure(
  response: ServerResponse,
  error: unknown,
  language: Language,
  isRead: boolean,
): void {
  const failure: SealgateError = isFailure(error) ? error : new SealgateError('agent_failed');
  const { code, details } = failure;
  const status = failure.failure.status ?? (code === 'agent_failed' ? 500 : 403);
  const { title, cause, remedy } = explain(code, details, language);
  response.setHeader('Connection', 'close');
  if (isRead) {
    response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Language': language });
    response.end(refusalPage({ title, cause, remedy, code }, language));
    return;
  }
  const problem = { type: `urn:sealgate:failure:${code}`, status, title, detail: cause, code, remedy };
  response.writeHead(status, { 'Content-Type': 'application/problem+json; charset=utf-8' });
  response.end(JSON.stringify(problem));
}

function refusalPage(failure: ShownFailure, language: Language): string {
  return documentHtml({
    language,
    title: failure.title,
    style: assetPaths.style,
    icon: assetPaths.icon,
    body: [
      element('main', { class: 'page window' }, refusal(failure, words[language].refusal, { level: 'h1' })),
    ],
  });
}
