import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { endBrowser, shareSignIn, signInOfBrowser } from './browser.ts';
import { type OidcDependencies, oidcIssuer } from './dependencies.ts';
import {
  answerConsent,
  comeBack,
  goOn,
  type InteractionCall,
  type InteractionStep,
  portalOfInteraction,
} from './interaction.ts';
import { type OidcKeys, oidcKeys } from './keys.ts';
import { openLibrary } from './library.ts';
import { provenClientOf } from './proven-client.ts';
import type { SharedSignIn } from './sign-in.ts';

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
  /** See `goOn`. */
  goOn(call: InteractionCall): Promise<InteractionStep>;
  /** See `comeBack`. */
  comeBack(call: InteractionCall, code: string | undefined): Promise<string>;
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
      const { answer } = await library();
      asConfigured(dependencies, request, address);
      await answer(request, response);
      return provenClientOf(request);
    },
    goOn: async (call) => goOn(dependencies, (await library()).provider, call),
    comeBack: async (call, code) => comeBack(dependencies, (await library()).provider, call, code),
    portalOf: async (uid) => portalOfInteraction(dependencies, (await library()).provider, uid),
    answerConsent: async (call, agrees) =>
      answerConsent(dependencies, (await library()).provider, call, agrees),
    signInOf: async (cookie) => signInOfBrowser(dependencies, (await library()).provider, cookie),
    share: async (cookie, signIn) => shareSignIn(dependencies, (await library()).provider, cookie, signIn),
    signOut: async (cookie) => endBrowser(dependencies, (await library()).provider, cookie),
  };
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
