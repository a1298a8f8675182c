import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { SealgateError } from './error.ts';
import type { Language } from './failure/failure.ts';
import { toProblem } from './problem.ts';
import { conform, largestBody, readBody } from './service/body.ts';
import { basicCredentials } from './service/credentials.ts';
import { securityHeaders } from './service/headers.ts';
import type { Answer, Call, Route, Service } from './service/route.ts';
import { routes } from './service/routes.ts';

/** A server that can be started and stopped. */
export interface SealgateServer {
  readonly app: Express;
  /** Starts to listen and gives the address. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** Stops accepting, lets what has begun finish, and cuts off after `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

/** How the server stands in the network. */
export interface ServerOptions {
  /** Express’ `trust proxy`: whose `X-Forwarded-For` is believed. */
  readonly trustProxy?: boolean | number | string;
}

/** The HTTP side of the service: routes, security headers, problems, logging, metrics. */
export function createServer(service: Service, { trustProxy = false }: ServerOptions = {}): SealgateServer {
  const app = express();
  // An entity tag costs a hash of every answer, and no answer here is ever asked for again.
  app.disable('etag').disable('x-powered-by').set('trust proxy', trustProxy);
  const answering = responder(service);
  for (const route of routes) app[route.method](route.path, answering.handle(route));
  app.use(answering.unknown);
  app.use(answering.broken);

  const server = createHttpServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 },
    app,
  );
  return {
    app,
    listen: (port, host) => listen(server, port, host),
    close: (patience) => close(server, answering, patience),
  };
}

type Handler = (request: Request, response: Response) => Promise<void>;

interface Responder {
  handle(route: Route): Handler;
  readonly unknown: Handler;
  readonly broken: (error: unknown, request: Request, response: Response, next: NextFunction) => void;
  stop(): void;
}

function responder(service: Service): Responder {
  const headers = { ...securityHeaders(), 'cache-control': 'no-store' };
  let stopping = false;

  const begin = (request: Request): Call => ({
    service,
    at: service.now(),
    traceId: traceIdOf(request),
    request,
  });

  const send = (
    response: Response,
    call: Call,
    route: string,
    status: number,
    answer: Answer,
    code?: string,
  ) => {
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    const all: Record<string, string | number> = {
      ...headers,
      'content-type': answer.type ?? 'application/json',
      'content-length': Buffer.byteLength(text),
      'x-trace-id': call.traceId,
      ...answer.headers,
    };
    if (stopping) all.connection = 'close';
    const linger = status >= 400 && isUnread(call.request);
    if (linger) all.connection = 'close';
    response.writeHead(status, all);
    if (linger) lingeringEnd(call.request, response, text);
    else response.end(text);
    record(call, route, status, code);
  };

  const record = ({ at, traceId, request }: Call, route: string, status: number, code?: string) => {
    const milliseconds = service.now() - at;
    service.metrics.answered(route, status, milliseconds / 1000);
    if (code) service.metrics.refused(code);
    // What passed is in the metrics and, if it was a sign-in, in the audit; a line for each would only cost time.
    const level = status >= 500 ? 'warn' : status >= 400 ? 'info' : 'debug';
    if (!service.log.isLevelEnabled(level)) return;
    const { method } = request;
    service.log[level]({ traceId, method, route, status, milliseconds, ...(code ? { code } : {}) });
  };

  const refuse = (response: Response, call: Call, route: string, error: unknown) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const { problem, headers } = toProblem(error, languageOf(call.request), call.traceId);
    if (problem.status >= 500) service.log.error({ traceId: call.traceId, route, error: reasonOf(error) });
    send(
      response,
      call,
      route,
      problem.status,
      { body: problem, type: 'application/problem+json', headers },
      problem.code,
    );
  };

  return {
    handle: (route) => async (request, response) => {
      const call = begin(request);
      try {
        send(response, call, route.path, 200, await perform(route, call));
      } catch (error) {
        refuse(response, call, route.path, error);
      }
    },
    async unknown(request, response) {
      const allowed = routes
        .filter(({ path }) => path === request.path)
        .map(({ method }) => method.toUpperCase());
      const error =
        allowed.length > 0
          ? new SealgateError('method_not_allowed', { method: request.method, allowed: allowed.join(', ') })
          : new SealgateError('resource_unknown', { path: request.path });
      refuse(response, begin(request), 'unknown', error);
    },
    // Express itself fails on an address that is not valid percent-encoding.
    broken(_error, request, response, _next) {
      const problem = { field: 'address', problem: 'not valid percent-encoding' };
      refuse(response, begin(request), 'unknown', new SealgateError('request_malformed', problem));
    },
    stop() {
      stopping = true;
    },
  };
}

/** Assert, act, answer: credentials and limits come before the body is read, and the body before anything is done. */
async function perform(route: Route, call: Call): Promise<Answer> {
  if (route.method === 'get') return route.handle(call);
  const { service, request, at } = call;
  const { id, secret } = basicCredentials(request.headers.authorization);
  const client = await service.clients.authenticate(id, secret, at);
  service.limit(client.id, at);
  const body = conform(route.schema, await readBody(request, route.accepts));
  return route.handle({ ...call, client, body });
}

/** The caller's trace id (W3C Trace Context) or a new one: 32 hexadecimal digits. */
function traceIdOf(request: Request): string {
  const { traceparent } = request.headers;
  const given =
    typeof traceparent === 'string' && /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(traceparent)?.[1];
  return given && !/^0+$/.test(given) ? given : randomUUID().replaceAll('-', '');
}

function languageOf(request: Request): Language {
  return request.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en';
}

/** For the log only: what went wrong inside, with its causes and without the details, which may name people. */
function reasonOf(error: unknown): string {
  const parts: string[] = [];
  for (let cause = error; cause !== undefined && parts.length < 5; ) {
    if (!(cause instanceof Error)) {
      parts.push(String(cause));
      break;
    }
    parts.push(cause instanceof SealgateError ? cause.code : (cause.stack ?? cause.message));
    cause = cause.cause;
  }
  return parts.join('\ncaused by ');
}

/** Whether a body too large to be read to its end is still coming. */
function isUnread(request: Request): boolean {
  if (request.complete) return false;
  const length = request.headers['content-length'];
  return length === undefined || Number(length) > largestBody;
}

const lingeringOctets = 128 * 1024 * 1024;
const lingeringTime = 5_000;

/**
 * Answers while a large body is still coming. To close at once would reset the connection, and the answer might be
 * lost with it; so the rest is read and dropped, within bounds.
 */
function lingeringEnd(request: Request, response: Response, text: string): void {
  let dropped = 0;
  const finish = () => {
    clearTimeout(timer);
    if (!response.writableEnded) response.end();
  };
  const timer = setTimeout(finish, lingeringTime);
  response.write(text);
  request.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > lingeringOctets) finish();
  });
  request.once('end', finish);
  request.once('close', finish);
  request.resume();
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function close(server: Server, answering: Responder, patience: number): Promise<void> {
  answering.stop();
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
