import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { endBrowser, shareSignIn, signInOfBrowser } from './browser.ts';
import { type OidcDependencies, oidcIssuer } from './dependencies.ts';
import {
  answerConsent,
  comeBack,
  consentQuestion,
  type InteractionCall,
  type ReturnCall,
} from './interaction.ts';
import { type OidcKeys, oidcKeys } from './keys.ts';
import { openLibrary } from './library.ts';
import { portalOfInteraction } from './portal.ts';
import { provenClientOf } from './proven-client.ts';
import type { SharedSignIn } from './sign-in.ts';
import type { ConsentFacts } from './view.ts';

/** A request below the path of OpenID Connect. */
export interface OidcRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The address of whoever asks, as a trusted proxy names it or the connection has it. */
  readonly address: string;
}

/** OpenID Connect for relying parties. */
export interface Oidc {
  /**
   * Answers a request; its `url` is the path below the issuer's. Gives the relying party that proved itself by it, where
   * one did. Rejects with `assertion_key_unavailable`.
   */
  handle(request: OidcRequest): Promise<string | undefined>;
  /** See `consentQuestion`. */
  consentQuestion(call: InteractionCall): Promise<ConsentFacts>;
  /** See `comeBack`. */
  comeBack(call: ReturnCall): Promise<void>;
  /** See `portalOfInteraction`. */
  portalOf(uid: string): Promise<string | undefined>;
  /** See `answerConsent`. */
  answerConsent(call: InteractionCall, agrees: boolean): Promise<string>;
  /** See `signInOfBrowser`. */
  signInOf(cookie: string | undefined): Promise<SharedSignIn | undefined>;
  /** See `shareSignIn`. */
  share(cookie: string | undefined, signIn: SharedSignIn): Promise<string>;
  /** See `endBrowser`. */
  signOut(cookie: string | undefined): Promise<void>;
}

/** The library with the keys that it was opened for. */
interface OpenedLibrary {
  readonly keys: OidcKeys;
  readonly provider: Provider;
  readonly answer: ReturnType<Provider['callback']>;
}

/** Opens OpenID Connect. Nothing is read before it is needed; keys that change are taken over at the next request. */
export function openOidc(dependencies: OidcDependencies): Oidc {
  let opened: OpenedLibrary | undefined;

  const library = async (): Promise<OpenedLibrary> => {
    const keys = await oidcKeys(dependencies.assertionKeys, dependencies.now, opened?.keys);
    if (opened?.keys === keys) return opened;
    const provider = openLibrary(dependencies, keys);
    opened = { keys, provider, answer: provider.callback() };
    return opened;
  };

  return {
    async handle({ request, response, address }) {
      const { answer, keys } = await library();
      if (isForKeySet(request)) {
        response.setHeader('content-type', 'application/jwk-set+json; charset=utf-8');
        response.end(keys.published);
        return undefined;
      }
      asConfigured(dependencies, request, address);
      await answer(request, response);
      return provenClientOf(request);
    },
    consentQuestion: async (call) => consentQuestion(dependencies, (await library()).provider, call),
    comeBack: async (call) => comeBack(dependencies, (await library()).provider, call),
    portalOf: (uid) => portalOfInteraction(dependencies, uid),
    answerConsent: async (call, agrees) =>
      answerConsent(dependencies, (await library()).provider, call, agrees),
    signInOf: async (cookie) => signInOfBrowser(dependencies, (await library()).provider, cookie),
    share: async (cookie, signIn) => shareSignIn(dependencies, (await library()).provider, cookie, signIn),
    signOut: async (cookie) => endBrowser(dependencies, (await library()).provider, cookie),
  };
}

/** Backends of portals ask for the key set over and over; to a page of another origin the library gives it. */
function isForKeySet({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && url === '/jwks' && headers.origin === undefined;
}

/**
 * The library makes addresses from what a request says of host and protocol, which anybody can choose. It is given those
 * of the configured issuer instead, whichever proxy stands in front.
 */
function asConfigured(dependencies: OidcDependencies, request: IncomingMessage, address: string): void {
  const { host, protocol, pathname } = new URL(oidcIssuer(dependencies));
  const { headers } = request;
  headers.host = host;
  headers['x-forwarded-host'] = host;
  headers['x-forwarded-proto'] = protocol.slice(0, -1);
  headers['x-forwarded-for'] = address;
  delete headers[':authority'];
  (request as { originalUrl?: string }).originalUrl = `${pathname}${request.url ?? '/'}`;
}
