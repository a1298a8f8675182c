import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Agent } from '../agent.ts';
import type { PageKeys, PageKind } from './page-key.ts';

/** Who may use a route. */
export type Caller =
  /** A person who opens a page of the agent, from wherever. */
  | 'visitor'
  /** A page of the agent that loads its script or style. */
  | 'asset'
  /** A page of the agent that shows its key. */
  | 'page'
  /** A page of a portal on the list, by CORS. */
  | 'portal';

/** A request that has passed the gate. */
export interface Call {
  readonly agent: Agent;
  readonly keys: PageKeys;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path of the request; queries are not looked at. */
  readonly path: string;
  /** Origin of the portal, for routes that portals use. */
  readonly origin: string;
  /** Octets of the body; empty for GET. */
  readonly body: Buffer;
}

/** One way to ask the agent something. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** The whole path, or its beginning where it ends in `/*`. */
  readonly path: string;
  readonly caller: Caller;
  /** The page whose key is wanted, where a page calls. */
  readonly page?: PageKind;
  /** What a body is, and how many octets it may have. */
  readonly body?: { readonly type: 'application/json' | 'application/octet-stream'; readonly limit: number };
  readonly handle: (call: Call) => Promise<void> | void;
}

/** A route of the agent's own pages that takes and gives JSON. */
export const smallJson = { type: 'application/json', limit: 16_384 } as const;
