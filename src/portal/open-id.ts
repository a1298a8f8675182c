import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { z } from 'zod';
import type { Language } from '../failure/failure.ts';
import { localError, type PortalError } from './error.ts';
import { unreachable } from './transport.ts';

/** How a portal is connected to the service by OpenID Connect. */
export interface OpenIdOptions {
  /** The issuer, such as `https://sealgate.example/oidc`; `https`, or `http` on the machine itself. */
  readonly issuer: string;
  /** Identifier and secret from the registration; without a secret for a client that is registered without one. */
  readonly clientId: string;
  readonly clientSecret?: string;
  /** Where browsers come back to; registered to the letter. */
  readonly redirectUri: string;
  /** Where they go after a sign-out; registered to the letter. The service's own page by default. */
  readonly postLogoutRedirectUri?: string;
  /** What is asked for: `openid organisation signer` by default. */
  readonly scope?: string;
  /** Milliseconds for one request; 15 seconds by default. */
  readonly timeout?: number;
  /** Language of pages and failures, unless a call names another. */
  readonly language?: Language;
}

/** What one sign-in asks for. */
export interface OpenIdRequest {
  readonly language?: Language;
  /** INN of the organisation, where it is known who wants to sign in. */
  readonly inn?: string;
  /** Ask for a new signature, whatever the browser has. */
  readonly isFresh?: boolean;
  /** Oldest signature that will do, in seconds. */
  readonly maxAge?: number;
  /** Lowest class of the signing tool, such as `urn:sealgate:qualified:kc1`. */
  readonly acrValues?: readonly string[];
  readonly scope?: string;
}

/** What has to be kept with the browser until it comes back; plain data, and secret from everybody else. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

const organisation = z.looseObject({
  inn: z.string().exactOptional(),
  ogrn: z.string().exactOptional(),
  name: z.string(),
});

const claimsSchema = z.looseObject({
  iss: z.string(),
  /** The organisation: `ogrn:…`, or a name of this portal's own where subjects are pairwise. */
  sub: z.string(),
  /** By what the service tells of the session's end. */
  sid: z.string().default(''),
  auth_time: z.number().exactOptional(),
  acr: z.string().exactOptional(),
  amr: z.array(z.string()).exactOptional(),
  organisation: organisation.exactOptional(),
  name: z.string().exactOptional(),
  signer: z
    .looseObject({ name: z.string(), position: z.string().exactOptional(), inn: z.string().exactOptional() })
    .exactOptional(),
  signer_snils: z.string().exactOptional(),
  organisation_register: z.looseObject({ name: z.string(), state: z.string() }).exactOptional(),
  authority: z.looseObject({ basis: z.string(), power: z.string().exactOptional() }).exactOptional(),
});

/** What the service handed over of a sign-in. */
export type OpenIdClaims = z.output<typeof claimsSchema>;

/** A sign-in that passed. */
export interface OpenIdSignIn {
  readonly claims: OpenIdClaims;
  readonly idToken: string;
  readonly accessToken: string;
}

/** A portal's connection by OpenID Connect. Every method throws a PortalError. */
export interface OpenIdPortal {
  /** Begins a sign-in: send the browser to `url`, and keep `pending` for it. */
  start(request?: OpenIdRequest): Promise<{ readonly url: string; readonly pending: PendingSignIn }>;
  /** Finishes it with the whole address that the browser came back to: codes, tokens and claims are checked. */
  finish(address: string | URL, pending: PendingSignIn): Promise<OpenIdSignIn>;
  /** Where to send a browser that signs out everywhere. */
  signOutUrl(idToken: string): Promise<string>;
  /** Checks a logout token (Back-Channel Logout 1.0) and gives the session that has ended. Each is taken once. */
  readLogout(logoutToken: string): Promise<{ readonly sid: string }>;
}

const defaultTimeout = 15_000;
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
const logoutClaims = z.looseObject({
  jti: z.string(),
  sid: z.string().min(1),
  exp: z.number(),
  events: z.record(z.string(), z.unknown()),
  nonce: z.undefined().optional(),
});

