import { z } from 'zod';
import { keySetAddressSchema, keySetSchema } from './key-set.ts';
import { isOrigin } from './origin.ts';

/** Scopes of OpenID Connect that a relying party may ask for; each stands for fields that a person consents to. */
export const oidcScopes = [
  'openid',
  'organisation',
  'organisation.register',
  'signer',
  'signer.snils',
  'powers',
] as const;

/** A scope of OpenID Connect. */
export type OidcScope = (typeof oidcScopes)[number];

/** How a relying party proves itself at the token endpoint (OpenID Connect Core, section 9; RFC 8705, section 2.2). */
export const oidcAuthentications = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'self_signed_tls_client_auth',
  'none',
] as const;

const ownParameters = ['code', 'state', 'iss', 'error', 'response'];

/** An address that browsers are sent back to; it is compared letter by letter. */
export const redirectUriSchema = z
  .string()
  .max(2_000)
  .refine(
    isRedirectUri,
    'must be an address such as https://portal.example/signed-in, as a browser writes it, without a fragment and without the parameters code, state, iss, error',
  );

function isRedirectUri(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { href, origin, username, password, hash, searchParams } = new URL(text);
  const isPlain = href === text && isOrigin(origin) && !username && !password && !hash && !text.includes('#');
  return isPlain && !ownParameters.some((name) => searchParams.has(name));
}

/** What a relying party registers for OpenID Connect. */
export const oidcRegistrationSchema = z
  .strictObject({
    /** Where browsers come back to with a code, on the registered origins. */
    redirectUris: z.array(redirectUriSchema).min(1).max(50),
    /** Where they may be sent after the end of a session, on the registered origins. */
    postLogoutRedirectUris: z.array(redirectUriSchema).max(50).default([]),
    /** Is told of the end of sessions (OpenID Connect Back-Channel Logout 1.0). */
    backchannelLogoutUri: redirectUriSchema.optional(),
    scopes: z
      .array(z.enum(oidcScopes))
      .min(1)
      .default(['openid', 'organisation', 'signer'])
      .refine((scopes) => scopes.includes('openid'), 'must name openid'),
    authentication: z.enum(oidcAuthentications).default('client_secret_basic'),
    /** Public keys of `private_key_jwt`, of signed request objects, and certificates (`x5c`) of self-signed TLS. */
    jwks: keySetSchema.optional(),
    /** Where it publishes them, in place of `jwks`; looked at again every minute at most. */
    jwksUri: keySetAddressSchema.optional(),
    /** Whether each relying party knows an organisation by a name of its own, or all by its OGRN. */
    subject: z.enum(['public', 'pairwise']).default('public'),
    /** Whether the organisation is asked what is handed over; an operator's own portal need not ask. */
    consent: z.enum(['ask', 'waived']).default('ask'),
    /** Issue refresh tokens; they end with the session. */
    refreshTokens: z.boolean().default(false),
    /** Take requests only by a signed object, or only pushed beforehand (RFC 9101, RFC 9126). */
    requireSignedRequest: z.boolean().default(false),
    requirePushedRequest: z.boolean().default(false),
  })
  .superRefine((oidc, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const { authentication, jwks, jwksUri, subject, redirectUris, requireSignedRequest } = oidc;
    const isTls = authentication === 'self_signed_tls_client_auth';
    const needsKeys = authentication === 'private_key_jwt' || isTls || requireSignedRequest;
    if (needsKeys && jwks === undefined && jwksUri === undefined) refuse('jwks', 'is needed for this');
    if (jwks !== undefined && jwksUri !== undefined) refuse('jwksUri', 'is there in place of jwks only');
    if (isTls && jwks?.keys.every(({ x5c }) => x5c === undefined))
      refuse('jwks', 'must have a key with its certificate (x5c)');
    const hosts = new Set(redirectUris.filter((uri) => URL.canParse(uri)).map((uri) => new URL(uri).host));
    if (subject === 'pairwise' && hosts.size > 1)
      refuse('redirectUris', 'must lie on one host where subjects are pairwise');
  });

/** A relying party's registration for OpenID Connect. */
export type OidcRegistration = z.infer<typeof oidcRegistrationSchema>;
