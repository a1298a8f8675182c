import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PortalClient, SignIn } from '../portal/index.ts';
import type { Post } from '../portal/transport.ts';

const result = z.looseObject({ assertion: z.string() });

/** What a browser comes back with, in the query of the address where it does. */
const comeBack = z.union([
  z.object({ code: z.string(), state: z.string() }),
  z.object({ error: z.string(), state: z.string() }),
]);

/** A portal whose people sign on the service's own page. */
export interface PageSignInOptions {
  readonly service: string;
  readonly clientId: string;
  /** Where browsers come back; registered with the service. */
  readonly returnUri: string;
  /** The portal's authenticated connection to the service. */
  readonly post: Post;
  readonly client: PortalClient;
}

/** The address on the service to which a browser is sent that wants to sign in; `browser` as of its session. */
export function signInAddress({ service, clientId, returnUri }: PageSignInOptions, browser: string): string {
  const address = new URL('/sign-in/start', service);
  address.search = String(
    new URLSearchParams({ client_id: clientId, return_uri: returnUri, state: stateOf(browser) }),
  );
  return address.href;
}

/**
 * What became of a sign-in, by the query with which the browser `browser` came back: exchanged and checked; undefined
 * where the person left without signing, or comes with what was begun in another browser. Throws a PortalError.
 */
export async function finishSignIn(
  { post, client }: PageSignInOptions,
  browser: string,
  query: unknown,
): Promise<SignIn | undefined> {
  const back = comeBack.safeParse(query);
  if (!back.success || back.data.state !== stateOf(browser) || 'error' in back.data) return undefined;
  const { assertion } = result.parse(await post('/v1/sign-ins/result', { json: { code: back.data.code } }));
  const claims = await client.check(assertion);
  return { assertion, claims, expiresAt: new Date(claims.exp * 1000), checks: [] };
}

/** Ties the way back to the browser that set out, and tells nobody what the portal knows that by (RFC 6749, 10.12). */
function stateOf(browser: string): string {
  return createHash('sha256').update(`state\n${browser}`).digest('base64url');
}
