import type { Configuration } from 'oidc-provider';
import { oidcAuthentications, oidcScopes } from '../relying-party/oidc-registration.ts';
import { findAccount } from './account.ts';
import { acrValues } from './acr.ts';
import { cookiesOf } from './cookie.ts';
import { type OidcDependencies, oidcIssuer } from './dependencies.ts';
import { featuresOf } from './feature.ts';
import { scopeClaims } from './fields.ts';
import { loadGrant } from './grant.ts';
import { interactionAddress } from './interaction.ts';
import { keySetFetch } from './key-set.ts';
import type { OidcKeys } from './keys.ts';
import { showError } from './library-page.ts';
import { lifetimesOf } from './lifetime.ts';
import { signInPolicy } from './requirement.ts';
import { pairwiseName } from './salt.ts';
import { currentClient, storageOf } from './storage.ts';

/** Signatures that requests and proofs of relying parties may bear; `none` and shared secrets are not among them. */
const clientAlgorithms = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'EdDSA', 'Ed25519'] as const;

/** What the library is told of the service: who asks, who signs in, what is handed over, and how it is shown. */
export function configurationOf(dependencies: OidcDependencies, keys: OidcKeys): Configuration {
  const { database, fetcher, certificates, failed } = dependencies;
  const issuer = oidcIssuer(dependencies);
  return {
    adapter: storageOf(dependencies, keys.algorithm),
    jwks: { keys: keys.keys },
    acrValues: [...acrValues],
    // How somebody signed in says every token; that is asked of nobody.
    claims: { ...scopeClaims, openid: ['sub', 'acr', 'amr', 'auth_time'], sid: null, iss: null },
    scopes: [...oidcScopes],
    subjectTypes: ['public', 'pairwise'],
    responseTypes: ['code'],
    clientAuthMethods: oidcAuthentications.filter(
      (method) => !byCertificate(method) || certificates !== undefined,
    ),
    enabledJWA: {
      clientAuthSigningAlgValues: [...clientAlgorithms],
      requestObjectSigningAlgValues: [...clientAlgorithms],
      idTokenSigningAlgValues: [keys.algorithm as 'ES256'],
    },
    fetch: keySetFetch(fetcher, currentClient, failed),
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    expiresWithSession: () => true,
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    cookies: cookiesOf(issuer),
    ttl: lifetimesOf(dependencies),
    features: featuresOf(dependencies),
    findAccount: (context, subject, token) =>
      findAccount(dependencies, context, subject, (token as { grantId?: string } | undefined)?.grantId),
    loadExistingGrant: (context) => loadGrant(dependencies, context),
    pairwiseIdentifier: (_context, subject, client) =>
      pairwiseName(database, String(client.sectorIdentifier ?? client.clientId), subject),
    interactions: {
      policy: signInPolicy(dependencies),
      url: (_context, interaction) => interactionAddress(dependencies, interaction),
    },
    clientBasedCORS: (_context, origin, client) =>
      client.redirectUris?.some((uri) => new URL(uri).origin === origin) ?? false,
    renderError: (context, out, error) => showError(dependencies, context, out, error),
  };
}

function byCertificate(method: (typeof oidcAuthentications)[number]): boolean {
  return method === 'self_signed_tls_client_auth';
}
