import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { Language } from '../failure/failure.ts';
import { localError, PortalError } from './error.ts';
import { createOpenIdPortal, type OpenIdClaims, type OpenIdOptions, type OpenIdSignIn } from './open-id.ts';
import { PortalSessions } from './session.ts';

/** How the middleware signs people in. */
export interface SealgateOptions extends Omit<OpenIdOptions, 'redirectUri' | 'postLogoutRedirectUri'> {
  /** Origin of the portal, as browsers see it, such as `https://portal.example`. */
  readonly origin: string;
  /** Below which path the middleware answers; `/sign-in` by default. */
  readonly path?: string;
  /**
   * Key of the cookie of a sign-in that is under way, 32 octets, shared by the processes of a portal. By default a
   * random one, with which a sign-in that was begun before a restart has to be begun again.
   */
  readonly key?: Uint8Array;
  /** Where sessions are kept; in the memory of this process by default. */
  readonly sessions?: PortalSessions<OpenIdSignIn>;
}

/** A request that has gone through the middleware. */
export interface SealgateRequest extends IncomingMessage {
  /** Who is signed in; undefined where nobody is. */
  sealgate?: OpenIdClaims | undefined;
}

/** Middleware of Express and its kin. */
export type SealgateMiddleware = (
  request: SealgateRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** A sign-in lasts a quarter of an hour at the service. */
const pendingSeconds = 15 * 60;
const largestLogout = 16 * 1024;

/**
 * Signs people in at a portal of Express: whoever is signed in stands in `request.sealgate`. It answers below its path:
 * GET there begins a sign-in (`?to=/page` comes back to that page), GET `/back` is the registered redirect address,
 * POST `/out` signs out everywhere and comes back to the portal's root, and POST `/logout` is the registered
 * back-channel address. What goes wrong is passed on to Express as a PortalError.
 *
 * ```ts
 * app.use(sealgate({ issuer: 'https://sealgate.example/oidc', clientId, clientSecret, origin: 'https://portal.example' }));
 * app.get('/', requireSignIn(), (request, response) => response.send(request.sealgate.organisation.name));
 * ```
 */
export function sealgate(options: SealgateOptions): SealgateMiddleware {
  const front = new Front(options);
  return (request, response, next) => {
    front.handle(request, response).then((isAnswered) => {
      if (!isAnswered) next();
    }, next);
  };
}

/** Lets on only who is signed in; all others are sent to sign in, or refused where they sent something. */
export function requireSignIn({
  path = '/sign-in',
  language = 'en',
}: Pick<SealgateOptions, 'path' | 'language'> = {}): SealgateMiddleware {
  return (request, response, next) => {
    if (request.sealgate !== undefined) return next();
    if (request.method !== 'GET') return next(localError('session_ended', {}, language));
    redirect(response, `${path}?to=${encodeURIComponent(request.url ?? '/')}`);
  };
}

class Front {
  private readonly options: SealgateOptions;
  private readonly path: string;
  private readonly portal: ReturnType<typeof createOpenIdPortal>;
  private readonly sessions: PortalSessions<OpenIdSignIn>;
  private readonly key: Uint8Array;
  private readonly cookie: string;
  private readonly attributes: string;

  constructor(options: SealgateOptions) {
    const { origin, path = '/sign-in', key = randomBytes(32), sessions } = options;
    const isSecure = origin.startsWith('https:');
    this.options = options;
    this.path = path;
    this.key = key;
    this.portal = createOpenIdPortal({
      ...options,
      redirectUri: `${origin}${path}/back`,
      postLogoutRedirectUri: `${origin}/`,
    });
    this.sessions = sessions ?? new PortalSessions<OpenIdSignIn>({ isSecure });
    this.cookie = isSecure ? '__Host-sealgate-pending' : 'sealgate-pending';
    this.attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  }

  /** Whether the request was one of the middleware's own, and is answered. */
  async handle(request: SealgateRequest, response: ServerResponse): Promise<boolean> {
    const address = new URL(addressOf(request), this.options.origin);
    const action = `${request.method} ${address.pathname}`;
    switch (action) {
      case `GET ${this.path}`:
        await this.start(address, response);
        return true;
      case `GET ${this.path}/back`:
        await this.finish(address, request, response);
        return true;
      case `POST ${this.path}/out`:
        await this.signOut(request, response);
        return true;
      case `POST ${this.path}/logout`:
        await this.readLogout(request, response);
        return true;
      default:
        request.sealgate = this.sessions.of(request, response).signIn?.claims;
        return false;
    }
  }

  private async start(address: URL, response: ServerResponse): Promise<void> {
    const inn = address.searchParams.get('inn');
    const language = languageOf(address.searchParams.get('language'));
    const { url, pending } = await this.portal.start({
      ...(inn === null ? {} : { inn }),
      ...(language === undefined ? {} : { language }),
    });
    const to = localPath(address.searchParams.get('to'));
    const sealed = await new EncryptJWT({ ...pending, to })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(`${pendingSeconds}s`)
      .encrypt(this.key);
    response.appendHeader(
      'Set-Cookie',
      `${this.cookie}=${sealed}; ${this.attributes}; Max-Age=${pendingSeconds}`,
    );
    redirect(response, url);
  }

  private async finish(address: URL, request: SealgateRequest, response: ServerResponse): Promise<void> {
    const { state, nonce, codeVerifier, to } = await this.pendingOf(request);
    response.appendHeader('Set-Cookie', `${this.cookie}=; ${this.attributes}; Max-Age=0`);
    const signIn = await this.portal.finish(address, { state, nonce, codeVerifier });
    this.sessions.signIn(request, response, signIn);
    redirect(response, to);
  }

  private async pendingOf(
    request: SealgateRequest,
  ): Promise<Record<'state' | 'nonce' | 'codeVerifier' | 'to', string>> {
    const prefix = `${this.cookie}=`;
    const pair = (request.headers.cookie ?? '').split(/; */).find((text) => text.startsWith(prefix));
    try {
      const { payload } = await jwtDecrypt(pair?.slice(prefix.length) ?? '', this.key);
      const { state, nonce, codeVerifier, to } = payload;
      return {
        ...{ state: String(state), nonce: String(nonce), codeVerifier: String(codeVerifier) },
        to: localPath(String(to)),
      };
    } catch (error) {
      throw localError('oidc_answer_invalid', {}, this.options.language ?? 'en', { cause: error });
    }
  }

  private async signOut(request: SealgateRequest, response: ServerResponse): Promise<void> {
    const { 'sec-fetch-site': site, origin } = request.headers;
    const isOwn = site === undefined ? origin === this.options.origin : site === 'same-origin';
    const { signIn } = this.sessions.of(request, response);
    if (!isOwn || signIn === undefined) return redirect(response, '/');
    this.sessions.end(request, response);
    redirect(response, await this.portal.signOutUrl(signIn.idToken));
  }

  private async readLogout(request: SealgateRequest, response: ServerResponse): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    try {
      const { sid } = await this.portal.readLogout(await logoutTokenOf(request));
      this.sessions.endSession(sid);
      response.writeHead(200).end();
    } catch (error) {
      const status = error instanceof PortalError && error.code === 'service_unreachable' ? 503 : 400;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: 'invalid_request' }));
    }
  }
}

/** Express keeps the whole address beside the part below a mounted path. */
function addressOf(request: IncomingMessage): string {
  return (request as { originalUrl?: string }).originalUrl ?? request.url ?? '/';
}

/** A page of the portal itself; anything else would let others send people away by the portal's own link. */
function localPath(path: string | null): string {
  return path !== null && /^\/(?![/\\])[^\s\\]*$/.test(path) ? path : '/';
}

function languageOf(text: string | null): Language | undefined {
  return text === 'en' || text === 'ru' ? text : undefined;
}

function redirect(response: ServerResponse, address: string): void {
  response.writeHead(303, { location: address, 'cache-control': 'no-store' }).end();
}

/** The token, whether or not something before has read the form. */
async function logoutTokenOf(request: SealgateRequest): Promise<string> {
  const { body } = request as { body?: unknown };
  if (typeof body === 'object' && body !== null && 'logout_token' in body) return String(body.logout_token);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > largestLogout) break;
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString()).get('logout_token') ?? '';
}
