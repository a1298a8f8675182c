import type { Configuration } from 'oidc-provider';
import type { OidcDependencies } from './dependencies.ts';
import { showLoggedOut, showLogout } from './library-page.ts';

/** Which parts of the library are open, and which are closed though it would open them. */
export function featuresOf({ pages }: OidcDependencies): NonNullable<Configuration['features']> {
  return {
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
      logoutSource: (context, form) => showLogout(pages, context, form),
      postLogoutSuccessSource: (context) => showLoggedOut(pages, context),
    },
  };
}
