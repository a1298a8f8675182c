import type Provider from 'oidc-provider';
import { shownAcr } from './acr.ts';
import type { OidcDependencies } from './dependencies.ts';
import { browserLifetime } from './lifetime.ts';
import { endBrowserSessions } from './logout.ts';
import { bindSignIn, isOpen, keepSignIn, newestSignIn, type SharedSignIn } from './sign-in.ts';

/**
 * The sign-in that the portals of a browser share, whichever front they speak with: `cookie` is what the browser shows as
 * that of its session. Undefined where nobody has signed in, or the session has ended; asking counts as its use.
 */
export async function signInOfBrowser(
  { database, now }: Pick<OidcDependencies, 'database' | 'now'>,
  provider: Provider,
  cookie: string | undefined,
): Promise<SharedSignIn | undefined> {
  const session = await browserSession(provider, cookie);
  const signIn = session?.accountId === undefined ? undefined : await newestSignIn(database, session.uid);
  if (signIn === undefined || signIn.claims.sub !== session?.accountId) return undefined;
  return (await isOpen(database, signIn, now())) ? signIn : undefined;
}

/**
 * Gives a browser a sign-in that was made by another front, for all of its portals. Whoever signed in there before for
 * another organisation is signed out. Gives the cookie that the browser has to show from now on: a new one.
 */
export async function shareSignIn(
  dependencies: Pick<OidcDependencies, 'database' | 'now' | 'idleTime'>,
  provider: Provider,
  cookie: string | undefined,
  signIn: SharedSignIn,
): Promise<string> {
  const { sub, acr, amr, auth_time: loginTs } = signIn.claims;
  const before = await browserSession(provider, cookie);
  const isOther = before?.accountId !== undefined && before.accountId !== sub;
  if (isOther) await endBrowser(dependencies, provider, cookie);
  const session = before === undefined || isOther ? new provider.Session() : before;
  session.loginAccount({ accountId: sub, loginTs, acr: shownAcr(acr), amr: [...amr] });
  session.resetIdentifier();
  const { database } = dependencies;
  await database.write({ statements: [keepSignIn(signIn), bindSignIn(signIn, session.uid)] });
  await session.save(browserLifetime(dependencies, loginTs));
  return session.jti;
}

/** Signs a browser out: every session that its sign-ins opened ends, and whoever they reached is told. */
export async function endBrowser(
  dependencies: Pick<OidcDependencies, 'database' | 'now'>,
  provider: Provider,
  cookie: string | undefined,
): Promise<void> {
  const session = await browserSession(provider, cookie);
  if (session === undefined) return;
  await endBrowserSessions(dependencies, session.uid);
  await session.destroy();
}

function browserSession(provider: Provider, cookie: string | undefined) {
  return cookie === undefined ? undefined : provider.Session.find(cookie);
}
