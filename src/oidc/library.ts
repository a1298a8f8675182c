import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import { isFailure } from '../error.ts';
import { configurationOf } from './configuration.ts';
import { type OidcDependencies, oidcIssuer } from './dependencies.ts';
import type { OidcKeys } from './keys.ts';
import { allowForms, isRefusal } from './library-page.ts';
import { endBrowserSessions, endReachOfClient } from './logout.ts';
import { noteProvenClient } from './proven-client.ts';
import { waiting } from './together.ts';

/**
 * The library with everything that it leaves to us, and with the two things that are taken from its inside: what it
 * compares a relying party's secret with, since only hashes of secrets are kept, and whom it tells of a logout, since
 * that is told by a queue which outlives this process. Keys that have changed make a new one; what it keeps is all in
 * the database.
 */
export function openLibrary(dependencies: OidcDependencies, keys: OidcKeys): Provider {
  const issuer = oidcIssuer(dependencies);
  const provider = new Provider(issuer, configurationOf(dependencies, keys));
  // What the server hands over has been put right by the configuration: see `Oidc.handle`.
  provider.proxy = true;
  const { clients, database, now } = dependencies;

  provider.Client.prototype.compareClientSecret = async function (secret: string): Promise<boolean> {
    try {
      await clients.authenticate(this.clientId, secret, now());
      return true;
    } catch (error) {
      if (isFailure(error, 'client_unauthenticated')) return false;
      throw error;
    }
  };
  provider.Client.prototype.backchannelLogout = async function (
    _subject: string,
    sid: string,
  ): Promise<void> {
    await endReachOfClient(database, this.clientId, sid, now());
  };

  provider.use(async (context, next) => {
    await next();
    const left = waiting(context as Partial<KoaContextWithOIDC>);
    if (left.length > 0) await database.write({ statements: left });
    const { oidc } = context as Partial<KoaContextWithOIDC>;
    if (oidc === undefined) return;
    if (oidc.route === 'end_session_confirm' && (oidc.session as { destroyed?: boolean }).destroyed)
      await endBrowserSessions(dependencies, oidc.session?.uid ?? '');
    // Nobody reads it (RFC 7009, section 2.2), but there are clients that take no answer without JSON.
    if (oidc.route === 'revocation' && context.status === 200) context.body = {};
    allowForms(context as KoaContextWithOIDC);
    noteProvenClient(context as KoaContextWithOIDC);
  });
  provider.on('server_error', (_context, error) => {
    if (!isRefusal(error)) dependencies.failed(error);
  });
  return provider;
}
