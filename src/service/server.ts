import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { type FailureCode, isFailure, SealgateError } from '../error.ts';
import { type BodyType, bodyLimit, conform, readBody } from './body.ts';
import { callerOf, expectNetwork } from './caller.ts';
import { allowLength, answerNonsense, boundConnections, largestHeaders } from './connections.ts';
import { basicCredentials } from './credentials.ts';
import { organisationCall } from './organisation-call.ts';
import { admission, type Load } from './overload.ts';
import { pageRoutes } from './page-routes.ts';
import { type Exchange, type Responder, responder } from './responder.ts';
import type { Answer, Call, PageRoute, Route, Service } from './route.ts';
import { routes } from './routes.ts';
import { isUpload } from './upload.ts';

/** A server that can be started and stopped. */
export interface SealgateServer {
  readonly app: Express;
  /** Starts to listen and gives the address. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** Stops accepting, lets what has begun finish, and cuts off after `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

/** How the server is reached. */
export interface ServerSettings {
  /** Addresses or networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Most connections that are open at once. */
  readonly connections: number;
  /** Path of the issuer, empty where it has none: proxies may leave it in the addresses of requests or take it out. */
  readonly base?: string;
  /** Routes of a front that is open. */
  readonly fronts?: readonly PageRoute[];
  /** So many ms idle connections stay open at the end, for requests that are on their way; none where absent. */
  readonly farewell?: number;
  /** Whether this process keeps up; absent where it does other work as well, so that its turns tell nothing. */
  readonly load?: Load;
}

/** What tells how a service fares is answered whatever else there is to answer. */
const lookedAfterBy = ['/healthz', '/readyz', '/metrics'];

/** The HTTP side of the service: every route of the list, and problems for everything else. */
export function createServer(service: Service, settings: ServerSettings): SealgateServer {
  const app = express();
  const respond = responder(service);
  const { patience } = service;
  app.set('trust proxy', [...settings.trustedProxies]);
  // An entity tag costs a hash of every answer, and no answer here is ever asked for again.
  app.disable('etag').disable('x-powered-by');
  if (settings.base) app.use(withoutBase(settings.base));
  for (const route of routes) app[route.method](route.path, handler(respond, route));
  const fronts = settings.fronts ?? [];
  for (const route of [...pageRoutes, ...fronts]) app[route.method](route.path, pageHandler(respond, route));
  app.use('/oidc', oidcHandler(respond));
  app.use((request, response) => {
    const exchange = respond.begin(request, response, 'unknown');
    respond.refuse(
      exchange,
      overTheLimit(exchange) ?? nothingHere(request, [...routes, ...pageRoutes, ...fronts]),
    );
  });
  // Express itself fails on an address that is not valid percent-encoding; routes of ours never throw.
  app.use((_error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const problem = { field: 'address', problem: 'not valid percent-encoding' };
    respond.refuse(
      respond.begin(request, response, 'unknown'),
      new SealgateError('request_malformed', problem),
    );
  });

  const base = settings.base ?? '';
  const always = new Set(lookedAfterBy.flatMap((path) => [path, `${base}${path}`]));
  const admit = settings.load && admission(settings.load, always, service);
  const server = createHttpServer(
    {
      headersTimeout: patience.headers,
      // Bodies are waited for where they are read, and answered in words there; this is for those that nobody reads.
      requestTimeout: patience.headers + patience.body,
      connectionsCheckingInterval: Math.min(1_000, patience.headers),
      keepAliveTimeout: 30_000,
      maxHeaderSize: largestHeaders,
    },
    admit ? (request, response) => admit(request, response, () => app(request, response)) : app,
  );
  // Whoever does not take his answer.
  server.setTimeout(60_000);
  boundConnections(server, settings.connections);
  answerNonsense(server);
  return {
    app,
    listen: (port, host) => listen(server, port, host),
    close: (patience) => close(server, respond, patience, settings.farewell ?? 0),
  };
}

/** Takes the issuer's path out of a request's address, so that routes are found below it. */
function withoutBase(base: string): (request: Request, response: Response, next: NextFunction) => void {
  return (request, _response, next) => {
    const { url } = request;
    if (url.startsWith(`${base}/`)) request.url = url.slice(base.length);
    next();
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
): (request: Request, response: Response, next: NextFunction) => Promise<void> {
  return async (request, response, next) => {
    const exchange = respond.begin(request, response, route.path);
    try {
      const answer = await answerOf(route, exchange);
      if (answer === undefined) next();
      else respond.answer(exchange, answer);
    } catch (error) {
      respond.refuse(exchange, error);
    }
  };
}

/** What is OpenID Connect's own is answered by its library, under the headers and limits of everything else. */
function oidcHandler(respond: Responder): (request: Request, response: Response) => Promise<void> {
  return async (request, response) => {
    const exchange = respond.begin(request, response, '/oidc');
    try {
      const limit = overTheLimit(exchange);
      if (limit !== undefined) throw limit;
      const { service } = exchange;
      const headers = { ...respond.lend(exchange), ...service.pages.headers };
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      const client = await service.oidc.handle({ request, response, address: request.ip ?? '' });
      if (client === undefined) return;
      exchange.provenClient = client;
      chargeTo(exchange, client);
    } catch (error) {
      respond.refuse(exchange, error);
    }
  };
}

async function answerOf(route: PageRoute, call: Call): Promise<Answer | undefined> {
  const limit = route.provesItself ? undefined : overTheLimit(call);
  if (limit !== undefined) return route.refuse(call, limit);
  try {
    return await route.handle(call);
  } catch (error) {
    return route.refuse(call, error);
  }
}

/** The refusal where the caller's address has asked too often. */
function overTheLimit({ service, request, at }: Call): SealgateError | undefined {
  try {
    service.strangers(callerOf(request), at);
    return undefined;
  } catch (error) {
    if (isFailure(error, 'rate_limited')) return error;
    throw error;
  }
}

/**
 * Charges a request to the relying party that proved itself by it, and no longer to the address: the backend of a portal
 * asks for all of its people from one. Beyond the relying party's own limit the address goes on being charged.
 */
function chargeTo({ service, request, at }: Call, client: string): void {
  try {
    service.limit(client, at);
  } catch (error) {
    if (isFailure(error, 'rate_limited')) return;
    throw error;
  }
  service.strangers.giveBack(callerOf(request));
}

/** What `prove` gives. Where the caller proves nothing, that is charged to the address. */
async function proven<T>(call: Call, prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (error) {
    const isStranger = isFailure(error) && unproven.has(error.code);
    throw (isStranger ? overTheLimit(call) : undefined) ?? error;
  }
}

const unproven: ReadonlySet<FailureCode> = new Set(['client_unauthenticated', 'assertion_invalid']);

/** Credentials and limits come before the body is read, and the body before anything is done. */
async function perform(route: Route, exchange: Exchange): Promise<Answer> {
  if (route.openedBy === 'assertion') {
    const opened = await proven(exchange, () => organisationCall(exchange));
    const { schema } = route;
    const body =
      schema && conform(schema, await bodyOf(exchange, opened.insider.client.id, ['application/json']));
    return route.handle({ ...opened, body });
  }
  const { service, request, at, traceId } = exchange;
  if (route.method === 'get') {
    service.strangers(callerOf(request), at);
    return route.handle(exchange);
  }
  const client = await proven(exchange, async () => {
    const { id, secret } = basicCredentials(request.headers.authorization);
    return service.clients.authenticate(id, secret, at);
  });
  exchange.provenClient = client.id;
  expectNetwork(client, request);
  service.limit(client.id, at);
  const { upload } = route;
  if (upload !== undefined && isUpload(request)) {
    allowLength(request);
    return service.uploads.take(client.id, request, service.patience.body, (brought) =>
      upload.handle({ service, request, at, traceId, client, upload: brought }),
    );
  }
  const body = conform(route.schema, await bodyOf(exchange, client.id, route.accepts));
  return route.handle({ service, request, at, traceId, client, body });
}

function bodyOf({ service, request }: Call, client: string, accepts: readonly BodyType[]): Promise<unknown> {
  const { reading, patience } = service;
  return reading.read(client, bodyLimit(request), () => readBody(request, accepts, patience.body));
}

function nothingHere(
  { path, method }: Request,
  known: readonly Pick<Route | PageRoute, 'method' | 'path'>[],
): SealgateError {
  const allowed = known.filter((route) => isAt(route, path)).map((route) => route.method.toUpperCase());
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

/**
 * A connection that is idle may have a request on its way: it is answered within `farewell` ms, and told that it was the
 * last one there. `close` of HTTP servers would cut that off, so that listening alone is ended first.
 */
function close(server: Server, respond: Responder, patience: number, farewell: number): Promise<void> {
  respond.stop();
  return new Promise((resolve) => {
    const timers = [
      setTimeout(() => server.closeAllConnections(), patience),
      setTimeout(() => server.close(), Math.min(farewell, patience)),
    ];
    NetServer.prototype.close.call(server, () => {
      for (const timer of timers) clearTimeout(timer);
      server.close();
      resolve();
    });
  });
}
