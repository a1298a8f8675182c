import { timingSafeEqual } from 'node:crypto';
import type { AssertionClaims } from '../assertion/claims.ts';
import { auditEntry } from '../audit/record.ts';
import { SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { endOf, endSession, findSession, isSessionOpen, latestEnd } from '../session/session.ts';
import { useSession } from '../session/use.ts';
import { pageOrigin, type SignInService } from '../sign-in/challenge.ts';
import { startSignIn } from '../sign-in/start.ts';
import { takeSignIn } from '../sign-in/take.ts';
import { isToken, newToken, tokenHash } from '../sign-in/token.ts';
import type { Insider, Moment } from './insider.ts';
import { accountAddress, accountClient } from './relying-party.ts';
import { dropVisit, findVisit, keepVisit } from './storage.ts';

/** How somebody wants to sign in. */
export interface VisitWish {
  readonly language: Language;
  /** Whether the language was chosen, and stays afterwards. */
  readonly isChosen: boolean;
  /** INN of the organisation that is meant, for representatives of several. */
  readonly inn?: string;
}

/**
 * Begins the sign-in to the account for the browser that shows `cookie`. Gives the address of the page, and the cookie
 * that has to come back with what the page brings: nobody can have somebody else's browser signed in to their own
 * account. Throws `client_forbidden`, and as `startSignIn` does.
 */
export async function beginVisit(
  service: SignInService,
  cookie: string | undefined,
  { language, isChosen, inn }: VisitWish,
  at: number,
): Promise<{ readonly address: string; readonly cookie: string }> {
  const client = await accountClient(service, at);
  // Two tabs of one browser may be signing in at once.
  const token = isToken(cookie) ? cookie : newToken();
  const returnTo = returnAddress(service, token, isChosen ? language : null);
  const requester = { origin: pageOrigin(service) };
  const organisation = inn === undefined ? {} : { organisation: { inn } };
  const { url } = await startSignIn(service, { client, returnTo, language, requester, ...organisation }, at);
  return { address: url, cookie: token };
}

function returnAddress(service: SignInService, cookie: string, language: string | null): string {
  const address = new URL(accountAddress(service, '/signed'));
  address.searchParams.set('state', Buffer.from(tokenHash('account-start', cookie)).toString('base64url'));
  if (language !== null) address.searchParams.set('language', language);
  return address.href;
}

/**
 * Takes the code that the sign-in page brought, for the browser that began: gives the cookie of the account, a new one.
 * Throws `sign_in_foreign` for another browser, `organisation_view_forbidden` where somebody signed in for no
 * organisation, which ends their session, and as `takeSignIn` does.
 */
export async function enterVisit(
  service: SignInService,
  { cookie, code }: { readonly cookie: string | undefined; readonly code: string },
  { at, traceId }: Moment,
): Promise<string> {
  const client = await accountClient(service, at);
  if (!isToken(cookie)) throw new SealgateError('sign_in_foreign');
  const { claims, returnTo } = await takeSignIn(service, client, code, { at, traceId });
  const language = new URL(returnTo).searchParams.get('language');
  if (!isSame(returnTo, returnAddress(service, cookie, language))) throw new SealgateError('sign_in_foreign');
  const session = await findSession(service.database, claims.sid);
  if (session === undefined) throw new SealgateError('session_ended');
  await expectOrganisation(service, claims, { at, traceId });
  const token = newToken();
  const visit = { session: session.id, claims, expiresAt: latestEnd(session) };
  await service.database.write({
    statements: [dropVisit(accountHash(cookie)), keepVisit(accountHash(token), visit)],
  });
  return token;
}

/** A natural person has no organisation to see. */
async function expectOrganisation(
  { database }: SignInService,
  { sub, sid, organisation }: AssertionClaims,
  { at, traceId }: Moment,
): Promise<void> {
  if (sub.startsWith('ogrn:')) return;
  await database.write({
    statements: [endSession(sid, 'logged-out', at)],
    journal: [signedOut(sub, sid, { at, traceId })],
  });
  throw new SealgateError('organisation_view_forbidden', { organisation: organisation.name });
}

function signedOut(subject: string, session: string, { at, traceId }: Moment) {
  const details = { reason: 'logged-out' };
  return auditEntry({ event: 'session.ended', at, traceId, subject, session, details });
}

function isSame(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/**
 * Who is at the account page in the browser that shows `cookie`, which counts as a use of the session. Undefined where
 * nobody has signed in there. Throws `session_ended` with the reason, and `client_forbidden` where the page was closed.
 */
export async function openVisit(
  service: SignInService,
  cookie: string | undefined,
  at: number,
): Promise<Insider | undefined> {
  const visit = isToken(cookie) ? await findVisit(service.database, accountHash(cookie)) : undefined;
  if (visit === undefined) return undefined;
  const client = await accountClient(service, at);
  const { claims } = visit;
  const session = await findSession(service.database, visit.session);
  if (!isSessionOpen(session, at)) throw new SealgateError('session_ended', session && endOf(session));
  await useSession(service.database, session, at);
  return { subject: claims.sub, claims, session, client };
}

/** Signs out of the account: its own session ends, and no other. */
export async function leaveVisit(
  { database }: Pick<SignInService, 'database'>,
  cookie: string | undefined,
  { at, traceId }: Moment,
): Promise<void> {
  const visit = isToken(cookie) ? await findVisit(database, accountHash(cookie)) : undefined;
  if (visit === undefined || cookie === undefined) return;
  const { session, claims } = visit;
  await database.write({
    statements: [dropVisit(accountHash(cookie)), endSession(session, 'logged-out', at)],
    journal: [signedOut(claims.sub, session, { at, traceId })],
  });
}

function accountHash(cookie: string): Uint8Array {
  return tokenHash('account', cookie);
}
