import { type Configuration, errors } from 'oidc-provider';
import { expectRegisteredClaims } from './claims-parameter.ts';
import { presentedCertificate } from './client-certificate.ts';
import type { OidcDependencies } from './dependencies.ts';
import { showLoggedOut, showLogout } from './library-page.ts';

/** Which parts of the library are open, and which are closed though it would open them. */
export function featuresOf({
  pages,
  certificates,
}: OidcDependencies): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    resourceIndicators: { enabled: false },
    clientCredentials: { enabled: false },
    registration: { enabled: false },
    claimsParameter: {
      enabled: true,
      assertClaimsParameter: (_context, claims, { scope }) => expectRegisteredClaims({ ...claims }, scope),
    },
    pushedAuthorizationRequests: { enabled: true },
    requestObjects: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
    },
    revocation: {
      enabled: true,
      allowedPolicy(_context, client, token) {
        if (token.clientId === client.clientId) return true;
        throw new errors.InvalidRequest('the token is of another relying party');
      },
    },
    backchannelLogout: { enabled: true },
    ...(certificates === undefined
      ? {}
      : {
          mTLS: {
            enabled: true,
            selfSignedTlsClientAuth: true,
            getCertificate: ({ req }) =>
              presentedCertificate(certificates, req.headers, req.socket.remoteAddress),
          },
        }),
    externalSigningSupport: { enabled: true, ack: 'experimental-01' },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (context, form) => showLogout(pages, context, form),
      postLogoutSuccessSource: (context) => showLoggedOut(pages, context),
    },
  };
}
