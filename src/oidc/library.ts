import Provider, { type Configuration, type ErrorOut, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isFailure, SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { isInNetworks } from '../fetch/address.ts';
import { oidcScopes } from '../relying-party/oidc-registration.ts';
import { sessionLifetime } from '../session/session.ts';
import { findAccount } from './account.ts';
import { acrValues } from './acr.ts';
import { storageAdapter } from './adapter.ts';
import { clientMetadata } from './client.ts';
import { type OidcDependencies, oidcIssuer } from './dependencies.ts';
import { scopeClaims } from './fields.ts';
import { loadGrant } from './grant.ts';
import type { OidcKeys } from './keys.ts';
import { uiLanguage } from './language.ts';
import { endBrowserSessions, endReachOfClient } from './logout.ts';
import { signInPolicy } from './requirement.ts';
import { pairwiseName } from './salt.ts';
import { failurePage, loggedOutPage, logoutPage } from './view.ts';

/** Signatures that requests and proofs of relying parties may bear; `none` and shared secrets are not among them. */
const clientAlgorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA', 'Ed25519'] as const;

/** Lifetimes in seconds. What is issued ends with the session in any case. */
const lifetimes = {
  AccessToken: 600,
  AuthorizationCode: 60,
  IdToken: 300,
  Interaction: 900,
  RefreshToken: sessionLifetime / 1000,
} as const;

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
    const { oidc } = context as Partial<KoaContextWithOIDC>;
    if (oidc === undefined) return;
    if (oidc.route === 'end_session_confirm' && (oidc.session as { destroyed?: boolean }).destroyed)
      await endBrowserSessions(dependencies, oidc.session?.uid ?? '');
    allowForms(context as KoaContextWithOIDC);
  });
  provider.on('server_error', (_context, error) => dependencies.failed(error));
  return provider;
}

function configurationOf(dependencies: OidcDependencies, keys: OidcKeys): Configuration {
  const { database, clients, now, idleTime, pages } = dependencies;
  const isSecure = oidcIssuer(dependencies).startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure: isSecure, overwrite: true } as const;
  const asking = () => (Provider.ctx as Partial<KoaContextWithOIDC> | undefined)?.oidc?.client?.clientId;
  return {
    adapter: (model) =>
      model === 'Client'
        ? {
            ...storageAdapter(model, { database, now, asking }),
            async find(id) {
              const client = await clients.find(id, now());
              if (client === undefined || !mayCall(client.networks)) return undefined;
              return clientMetadata(client, keys.algorithm);
            },
          }
        : storageAdapter(model, { database, now, asking }),
    jwks: { keys: keys.keys },
    acrValues: [...acrValues],
    // How somebody signed in says every token; that is asked of nobody.
    claims: { ...scopeClaims, openid: ['sub', 'acr', 'amr', 'auth_time'], sid: null, iss: null },
    scopes: [...oidcScopes],
    subjectTypes: ['public', 'pairwise'],
    responseTypes: ['code'],
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    enabledJWA: {
      clientAuthSigningAlgValues: [...clientAlgorithms],
      requestObjectSigningAlgValues: [...clientAlgorithms],
      idTokenSigningAlgValues: [keys.algorithm as 'ES256'],
    },
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    expiresWithSession: () => true,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    cookies: {
      // Only a cookie for the whole host may bear the stronger prefix; the short ones are for one sign-in's addresses.
      names: {
        session: `${isSecure ? '__Host-' : ''}sealgate-session`,
        interaction: `${isSecure ? '__Secure-' : ''}sealgate-interaction`,
        resume: `${isSecure ? '__Secure-' : ''}sealgate-resume`,
      },
      long: { ...cookie, path: '/' },
      short: cookie,
    },
    ttl: {
      ...lifetimes,
      Grant: lifetimes.RefreshToken,
      Session: (_context, session) => {
        const left = (session.loginTs ?? now() / 1000) + sessionLifetime / 1000 - now() / 1000;
        return Math.max(1, Math.floor(Math.min(idleTime / 1000, left)));
      },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: { enabled: false },
      clientCredentials: { enabled: false },
      registration: { enabled: false },
      claimsParameter: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
      },
      revocation: { enabled: true },
      backchannelLogout: { enabled: true },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          const xsrf = /name="xsrf" value="([0-9a-f]+)"/.exec(form)?.[1] ?? '';
          const action = context.oidc.urlFor('end_session_confirm');
          show(context, logoutPage(pages, languageOf(context), { action, xsrf }));
        },
        postLogoutSuccessSource: (context) => show(context, loggedOutPage(pages, languageOf(context))),
      },
    },
    findAccount: (context, subject, token) =>
      findAccount(dependencies, context, subject, (token as { grantId?: string } | undefined)?.grantId),
    loadExistingGrant: (context) => loadGrant(dependencies, context),
    pairwiseIdentifier: (_context, subject, client) =>
      pairwiseName(database, String(client.sectorIdentifier ?? client.clientId), subject),
    interactions: {
      policy: signInPolicy(dependencies),
      url: (_context, { uid }) => `${oidcIssuer(dependencies)}/interaction/${uid}`,
    },
    clientBasedCORS: (_context, origin, client) =>
      client.redirectUris?.some((uri) => new URL(uri).origin === origin) ?? false,
    renderError: (context, out, error) => {
      show(context, failurePage(pages, languageOf(context), shownError(out, error), traceOf(context)));
    },
  };
}

