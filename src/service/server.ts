import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { SealgateError } from '../error.ts';
import { conform, readBody } from './body.ts';
import { basicCredentials } from './credentials.ts';
import { organisationCall } from './organisation-call.ts';
import { pageRoutes } from './page-routes.ts';
import { type Responder, responder } from './responder.ts';
import type { Answer, Call, PageRoute, Route, Service } from './route.ts';
import { routes } from './routes.ts';

/** A server that can be started and stopped. */
export interface SealgateServer {
  readonly app: Express;
  /** Starts to listen and gives the address. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** Stops accepting, lets what has begun finish, and cuts off after `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

/** The HTTP side of the service: every route of the list, and problems for everything else. */
export function createServer(service: Service): SealgateServer {
  const app = express();
  const respond = responder(service);
  // An entity tag costs a hash of every answer, and no answer here is ever asked for again.
  app.disable('etag').disable('x-powered-by');
  for (const route of routes) app[route.method](route.path, handler(respond, route));
  for (const route of pageRoutes) app[route.method](route.path, pageHandler(respond, route));
  app.use((request, response) => {
    respond.refuse(respond.begin(request, response, 'unknown'), nothingHere(request));
  });
  // Express itself fails on an address that is not valid percent-encoding; routes of ours never throw.
  app.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const problem = { field: 'address', problem: 'not valid percent-encoding' };
    respond.refuse(
      respond.begin(request, response, 'unknown'),
      new SealgateError('request_malformed', problem),
    );
  });

  const server = createHttpServer(
    { requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 30_000, maxHeaderSize: 16_384 },
    app,
  );
  return {
    app,
    listen: (port, host) => listen(server, port, host),
    close: (patience) => close(server, respond, patience),
  };
}

function handler(respond: Responder, route: Route): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const exchange = respond.begin(request, response, route.path);
    try {
      respond.answer(exchange, await perform(route, exchange));
    } catch (error) {
      respond.refuse(exchange, error);
    }
  };
}

function pageHandler(
  respond: Responder,
  route: PageRoute,
): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const exchange = respond.begin(request, response, route.path);
    try {
      respond.answer(exchange, await answerOf(route, exchange));
    } catch (error) {
      respond.refuse(exchange, error);
    }
  };
}

async function answerOf(route: PageRoute, call: Call): Promise<Answer> {
  try {
    return await route.handle(call);
  } catch (error) {
    return route.refuse(call, error);
  }
}

/** Credentials and limits come before the body is read, and the body before anything is done. */
async function perform(route: Route, call: Call): Promise<Answer> {
  if (route.openedBy === 'assertion') {
    const opened = await organisationCall(call);
    const body = route.schema && conform(route.schema, await readBody(call.request, ['application/json']));
    return route.handle({ ...opened, body });
  }
  if (route.method === 'get') return route.handle(call);
  const { service, request, at, traceId } = call;
  const { id, secret } = basicCredentials(request.headers.authorization);
  const client = await service.clients.authenticate(id, secret, at);
  service.limit(client.id, at);
  const body = conform(route.schema, await readBody(request, route.accepts));
  return route.handle({ service, request, at, traceId, client, body });
}

function nothingHere({ path, method }: Request): SealgateError {
  const allowed = [...routes, ...pageRoutes]
    .filter((route) => isAt(route, path))
    .map((route) => route.method.toUpperCase());
  if (allowed.length === 0) return new SealgateError('resource_unknown', { path });
  return new SealgateError('method_not_allowed', { method, allowed: allowed.join(', ') });
}

function isAt(route: Pick<Route, 'path'>, path: string): boolean {
  const [wanted, given] = [route.path.split('/'), path.split('/')];
  return (
    wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at])
  );
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

function close(server: Server, respond: Responder, patience: number): Promise<void> {
  respond.stop();
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), patience);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
