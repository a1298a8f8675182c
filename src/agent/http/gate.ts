import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { SealgateError } from '../../error.ts';
import type { agentTerms } from '../../failure/agent-terms.ts';
import { isOrigin } from '../../relying-party/origin.ts';
import type { OriginList } from '../origin-list.ts';
import type { PageKeys } from './page-key.ts';
import { tellsUsers, userOfPeer } from './peer-user.ts';
import type { Route } from './route.ts';

/** What the gate knows of the agent. */
export interface GateSetting {
  readonly port: number;
  /** Number of the user who runs the agent; undefined where the system has none. */
  readonly user: number | undefined;
  readonly routes: readonly Route[];
  readonly origins: OriginList;
  readonly keys: PageKeys;
}

/** Header with a page's key, and the one that a portal sends so that its browser asks first. */
export const keyHeader = 'sealgate-key';
export const requestHeader = 'sealgate-request';

/**
 * Looks at a request before its body is read. The order is that of what is hardest to forge: who is connected, what
 * address was asked for, which page sent it, and last what it brings along. Gives the route, and the portal's origin
 * where a portal calls. Throws `agent_request_foreign`, `agent_user_foreign`, `agent_origin_refused`,
 * `resource_unknown`, `method_not_allowed`, `request_malformed`, `request_too_large`.
 */
export async function admit(
  setting: GateSetting,
  request: IncomingMessage,
  at: number,
): Promise<{ readonly route: Route; readonly path: string; readonly origin: string }> {
  checkAddress(request.socket);
  await checkUser(request.socket, setting.user);
  checkHost(request, setting.port);
  const path = pathOf(request);
  const route = findRoute(setting.routes, request.method ?? '', path);
  const origin = checkSender(route, request, setting.origins);
  if (route.body !== undefined) checkType(request, route.body.type);
  checkHeader(route, request, setting.keys, at);
  if (route.body !== undefined) checkLength(request, route.body.limit);
  return { route, path, origin };
}

/**
 * Looks at what a browser asks before it sends a portal's request: as `admit` does, up to the origin. Gives the route
 * that was asked for, and the origin, which is on the list. Throws as `admit` does.
 */
export async function admitPreflight(
  setting: GateSetting,
  request: IncomingMessage,
): Promise<{ readonly route: Route; readonly origin: string }> {
  checkAddress(request.socket);
  await checkUser(request.socket, setting.user);
  checkHost(request, setting.port);
  const method = request.headers['access-control-request-method'] ?? '';
  const route = findRoute(setting.routes, method, pathOf(request));
  if (route.caller !== 'portal') throw foreign('origin');
  return { route, origin: checkSender(route, request, setting.origins) };
}

function foreign(field: keyof typeof agentTerms | 'origin'): SealgateError {
  return new SealgateError('agent_request_foreign', { field });
}

function checkAddress({ remoteAddress }: Socket): void {
  if (remoteAddress !== '127.0.0.1' && remoteAddress !== '::1') throw foreign('peer-address');
}

/** A connection does not change hands, so that its user is asked for once. */
const users = new WeakMap<Socket, Promise<number | undefined>>();

async function checkUser(socket: Socket, own: number | undefined): Promise<void> {
  if (!tellsUsers || own === undefined) return;
  const known = users.get(socket) ?? userOfPeer(socket);
  users.set(socket, known);
  if ((await known) !== own) throw new SealgateError('agent_user_foreign');
}

/** The name that the browser believes it talks to: under a name that was bound to this address anew it is another. */
function checkHost({ headers }: IncomingMessage, port: number): void {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (!names.includes(headers.host ?? '')) throw foreign('host');
}

/** The path as it was sent, without a query; nothing is decoded, since no path of the agent needs it. */
function pathOf({ url }: IncomingMessage): string {
  return url?.split('?', 1)[0] ?? '';
}

/** The route for a method and a path. Throws `resource_unknown` and `method_not_allowed`. */
function findRoute(routes: readonly Route[], method: string, path: string): Route {
  const here = routes.filter((route) => isAt(route, path));
  const route = here.find((each) => each.method === method);
  if (route !== undefined) return route;
  if (here.length === 0) throw new SealgateError('resource_unknown', { path });
  throw new SealgateError('method_not_allowed', {
    method,
    allowed: here.map((each) => each.method).join(', '),
  });
}

function isAt({ path: wanted }: Route, path: string): boolean {
  return wanted.endsWith('/*') ? path.startsWith(wanted.slice(0, -1)) : path === wanted;
}

/** Whose page sent the request, by the browser's word. Gives the portal's origin. */
function checkSender({ caller, method }: Route, { headers }: IncomingMessage, origins: OriginList): string {
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  switch (caller) {
    case 'visitor': {
      // Absent in browsers that do not send it; those keep to frame-ancestors.
      const isPage = (headers['sec-fetch-dest'] ?? 'document') === 'document';
      if (!isPage || (headers['sec-fetch-mode'] ?? 'navigate') !== 'navigate') throw foreign('fetch-site');
      return '';
    }
    case 'asset':
      if ((site ?? 'same-origin') !== 'same-origin') throw foreign('fetch-site');
      return '';
    case 'page':
      if (origin !== `http://${headers.host}`) throw foreign('origin');
      if ((site ?? 'same-origin') !== 'same-origin') throw foreign('fetch-site');
      return '';
    case 'portal':
      // A program of this user that is no browser, or the person who types the address.
      if (origin === undefined && method === 'GET' && (site ?? 'none') === 'none') return '';
      if (origin === undefined || !isOrigin(origin)) throw foreign('origin');
      if (!origins.has(origin)) throw new SealgateError('agent_origin_refused', { origin });
      return origin;
  }
}

/** A type that no form and no simple request of another page can send. */
function checkType({ headers }: IncomingMessage, wanted: string): void {
  if (headers['content-type']?.toLowerCase() !== wanted) throw foreign('request-type');
}

/** A header of our own, which another page's request cannot have unless it was asked for first. */
function checkHeader(
  { caller, page, method }: Route,
  { headers }: IncomingMessage,
  keys: PageKeys,
  at: number,
): void {
  if (caller === 'page') {
    const key = headers[keyHeader];
    if (page === undefined || typeof key !== 'string' || !keys.holds(page, key, at))
      throw foreign('page-key');
  } else if (caller === 'portal' && method === 'POST' && headers[requestHeader] !== '1') {
    throw foreign('page-key');
  }
}

function checkLength({ headers }: IncomingMessage, limit: number): void {
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (!Number.isSafeInteger(length)) {
    throw new SealgateError('request_malformed', { field: 'content-length', problem: 'it is missing' });
  }
  if (length > limit) throw new SealgateError('request_too_large', { field: 'body', limit });
}
