import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { type OidcDependencies, oidcIssuer } from './dependencies.ts';
import type { InteractionCall, ReturnCall } from './interaction.ts';
import type { OidcKeys } from './keys.ts';
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
  /** Loads what answers, so that the first request has not to wait for it. */
  load(): Promise<void>;
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

/** What is built on the library. It takes a quarter of a second to load, and many a service never needs it. */
async function loadParts() {
  const [{ openLibrary }, { oidcKeys }, interaction, browser] = await Promise.all([
    import('./library.ts'),
    import('./keys.ts'),
    import('./interaction.ts'),
    import('./browser.ts'),
  ]);
  return { openLibrary, oidcKeys, ...interaction, ...browser };
}

type Parts = Awaited<ReturnType<typeof loadParts>>;

/**
 * Opens OpenID Connect. Nothing is loaded or read before it is needed; keys that change are taken over at the next
 * request.
 */
export function openOidc(dependencies: OidcDependencies): Oidc {
  let opened: OpenedLibrary | undefined;
  let parts: Promise<Parts> | undefined;
  const loaded = () => (parts ??= loadParts());

  const library = async (): Promise<OpenedLibrary> => {
    const { openLibrary, oidcKeys } = await loaded();
    const keys = await oidcKeys(dependencies.assertionKeys, dependencies.now, opened?.keys);
    if (opened?.keys === keys) return opened;
    const provider = openLibrary(dependencies, keys);
    opened = { keys, provider, answer: provider.callback() };
    return opened;
  };

  const by = async <T>(act: (parts: Parts, provider: Provider) => Promise<T>): Promise<T> =>
    act(await loaded(), (await library()).provider);

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
    async load() {
      await loaded();
    },
    consentQuestion: (call) => by((parts, provider) => parts.consentQuestion(dependencies, provider, call)),
    comeBack: (call) => by((parts, provider) => parts.comeBack(dependencies, provider, call)),
    portalOf: (uid) => portalOfInteraction(dependencies, uid),
    answerConsent: (call, agrees) =>
      by((parts, provider) => parts.answerConsent(dependencies, provider, call, agrees)),
    signInOf: (cookie) => by((parts, provider) => parts.signInOfBrowser(dependencies, provider, cookie)),
    share: (cookie, signIn) =>
      by((parts, provider) => parts.shareSignIn(dependencies, provider, cookie, signIn)),
    signOut: (cookie) => by((parts, provider) => parts.endBrowser(dependencies, provider, cookie)),
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
