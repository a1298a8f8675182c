import { randomUUID } from 'node:crypto';
import type { Request, Response } from 'express';
import { type FailureCode, isFailure } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import { largestBody } from './body.ts';
import { callerOf } from './caller.ts';
import { causesOf } from './cause.ts';
import { namedClient } from './credentials.ts';
import { securityHeaders } from './headers.ts';
import { toProblem } from './problem.ts';
import type { Answer, Call, Service } from './route.ts';

/** A request that is being answered, and what is told of it afterwards. */
export interface Exchange extends Call {
  readonly response: Response;
  /** The route's path, never the request's, which a stranger chooses. */
  readonly route: string;
  /** `performance.now()` when it began. */
  readonly begunAt: number;
  /** Identifier of the relying party, once it has proven that it asks. */
  provenClient?: string;
}

/** How answers leave: with the same headers each, counted, and failures as problems. */
export interface Responder {
  begin(request: Request, response: Response, route: string): Exchange;
  answer(exchange: Exchange, answer: Answer): void;
  refuse(exchange: Exchange, error: unknown): void;
  /** Tells of an exchange that somebody else answers, once that has happened; gives the headers of every answer. */
  lend(exchange: Exchange): Readonly<Record<string, string>>;
  /** From now on each answer closes its connection. */
  stop(): void;
}

export function responder(service: Service): Responder {
  const always = { ...securityHeaders(), 'cache-control': 'no-store' };
  let stopping = false;

  const send = (exchange: Exchange, status: number, answer: Answer, refusal: Refusal = {}) => {
    const { request, response, traceId } = exchange;
    const content = contentOf(answer);
    const headers: Record<string, string | number> = {
      ...always,
      'content-type': answer.type ?? 'application/json',
      'content-length': Buffer.byteLength(content),
      'x-trace-id': traceId,
      ...answer.headers,
    };
    const isUnread = status >= 400 && stillComes(request);
    if (stopping || isUnread || isUnwelcome(request, status)) headers.connection = 'close';
    response.writeHead(status, headers);
    if (isUnread) endLingering(request, response, content);
    else response.end(content);
    tell(service, exchange, status, refusal);
  };

  return {
    begin: (request, response, route) => ({
      service,
      request,
      response,
      route,
      at: service.now(),
      begunAt: performance.now(),
      traceId: traceIdOf(request),
    }),
    answer: (exchange, answer) =>
      send(exchange, answer.status ?? 200, answer, defined({ code: answer.code })),
    refuse(exchange, error) {
      const { request, response, route, traceId } = exchange;
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const { problem, headers } = toProblem(error, languageOf(request), traceId);
      if (problem.status >= 500)
        service.log.write('error', 'broken', { traceId, route, causes: causesOf(error) });
      send(
        exchange,
        problem.status,
        { body: problem, type: 'application/problem+json', headers },
        { code: problem.code, ...(isFailure(error, problem.code) ? { details: error.details } : {}) },
      );
    },
    lend(exchange) {
      const { response, traceId } = exchange;
      response.once('finish', () => tell(service, exchange, response.statusCode));
      return { ...always, 'x-trace-id': traceId, ...(stopping ? { connection: 'close' } : {}) };
    },
    stop() {
      stopping = true;
    },
  };
}

/** Why a request was refused, as far as it is known. */
interface Refusal {
  readonly code?: FailureCode;
  readonly details?: Readonly<Record<string, unknown>>;
}

function tell(service: Service, exchange: Exchange, status: number, refusal: Refusal = {}): void {
  const { metrics, log } = service;
  const { code } = refusal;
  const { begunAt, traceId, route, request } = exchange;
  const milliseconds = performance.now() - begunAt;
  metrics.answered(route, status, milliseconds / 1000);
  if (code) metrics.refused(code);
  if (status >= 400) note(exchange, status, refusal);
  // What passed is in the metrics and, if it was a sign-in, in the audit; a line for each would only cost time.
  const level = status >= 500 ? 'warn' : status >= 400 ? 'info' : 'debug';
  if (!log.isEnabled(level)) return;
  log.write(level, 'answered', {
    traceId,
    method: request.method,
    route,
    status,
    milliseconds: Math.round(milliseconds),
    ...defined({ code }),
  });
}

/** Whoever was given the trace id of a refusal may ask support about it. */
function note(exchange: Exchange, status: number, refusal: Refusal): void {
  const { service, request, at, traceId, route, provenClient } = exchange;
  const { method, headers } = request;
  service.refusedRequests.note({
    ...{ at, traceId, method, route, status, caller: callerOf(request) },
    ...refusal,
    ...defined({ provenClient, namedClient: namedClient(headers.authorization) }),
  });
}

/** The caller's trace id (W3C Trace Context) or a new one: 32 hexadecimal digits. */
function traceIdOf({ headers: { traceparent } }: Request): string {
  if (typeof traceparent === 'string') {
    const [, given = ''] = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent) ?? [];
    if (/[1-9a-f]/.test(given)) return given;
  }
  return randomUUID().replaceAll('-', '');
}

function languageOf(request: Request): Language {
  return request.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en';
}

function contentOf({ body }: Answer): string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body ?? {});
}

/** Whether more of a request is to come that will not be waited for: it came too slowly, too often, or proved nothing. */
function isUnwelcome({ complete }: Request, status: number): boolean {
  return !complete && (status === 401 || status === 408 || status === 429);
}

/** Whether a body too large to be read to its end is still coming. */
function stillComes({ complete, headers }: Request): boolean {
  const length = headers['content-length'];
  return !complete && (length === undefined ? 'transfer-encoding' in headers : Number(length) > largestBody);
}

const lingeringOctets = 128 * 1024 * 1024;
const lingeringTime = 5_000;

/**
 * Answers while a large body is still coming. To close at once would reset the connection, and the answer might be
 * lost with it; so the rest is read and dropped, within bounds.
 */
function endLingering(request: Request, response: Response, content: string | Uint8Array): void {
  let dropped = 0;
  const finish = () => {
    clearTimeout(timer);
    if (!response.writableEnded) response.end();
  };
  const timer = setTimeout(finish, lingeringTime);
  response.write(content);
  request.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > lingeringOctets) finish();
  });
  request.once('end', finish);
  request.once('close', finish);
  request.resume();
}
