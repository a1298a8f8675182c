import { randomInt, timingSafeEqual } from 'node:crypto';
import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
import { mac } from '../secret/mac.ts';
import { endSession } from '../session/session.ts';
import { otherBinding, pageAddress, pageChallenge, type SignInService } from './challenge.ts';
import { findOther, type OpenedSignIn } from './open.ts';
import { type CompletedSignIn, returnAddress } from './sign.ts';
import {
  cancel,
  codeLifetime,
  complete,
  decline,
  offer,
  type SignIn,
  takeOffer,
  unconfirmedSignIns,
  withdrawOffer,
} from './storage.ts';
import { isToken, newToken, tokenHash } from './token.ts';

/** A link for another screen is read off this one at once. */
const linkLifetime = 5 * 60_000;

/** A link for another screen: good once, for five minutes. */
export interface OfferedLink {
  readonly url: string;
  /** Six digits that both screens show, for the person to compare. */
  readonly code: string;
  readonly expiresAt: number;
}

/** Makes a link for another screen; one that there was is void. Rejects with `sign_in_completed`. */
export async function offerLink(
  service: SignInService,
  { signIn }: OpenedSignIn,
  { at }: { readonly at: number },
): Promise<OfferedLink> {
  const digits = String(randomInt(1_000_000)).padStart(6, '0');
  const code = `${digits.slice(0, 3)}-${digits.slice(3)}`;
  const expiresAt = Math.min(at + linkLifetime, signIn.expiresAt);
  const token = linkToken(service, signIn, { code, expiresAt });
  await service.database.write({
    statements: [offer(signIn, { hash: tokenHash('other-screen', token), code, expiresAt })],
  });
  return { url: linkAddress(service, token), code, expiresAt };
}

/**
 * The address of a link that was offered, to be shown again; undefined where the service's secrets were exchanged
 * meanwhile. It is not kept: the secrets and what is kept give it together.
 */
export function offeredAddress(service: SignInService, signIn: SignIn): string | undefined {
  const { other } = signIn;
  if (other === undefined) return undefined;
  const token = linkToken(service, signIn, other);
  return timingSafeEqual(tokenHash('other-screen', token), other.hash)
    ? linkAddress(service, token)
    : undefined;
}

function linkToken(
  { challengeKeys }: SignInService,
  { idHash }: SignIn,
  { code, expiresAt }: Pick<OfferedLink, 'code' | 'expiresAt'>,
): string {
  const facts = [Buffer.from(idHash).toString('base64url'), code, expiresAt];
  return mac(challengeKeys.current.key, `sealgate other screen\n${facts.join('\n')}`).toString('base64url');
}

function linkAddress(service: SignInService, token: string): string {
  return pageAddress(service, `/sign-in/other/${token}`);
}

/** Takes the link back. Rejects with `sign_in_completed`. */
export async function withdrawLink({ database }: SignInService, { signIn }: OpenedSignIn): Promise<void> {
  await database.write({ statements: [withdrawOffer(signIn)] });
}

/**
 * Takes a link for the browser that shows `browser`; gives that browser's token where it had none. Not done by merely
 * opening the address, which programs that look at links for people do too. Throws as `findOther`, and
 * `sign_in_link_used`.
 */
export async function takeLink(
  service: SignInService,
  token: string,
  browser: string | undefined,
  at: number,
): Promise<{ readonly newBrowser?: string }> {
  const { signIn, other, client } = await findOther(service, token, at);
  const binding = otherBinding(service, other, signIn.request);
  const challenge = pageChallenge(service, client, signIn.request, binding, at);
  const shown = isToken(browser) ? browser : newToken();
  await service.database.write({ statements: [takeOffer(signIn, tokenHash('browser', shown), challenge)] });
  return shown === browser ? {} : { newBrowser: shown };
}

/** The first browser agrees to what was signed on the other screen. Throws `sign_in_unfinished`. */
export async function confirmOther(
  service: SignInService,
  { signIn }: OpenedSignIn,
  { at, traceId }: { readonly at: number; readonly traceId: string },
): Promise<CompletedSignIn> {
  const { outcome } = signIn;
  if (signIn.state !== 'signed' || outcome === undefined) throw new SealgateError('sign_in_unfinished');
  const code = newToken();
  const kept = { hash: tokenHash('code', code), expiresAt: at + codeLifetime };
  await service.database.write({
    statements: [complete(signIn, kept)],
    journal: [entry('sign_in.confirmed', signIn, outcome.claims, at, traceId)],
  });
  return { returnTo: returnAddress(service, signIn, { code }), outcome };
}

/** The first browser does not agree: the session that was opened for it ends. Throws `sign_in_unfinished`. */
export async function declineOther(
  { database }: SignInService,
  { signIn }: OpenedSignIn,
  { at, traceId }: { readonly at: number; readonly traceId: string },
): Promise<void> {
  const { outcome } = signIn;
  if (signIn.state !== 'signed' || outcome === undefined) throw new SealgateError('sign_in_unfinished');
  await database.write({
    statements: [decline(signIn), endSession(outcome.claims.sid, 'not-confirmed', at)],
    journal: [entry('sign_in.declined', signIn, outcome.claims, at, traceId)],
  });
}

/** The person goes back to the portal without signing in; gives its address. Rejects with `sign_in_completed`. */
export async function cancelSignIn(service: SignInService, { signIn }: OpenedSignIn): Promise<string> {
  await service.database.write({ statements: [cancel(signIn)] });
  return returnAddress(service, signIn, { error: 'access_denied' });
}

/** Ends the sessions of sign-ins that nobody confirmed in time, as of `at`. Rejects with `storage_unavailable`. */
export async function endUnconfirmed(
  { database }: Pick<SignInService, 'database'>,
  at: number,
): Promise<void> {
  for (const signIn of await unconfirmedSignIns(database, at)) {
    if (signIn.outcome === undefined) continue;
    const { claims } = signIn.outcome;
    await database.write({
      statements: [decline(signIn), endSession(claims.sid, 'not-confirmed', at)],
      journal: [entry('sign_in.declined', signIn, claims, at)],
    });
  }
}

function entry(
  event: 'sign_in.confirmed' | 'sign_in.declined',
  { client }: SignIn,
  { sub, sid }: { readonly sub: string; readonly sid: string },
  at: number,
  traceId?: string,
) {
  return auditEntry({ event, at, client, subject: sub, session: sid, ...(traceId ? { traceId } : {}) });
}
