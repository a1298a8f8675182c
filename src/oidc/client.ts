import { randomBytes } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import type { Client } from '../relying-party/registry.ts';

/**
 * Stands where the library expects a secret. What is kept of secrets is their hashes, and `compareClientSecret` goes by
 * those; this one opens nothing, since no algorithm that would use it as a key is enabled.
 */
const noSecret = randomBytes(32).toString('base64url');

/**
 * A relying party as the library knows one (OpenID Connect Dynamic Client Registration, section 2). Undefined where it
 * has not registered for OpenID Connect.
 */
export function clientMetadata({ id, name, oidc }: Client, algorithm: string): AdapterPayload | undefined {
  if (oidc === undefined) return undefined;
  const { authentication, jwks, jwksUri, backchannelLogoutUri, scopes } = oidc;
  const hasSecret = authentication === 'client_secret_basic' || authentication === 'client_secret_post';
  return {
    client_id: id,
    client_name: name.en,
    application_type: 'web',
    redirect_uris: [...oidc.redirectUris],
    post_logout_redirect_uris: [...oidc.postLogoutRedirectUris],
    response_types: ['code'],
    grant_types: ['authorization_code', ...(oidc.refreshTokens ? ['refresh_token'] : [])],
    scope: scopes.join(' '),
    subject_type: oidc.subject,
    token_endpoint_auth_method: authentication,
    id_token_signed_response_alg: algorithm as NonNullable<AdapterPayload['id_token_signed_response_alg']>,
    require_auth_time: true,
    require_signed_request_object: oidc.requireSignedRequest,
    require_pushed_authorization_requests: oidc.requirePushedRequest,
    ...(hasSecret ? { client_secret: noSecret } : {}),
    ...(jwks === undefined ? {} : { jwks: jwks as NonNullable<AdapterPayload['jwks']> }),
    ...(jwksUri === undefined ? {} : { jwks_uri: jwksUri }),
    ...(backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: backchannelLogoutUri, backchannel_logout_session_required: true }),
  };
}