/** Connects a portal's backend by OpenID Connect: authorization code with PKCE, by openid-client. */
export function createOpenIdPortal(options: OpenIdOptions): OpenIdPortal {
  const { issuer, clientId, redirectUri, postLogoutRedirectUri, language = 'en' } = options;
  const { scope: usual = 'openid organisation signer', timeout = defaultTimeout } = options;
  const configuration = onceItWorks(() => discover(options, timeout));
  const keys = createKeys(configuration);
  const taken = new Map<string, number>();

  const attempt = async <T>(act: (found: openid.Configuration) => T | Promise<T>): Promise<T> => {
    try {
      return await act(await configuration());
    } catch (error) {
      throw failureOf(error, issuer, language);
    }
  };

  return {
    start: ({ language: spoken = language, inn, isFresh, maxAge, acrValues, scope = usual } = {}) =>
      attempt(async (found) => {
        const [state, nonce] = [openid.randomState(), openid.randomNonce()];
        const codeVerifier = openid.randomPKCECodeVerifier();
        const url = openid.buildAuthorizationUrl(found, {
          redirect_uri: redirectUri,
          ...{ scope, state, nonce, ui_locales: spoken },
          code_challenge: await openid.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
          ...(inn === undefined ? {} : { login_hint: inn }),
          ...(isFresh === true ? { prompt: 'login' } : {}),
          ...(maxAge === undefined ? {} : { max_age: String(maxAge) }),
          ...(acrValues === undefined ? {} : { acr_values: acrValues.join(' ') }),
        });
        return { url: url.href, pending: { state, nonce, codeVerifier } };
      }),

    finish: (address, { state, nonce, codeVerifier }) =>
      attempt(async (found) => {
        const tokens = await openid.authorizationCodeGrant(found, new URL(address), {
          pkceCodeVerifier: codeVerifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const checked = tokens.claims();
        const info = await openid.fetchUserInfo(found, tokens.access_token, checked?.sub ?? '');
        const claims = claimsSchema.parse({ ...info, ...checked });
        return { claims, idToken: tokens.id_token ?? '', accessToken: tokens.access_token };
      }),

    signOutUrl: (idToken) =>
      attempt((found) => {
        const more = postLogoutRedirectUri && { post_logout_redirect_uri: postLogoutRedirectUri };
        return openid.buildEndSessionUrl(found, { id_token_hint: idToken, ...more }).href;
      }),

    readLogout: (token) =>
      attempt(async () => {
        const verified = await jwtVerify(token, await keys(), {
          ...{ issuer, audience: clientId, typ: 'logout+jwt', clockTolerance: 5 },
          requiredClaims: ['iat', 'exp', 'jti'],
        });
        const { jti, sid, exp, events } = logoutClaims.parse(verified.payload);
        if (!(logoutEvent in events) || 'nonce' in verified.payload) throw new z.ZodError([]);
        const now = Date.now() / 1000;
        for (const [known, until] of taken) if (until < now) taken.delete(known);
        if (taken.has(jti)) throw new z.ZodError([]);
        taken.set(jti, exp + 60);
        return { sid };
      }),
  };
}

async function discover(
  { issuer, clientId, clientSecret }: OpenIdOptions,
  timeout: number,
): Promise<openid.Configuration> {
  const method = clientSecret === undefined ? openid.None() : openid.ClientSecretBasic(clientSecret);
  const { protocol, hostname } = new URL(issuer);
  const onMachine = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return openid.discovery(new URL(issuer), clientId, undefined, method, {
    timeout: timeout / 1000,
    ...(protocol === 'http:' && onMachine ? { execute: [openid.allowInsecureRequests] } : {}),
  });
}

/** Makes it when it is first wanted, keeps what came off, and tries anew what did not. */
function onceItWorks<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function createKeys(configuration: () => Promise<openid.Configuration>) {
  return onceItWorks(async () => {
    const { jwks_uri: address = '' } = (await configuration()).serverMetadata();
    return createRemoteJWKSet(new URL(address));
  });
}

function failureOf(error: unknown, issuer: string, language: Language): PortalError {
  const cause = { cause: error };
  if (error instanceof openid.AuthorizationResponseError) {
    const { error: code, error_description: problem } = error;
    return localError(
      'oidc_sign_in_declined',
      { error: code, ...(problem === undefined ? {} : { problem }) },
      language,
      cause,
    );
  }
  const isNetwork = error instanceof TypeError && error.message === 'fetch failed';
  const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
  if (isNetwork || isTimeout) return unreachable(new URL(issuer), 'no answer', language, error);
  return localError('oidc_answer_invalid', {}, language, cause);
}
