import { randomUUID } from 'node:crypto';
import type { AssertionClaims } from '../assertion/claims.ts';
import { signAssertion } from '../assertion/issue.ts';
import { assertionLifetime } from '../assertion/lifetime.ts';
import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
import type { Client } from '../relying-party/registry.ts';
import { endOf, findSession, isSessionOpen } from '../session/session.ts';
import type { SignInService } from './challenge.ts';
import { findSignIn, takeCode } from './storage.ts';
import { isToken, tokenHash } from './token.ts';

/** What a sign-in came to, with the assertion that says so. */
export interface TakenSignIn {
  readonly assertion: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly claims: AssertionClaims;
  /** Where the browser was sent with the code: a front that begins many sign-ins tells by it which one this was. */
  readonly returnTo: string;
}

/**
 * Exchanges the code that the browser brought, once, for what was decided; the assertion is made now. Single use is
 * the database's promise, over any number of processes. Whoever asks has proven to be `client`, or is the front that
 * began the sign-in and gives nothing out before the relying party has proven itself. Throws `sign_in_code_invalid`, `sign_in_code_foreign` for
 * another relying party, `sign_in_code_expired`, `sign_in_code_used`, `session_ended` where the session ended
 * meanwhile, `assertion_key_unavailable`, `storage_unavailable`.
 */
export async function takeSignIn(
  { database, assertionKeys }: Pick<SignInService, 'database' | 'assertionKeys'>,
  client: Pick<Client, 'id'>,
  code: string,
  { at, traceId }: { readonly at: number; readonly traceId: string },
): Promise<TakenSignIn> {
  const signIn = isToken(code) ? await findSignIn(database, 'code_hash', tokenHash('code', code)) : undefined;
  if (signIn === undefined) throw new SealgateError('sign_in_code_invalid');
  if (signIn.client !== client.id) throw new SealgateError('sign_in_code_foreign');
  const { codeExpiresAt = 0, outcome } = signIn;
  if (signIn.state !== 'completed') throw new SealgateError('sign_in_code_used');
  if (at >= codeExpiresAt || outcome === undefined) {
    throw new SealgateError('sign_in_code_expired', { expiredAt: new Date(codeExpiresAt), at: new Date(at) });
  }
  const session = await findSession(database, outcome.claims.sid);
  if (!isSessionOpen(session, at)) throw new SealgateError('session_ended', session && endOf(session));
  const now = Math.floor(at / 1000);
  const claims = { ...outcome.claims, iat: now, exp: now + assertionLifetime / 1000, jti: randomUUID() };
  const assertion = await signAssertion(await assertionKeys.signer(at), claims);
  const { sub, sid, jti, aud } = claims;
  await database.write({
    statements: [takeCode(signIn)],
    journal: [
      auditEntry({
        event: 'sign_in.taken',
        ...{ at, traceId, client: client.id },
        ...{ subject: sub, session: sid, assertion: jti, audience: aud },
      }),
    ],
  });
  return { assertion, expiresAt: claims.exp * 1000, claims, returnTo: signIn.request.returnTo };
}
