import * as openid from 'openid-client';
import type { OidcRegistration } from '../../src/relying-party/oidc-registration.ts';
import { oidcRegistrationSchema } from '../../src/relying-party/oidc-registration.ts';
import type { Registration } from '../../src/relying-party/registration.ts';
import { registrationSchema } from '../../src/relying-party/registration.ts';
import type { TestService } from '../service/portal.ts';
import type { Visitor } from './visitor.ts';

/** A portal that signs people in by OpenID Connect with the library openid-client, as it comes. */
export class RelyingParty {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
  readonly config: openid.Configuration;

  constructor(id: string, secret: string, redirectUri: string, config: openid.Configuration) {
    this.id = id;
    this.secret = secret;
    this.redirectUri = redirectUri;
    this.config = config;
  }

  /** Registers a portal of that name and lets its library discover the service. */
  static async register(
    service: TestService,
    id: string,
    oidc: Partial<OidcRegistration> = {},
    registration: Partial<Registration> = {},
    authentication?: (secret: string) => openid.ClientAuth,
  ): Promise<RelyingParty> {
    const origin = `https://${id}.example`;
    const redirectUri = `${origin}/back`;
    const complete = registrationSchema.parse({
      id,
      name: { en: `Portal ${id}`, ru: `Портал ${id}` },
      origins: [origin],
      oidc: oidcRegistrationSchema.parse({
        redirectUris: [redirectUri],
        postLogoutRedirectUris: [`${origin}/bye`],
        ...oidc,
      }),
      ...registration,
    });
    const { secret } = await service.service.clients.add(complete, service.service.now());
    const issuer = new URL(`${service.service.issuer}/oidc`);
    const method = authentication?.(secret) ?? openid.ClientSecretBasic(secret);
    const config = await openid.discovery(issuer, id, secret, method, {
      execute: [openid.allowInsecureRequests],
      [openid.customFetch]: (url, options) => {
        const { pathname, search } = new URL(url);
        return fetch(`${service.url}${pathname}${search}`, options as RequestInit);
      },
    });
    return new RelyingParty(id, secret, redirectUri, config);
  }

  /** The address of a request, with what the answer has to fit to. */
  async request(parameters: Readonly<Record<string, string>> = {}): Promise<{
    readonly url: URL;
    readonly checks: openid.AuthorizationCodeGrantChecks & { readonly pkceCodeVerifier: string };
  }> {
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
    const url = openid.buildAuthorizationUrl(this.config, {
      redirect_uri: this.redirectUri,
      scope: 'openid organisation signer',
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      state: expectedState,
      nonce: expectedNonce,
      ...parameters,
    });
    return { url, checks: { pkceCodeVerifier, expectedState, expectedNonce } };
  }

  /** Signs a visitor in; gives the tokens, checked as the library does it. */
  async signIn(visitor: Visitor, parameters: Readonly<Record<string, string>> = {}) {
    const { url, checks } = await this.request(parameters);
    const { url: back, isAway, text } = await visitor.open(url);
    if (!isAway) throw new Error(text);
    return openid.authorizationCodeGrant(this.config, back, checks);
  }

  /** What a request is answered with at the redirect address: the error, or `code`. */
  async outcome(visitor: Visitor, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
    const { url } = await this.request(parameters);
    const { url: back, isAway } = await visitor.open(url);
    if (!isAway) return 'page';
    return back.searchParams.get('error') ?? (back.searchParams.has('code') ? 'code' : 'nothing');
  }
}
