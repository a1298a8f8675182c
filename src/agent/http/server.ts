import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SealgateError } from '../../error.ts';
import { type Agent, type AgentSetting, makeAgent, readKeptData } from '../agent.ts';
import { assetRoutes } from './asset.ts';
import { readBody } from './body.ts';
import { bridgeRoutes } from './bridge-routes.ts';
import { careRoutes } from './care-routes.ts';
import { admit, admitPreflight, type GateSetting, requestHeader } from './gate.ts';
import { homeRoutes } from './home-routes.ts';
import { pageRoutes, preferred } from './page.ts';
import { PageKeys } from './page-key.ts';
import { portalRoutes } from './portal-routes.ts';
import { sendFailure, setHeaders } from './respond.ts';
import type { Route } from './route.ts';
import { windowRoutes } from './window-routes.ts';

/** Every route of the agent. */
export const routes: readonly Route[] = [
  ...pageRoutes,
  ...assetRoutes,
  ...bridgeRoutes,
  ...windowRoutes,
  ...homeRoutes,
  ...careRoutes,
  ...portalRoutes,
];

/** An agent that listens. */
export interface RunningAgent {
  readonly agent: Agent;
  readonly port: number;
  /** Ends it: what is under way is cancelled, drivers are let go of, PINs are forgotten. */
  close(): Promise<void>;
}

const limits = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16_384,
} as const;

/** More connections than a few windows need are none of a person's. */
const mostConnections = 64;

/**
 * Starts an agent on the first of `ports` that is free, on loopback alone: 127.0.0.1 and, where the system has it,
 * ::1. Throws `agent_port_occupied`, and `file_unreadable` for a damaged file of its folder.
 */
export async function startServer(
  setting: AgentSetting,
  ports: readonly number[],
  version: string,
): Promise<RunningAgent> {
  const data = await readKeptData(setting.folder);
  for (const port of ports) {
    const server = createServer(limits);
    const taken = await listen(server, port, '127.0.0.1');
    if (taken === undefined) continue;
    const agent = makeAgent(setting, data, `http://127.0.0.1:${taken}`, version);
    const second = createServer(limits);
    await listen(second, taken, '::1');
    const user = process.getuid?.();
    const gate = { port: taken, user, routes, origins: agent.origins, keys: new PageKeys() };
    for (const each of [server, second]) serve(each, agent, gate);
    return { agent, port: taken, close: () => close(agent, [server, second]) };
  }
  throw new SealgateError('agent_port_occupied', { ports: ports.map(String) });
}

/** Gives the port, undefined where it or the address is not to be had. */
function listen(server: Server, port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : undefined);
    });
  });
}

function serve(server: Server, agent: Agent, gate: GateSetting): void {
  server.maxConnections = mostConnections;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(agent, gate, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendFailure(response, error, preferred(request), isRead(request));
    });
  });
}

async function answer(
  agent: Agent,
  gate: GateSetting,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setHeaders(response, false);
  if (request.method === 'OPTIONS') return answerPreflight(gate, request, response);
  const { route, path, origin } = await admit(gate, request, Date.now());
  if (origin !== '') response.setHeader('Access-Control-Allow-Origin', origin);
  const body = route.body === undefined ? Buffer.alloc(0) : await readBody(request, route.body.limit);
  await route.handle({ agent, keys: gate.keys, request, response, path, origin, body });
}

/** What a browser asks before a portal's request. */
async function answerPreflight(
  gate: GateSetting,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { route, origin } = await admitPreflight(gate, request);
  response.writeHead(204, {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': route.method,
    'Access-Control-Allow-Headers': `content-type, ${requestHeader}`,
  });
  response.end();
}

/** Whether a person reads the answer, and not a script. */
function isRead({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

async function close(agent: Agent, servers: readonly Server[]): Promise<void> {
  agent.pins.forgetAll();
  await agent.keys.release();
  agent.desk.close();
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
}
