import { SealgateError } from '../error.ts';
import { ownBinding, pageAddress, pageChallenge, type SignInService } from './challenge.ts';
import type { SignInRequest } from './request.ts';
import { insertSignIn, signInLifetime } from './storage.ts';
import { newToken, tokenHash } from './token.ts';

/** A sign-in that was begun: whoever opens the address first is the browser that signs in. */
export interface StartedSignIn {
  readonly id: string;
  /** Absolute address of its page. */
  readonly url: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Begins a sign-in at `at`. Throws `client_forbidden` for an origin or audience that is not registered, `rate_limited`
 * where the relying party has too many open, `storage_unavailable`. `returnTo` is for the front to check: it is where
 * people are sent, and is not looked at here.
 */
export async function startSignIn(
  service: Pick<SignInService, 'database' | 'challengeKeys' | 'issuer'>,
  { client, ...request }: SignInRequest,
  at: number,
): Promise<StartedSignIn> {
  const { requester, audience } = request;
  if (!client.origins.includes(requester.origin)) throw forbidden('origin', requester.origin);
  if (audience !== undefined && !client.audiences.includes(audience)) throw forbidden('audience', audience);
  const id = newToken();
  const idHash = tokenHash('sign-in', id);
  const expiresAt = at + signInLifetime;
  const challenge = pageChallenge(service, client, request, ownBinding(service, idHash, request), at);
  const signIn = {
    idHash,
    client: client.id,
    request,
    challenge,
    expiresAt,
    state: 'open',
    version: 1,
  } as const;
  await service.database.write({ statements: [insertSignIn(signIn, at)] });
  return { id, url: pageAddress(service, `/sign-in/${id}`), expiresAt };
}

function forbidden(field: 'origin' | 'audience', value: string): SealgateError {
  return new SealgateError('client_forbidden', { field, value });
}
