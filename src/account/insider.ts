import type { AssertionClaims } from '../assertion/claims.ts';
import { SealgateError } from '../error.ts';
import type { Client } from '../relying-party/registry.ts';
import type { StoredSession } from '../session/session.ts';

/** Somebody who has signed in for an organisation and asks about it. */
export interface Insider {
  /** The organisation, `ogrn:…`. */
  readonly subject: string;
  /** What was found when they signed in. */
  readonly claims: AssertionClaims;
  /** Their own session, which is open. */
  readonly session: StoredSession;
  /** The relying party through which they signed in. */
  readonly client: Client;
}

/** When a request came, and its trace. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly traceId: string;
}

/**
 * Whether somebody decides for the organisation: a power to sign in is no power over carriers, consents and powers of
 * attorney, and a system is nobody who could decide.
 */
export function decides({ claims }: Pick<Insider, 'claims'>): boolean {
  const basis = claims.authority?.basis;
  return basis !== 'power-of-attorney' && basis !== 'system';
}

/** Refuses what only the organisation's head may do, with `organisation_view_forbidden`. */
export function expectHead(insider: Pick<Insider, 'claims' | 'subject'>): void {
  if (decides(insider)) return;
  const organisation = insider.subject.slice('ogrn:'.length);
  throw new SealgateError('organisation_view_forbidden', { organisation });
}

/** Representatives may only touch what is of the certificate that they signed in with. Throws as `expectHead` does. */
export function expectOwnOrHead(insider: Pick<Insider, 'claims' | 'subject'>, certificate: string): void {
  if (insider.claims['x5t#S256'] !== certificate) expectHead(insider);
}
