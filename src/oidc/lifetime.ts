import type { Configuration } from 'oidc-provider';
import { sessionLifetime } from '../session/session.ts';
import type { OidcDependencies } from './dependencies.ts';

/** Lifetimes in seconds. What is issued ends with the session in any case. */
const lifetimes = {
  AccessToken: 600,
  AuthorizationCode: 60,
  IdToken: 300,
  Interaction: 900,
  RefreshToken: sessionLifetime / 1000,
  Grant: sessionLifetime / 1000,
} as const;

/**
 * How long a browser's sign-in of that time (seconds since the epoch) is good for, in seconds: for so long after its last
 * use, and no longer than a session.
 */
export function browserLifetime(
  { now, idleTime }: Pick<OidcDependencies, 'now' | 'idleTime'>,
  signedInAt: number = now() / 1000,
): number {
  const left = signedInAt + sessionLifetime / 1000 - now() / 1000;
  return Math.max(1, Math.floor(Math.min(idleTime / 1000, left)));
}

/** How long what the library makes is good for. */
export function lifetimesOf(
  dependencies: Pick<OidcDependencies, 'now' | 'idleTime'>,
): NonNullable<Configuration['ttl']> {
  return { ...lifetimes, Session: (_context, { loginTs }) => browserLifetime(dependencies, loginTs) };
}