/** Whether whoever asks may be the backend of a relying party that calls from these networks alone; browsers may. */
function mayCall(networks: readonly string[]): boolean {
  const context = Provider.ctx as Partial<KoaContextWithOIDC> | undefined;
  if (networks.length === 0 || context?.oidc === undefined || context.ip === undefined) return true;
  const isBackend = backendRoutes.has(context.oidc.route);
  return !isBackend || isInNetworks(context.ip, networks);
}

const backendRoutes: ReadonlySet<string> = new Set([
  'token',
  'introspection',
  'revocation',
  'pushed_authorization_request',
]);

/** What the library gives up with, as a failure that people are told of. */
function shownError(out: ErrorOut, error: unknown): SealgateError {
  if (error instanceof errors.SessionNotFound) return new SealgateError('oidc_sign_in_over');
  if (isFailure(error) && error.failure.status !== undefined) return error;
  if (!(error instanceof errors.OIDCProviderError)) return new SealgateError('internal_error');
  const problem = String(out.error_description ?? out.error);
  return new SealgateError('oidc_request_invalid', { error: out.error, problem });
}

function languageOf({ oidc, request }: KoaContextWithOIDC): Language {
  const asked = uiLanguage(oidc.params?.ui_locales);
  return asked ?? (request.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en');
}

function traceOf({ response }: KoaContextWithOIDC): string | undefined {
  return response.get('x-trace-id') || undefined;
}

function show(context: KoaContextWithOIDC, html: string): void {
  context.type = 'html';
  context.body = html;
}

/**
 * A browser does not let a form's answer lead to where its page does not allow forms to go, however often it is sent
 * on. Pages of a request may lead to the address that it names, once that was found to be registered.
 */
function allowForms(context: KoaContextWithOIDC): void {
  const { oidc, response } = context;
  const policy = response.get('content-security-policy');
  if (policy === '' || !response.is('html')) return;
  const { params = {}, client } = oidc;
  const targets = [
    ...(client?.redirectUris ?? []).filter((uri) => uri === params.redirect_uri),
    ...(client?.postLogoutRedirectUris ?? []).filter((uri) => uri === params.post_logout_redirect_uri),
  ].map((uri) => new URL(uri).origin);
  if (targets.length === 0) return;
  response.set(
    'content-security-policy',
    policy.replace("form-action 'self'", `form-action 'self' ${targets.join(' ')}`),
  );
}
