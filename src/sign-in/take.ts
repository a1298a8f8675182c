import { randomUUID } from 'node:crypto';
import type { AssertionClaims } from '../assertion/claims.ts';
import { signAssertion } from '../assertion/issue.ts';
import { assertionLifetime } from '../assertion/lifetime.ts';
import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
import type { Client } from '../relying-party/registry.ts';
import { endOf, findSession, isSessionOpen } from '../session/session.ts';
import type { SignInService } from './challenge.ts';
import { findSignIn, type SignIn, takeCode } from './storage.ts';
import { isToken, tokenHash } from './token.ts';

/** What a sign-in came to. */
export interface TakenSignIn {
  readonly claims: AssertionClaims;
  /** Where the browser was sent with the code: a front that begins many sign-ins tells by it which one this was. */
  readonly returnTo: string;
}

/** The same with the assertion that says so. */
export interface AssertedSignIn extends TakenSignIn {
  readonly assertion: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Exchanges the code that the browser brought, once, for what was decided. Single use is the database's promise, over
 * any number of processes. Whoever asks is the front that began the sign-in, and gives nothing out before the relying
 * party has proven itself. Throws `sign_in_code_invalid`, `sign_in_code_foreign` for another relying party,
 * `sign_in_code_expired`, `sign_in_code_used`, `session_ended` where the session ended meanwhile, `storage_unavailable`.
 */
export async function takeSignIn(
  service: Pick<SignInService, 'database'>,
  client: Pick<Client, 'id'>,
  code: string,
  moment: Moment,
): Promise<TakenSignIn> {
  const found = await findTaken(service, client, code, moment);
  await noteTaken(service, found, moment);
  const { claims, signIn } = found;
  return { claims, returnTo: signIn.request.returnTo };
}

/**
 * As `takeSignIn`, for a relying party that has proven to be `client`; the assertion is made now. Throws
 * `assertion_key_unavailable` too, and then nothing was taken.
 */
export async function takeAsserted(
  service: Pick<SignInService, 'database' | 'assertionKeys'>,
  client: Pick<Client, 'id'>,
  code: string,
  moment: Moment,
): Promise<AssertedSignIn> {
  const found = await findTaken(service, client, code, moment);
  const { claims, signIn } = found;
  const assertion = await signAssertion(await service.assertionKeys.signer(moment.at), claims);
  await noteTaken(service, found, moment);
  return { assertion, expiresAt: claims.exp * 1000, claims, returnTo: signIn.request.returnTo };
}

/** When a code is shown, and under which trace. */
interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly traceId: string;
}

interface FoundSignIn {
  readonly signIn: SignIn;
  readonly claims: AssertionClaims;
}

async function findTaken(
  { database }: Pick<SignInService, 'database'>,
  client: Pick<Client, 'id'>,
  code: string,
  { at }: Moment,
): Promise<FoundSignIn> {
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
  return { signIn, claims };
}

async function noteTaken(
  { database }: Pick<SignInService, 'database'>,
  { signIn, claims }: FoundSignIn,
  { at, traceId }: Moment,
): Promise<void> {
  const { sub, sid, jti, aud } = claims;
  await database.write({
    statements: [takeCode(signIn)],
    journal: [
      auditEntry({
        event: 'sign_in.taken',
        ...{ at, traceId, client: signIn.client },
        ...{ subject: sub, session: sid, assertion: jti, audience: aud },
      }),
    ],
  });
}
