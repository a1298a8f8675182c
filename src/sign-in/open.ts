import { timingSafeEqual } from 'node:crypto';
import type { IssuedChallenge } from '../challenge/challenge.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import type { Client } from '../relying-party/registry.ts';
import { otherBinding, ownBinding, pageChallenge, type SignInService } from './challenge.ts';
import { clientFor } from './request.ts';
import {
  bindBrowser,
  findSignIn,
  type OtherScreen,
  replaceChallenge,
  replaceOtherChallenge,
  type SignIn,
} from './storage.ts';
import { isToken, newToken, tokenHash } from './token.ts';

/** A sign-in in the hands of the browser that it belongs to. */
export interface OpenedSignIn {
  readonly signIn: SignIn;
  /** The relying party, under the policy of this sign-in. */
  readonly client: Client;
  /** The browser's token, to be set as its cookie; absent where it showed it. */
  readonly newBrowser?: string;
}

/** As `OpenedSignIn`, of another screen that took the link. */
export interface OpenedOther extends OpenedSignIn {
  readonly other: OtherScreen;
}

/**
 * The sign-in `id` for the browser that shows `browser` (its cookie). The first browser that asks is the one that it
 * belongs to, and one that has no cookie is given one; with `mayBind` false neither happens. Throws `sign_in_unknown`,
 * `sign_in_foreign`, `sign_in_expired` (one that has ended is given back after its time too), `portal_unknown` where
 * the relying party was turned away meanwhile, `storage_unavailable`.
 */
export async function openSignIn(
  service: SignInService,
  id: string,
  browser: string | undefined,
  at: number,
  mayBind = false,
): Promise<OpenedSignIn> {
  const found = isToken(id)
    ? await findSignIn(service.database, 'id_hash', tokenHash('sign-in', id))
    : undefined;
  if (found === undefined) throw new SealgateError('sign_in_unknown');
  const opened =
    mayBind && found.browserHash === undefined ? await bind(service, found, browser, at) : { signIn: found };
  expectBrowser(opened.signIn.browserHash, opened.newBrowser ?? browser);
  expectTime(opened.signIn, at);
  return { ...opened, client: await clientOf(service, opened.signIn, at) };
}

async function bind(
  { database }: SignInService,
  signIn: SignIn,
  browser: string | undefined,
  at: number,
): Promise<Omit<OpenedSignIn, 'client'>> {
  expectTime(signIn, at);
  const token = isToken(browser) ? browser : newToken();
  const browserHash = tokenHash('browser', token);
  try {
    await database.write({ statements: [bindBrowser(signIn, browserHash)] });
  } catch (error) {
    if (!isFailure(error, 'sign_in_foreign')) throw error;
    // Two requests of one browser may come at once, a page and its reload: then it is bound to it already.
    const again = await findSignIn(database, 'id_hash', signIn.idHash);
    if (again === undefined) throw error;
    return { signIn: again };
  }
  const bound = { ...signIn, browserHash };
  return token === browser ? { signIn: bound } : { signIn: bound, newBrowser: token };
}

/** The sign-in of a link to another screen, whoever asks. Throws as `openOther` does. */
export async function findOther(
  service: SignInService,
  token: string,
  at: number,
): Promise<{ readonly signIn: SignIn; readonly other: OtherScreen; readonly client: Client }> {
  const hash = tokenHash('other-screen', token);
  const signIn = isToken(token) ? await findSignIn(service.database, 'other_hash', hash) : undefined;
  const other = signIn?.other;
  if (signIn === undefined || other === undefined) throw new SealgateError('sign_in_unknown');
  if (signIn.state !== 'completed' && signIn.state !== 'taken') {
    const expiresAt = Math.min(other.expiresAt, signIn.expiresAt);
    if (at >= expiresAt && signIn.state !== 'signed') {
      throw new SealgateError('sign_in_link_expired', { expiredAt: new Date(expiresAt) });
    }
  }
  return { signIn, other, client: await clientOf(service, signIn, at) };
}

/**
 * The sign-in of a link to another screen, for the browser that took it. Throws `sign_in_unknown` (also for a link that
 * was taken back), `sign_in_link_expired`, `sign_in_link_used` for another browser, and as `openSignIn` does.
 */
export async function openOther(
  service: SignInService,
  token: string,
  browser: string | undefined,
  at: number,
): Promise<OpenedOther> {
  const found = await findOther(service, token, at);
  if (!isSameBrowser(found.other.browserHash, browser)) throw new SealgateError('sign_in_link_used');
  return found;
}

async function clientOf(service: SignInService, signIn: SignIn, at: number): Promise<Client> {
  const client = await service.clients.find(signIn.client, at);
  if (client === undefined) throw new SealgateError('portal_unknown', { client: signIn.client });
  return clientFor(client, signIn.request);
}

function expectBrowser(kept: Uint8Array | undefined, shown: string | undefined): void {
  if (!isSameBrowser(kept, shown)) throw new SealgateError('sign_in_foreign');
}

function isSameBrowser(kept: Uint8Array | undefined, shown: string | undefined): boolean {
  return kept !== undefined && isToken(shown) && timingSafeEqual(kept, tokenHash('browser', shown));
}

function expectTime({ expiresAt, state }: SignIn, at: number): void {
  const hasEnded = state === 'completed' || state === 'taken' || state === 'cancelled';
  if (at < expiresAt || hasEnded) return;
  throw new SealgateError('sign_in_expired', { expiredAt: new Date(expiresAt) });
}

/** A text is shown again while it is good for this much longer; then there is time left to sign it. */
const leastLeft = 60_000;

/**
 * The challenge to be shown to the first browser: the one that was shown before, or a new one where that is too old,
 * was refused, or is in another language than `language`. Rejects with `sign_in_completed`, `storage_unavailable`.
 */
export async function currentChallenge(
  service: SignInService,
  { signIn, client }: OpenedSignIn,
  at: number,
  {
    language = signIn.request.language,
    isRefused = false,
  }: { language?: Language; isRefused?: boolean } = {},
): Promise<{ readonly signIn: SignIn; readonly challenge: IssuedChallenge }> {
  const { challenge } = signIn;
  if (isFresh(challenge, at) && language === signIn.request.language && !isRefused)
    return { signIn, challenge };
  const request = { ...signIn.request, language };
  const binding = ownBinding(service, signIn.idHash, request);
  const renewed = pageChallenge(service, client, request, binding, at);
  await service.database.write({ statements: [replaceChallenge(signIn, renewed, request)] });
  const next = { ...signIn, request, challenge: renewed, version: signIn.version + 1 };
  return { signIn: next, challenge: renewed };
}

/** As `currentChallenge`, for another screen that took the link. */
export async function currentOtherChallenge(
  service: SignInService,
  { signIn, client, other }: OpenedOther,
  at: number,
  isRefused = false,
): Promise<IssuedChallenge> {
  const { challenge } = other;
  if (challenge !== undefined && isFresh(challenge, at) && !isRefused) return challenge;
  const binding = otherBinding(service, other, signIn.request);
  const renewed = pageChallenge(service, client, signIn.request, binding, at);
  await service.database.write({ statements: [replaceOtherChallenge(signIn, renewed)] });
  return renewed;
}

function isFresh({ expiresAt }: IssuedChallenge, at: number): boolean {
  return expiresAt - at > leastLeft;
}
