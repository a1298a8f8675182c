import { EventEmitter, on } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Language } from '../failure/failure.ts';
import { stylesheet } from '../markup/stylesheet.ts';
import {
  createPortalClient,
  type OpenIdSignIn,
  PortalError,
  PortalSessions,
  requireSignIn,
  type SealgateRequest,
  sealgate,
} from '../portal/index.ts';
import { centrePage } from './centre-page.ts';
import {
  assetPaths,
  type PortalState,
  portalIcon,
  portalPage,
  type ShownClaims,
  shownClaims,
} from './page.ts';

/** What the demo's portal needs to know. */
export interface DemoPortalOptions {
  readonly service: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The system behind the portal, which asks for other data, where there is one. */
  readonly centre?: { readonly clientId: string; readonly clientSecret: string };
  readonly language: Language;
}

/** The demo's portal, running. */
export interface DemoPortal {
  readonly url: string;
  /** Who signs in by the service's page, one after the other, until `signal`. */
  signIns(signal: AbortSignal): AsyncIterable<ShownClaims>;
  close(): Promise<void>;
}

/** Where the system behind the portal has its pages. */
export const centrePath = '/centre';

/** What the system behind the portal asks for: the entry in the register, and by what right the person acts. */
const centreScope = 'openid organisation.register powers';

const signInBody = z.strictObject({ challenge: z.string(), signature: z.base64() });

/** Sessions that tell of each who signs in, as `signed-in`. */
class TellingSessions extends PortalSessions<OpenIdSignIn> {
  private readonly arrivals: EventEmitter;

  constructor(arrivals: EventEmitter) {
    super({ isSecure: false });
    this.arrivals = arrivals;
  }

  override signIn(...given: Parameters<PortalSessions<OpenIdSignIn>['signIn']>) {
    const session = super.signIn(...given);
    this.arrivals.emit('signed-in', shownClaims(given[2].claims));
    return session;
  }
}

/**
 * A portal's backend in its smallest form, on `src/portal`. People sign in by OpenID Connect: `GET /` shows who is signed
 * in, `GET /sign-in` leads to the service's page and back. Behind it is a second system, at `/centre`, a relying party
 * of its own that asks for other data. A page that signs by itself: `POST /challenge`, `POST /sign-in/api` (JSON).
 * `arrivals` tells of each who came back signed in, as `signed-in`.
 */
export function portalApp(
  options: DemoPortalOptions,
  origin: string,
  arrivals: EventEmitter,
): express.Express {
  const { service, language, clientId, clientSecret, centre } = options;
  const client = createPortalClient(options);
  const byApi = new PortalSessions({ isSecure: false, name: 'sealgate-api' });
  const issuer = `${service}/oidc`;
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '512kb' }));

  const show = (response: Response, html: string, status = 200) => {
    response.status(status).set({
      // Signing out goes on at the service.
      'Content-Security-Policy': `default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' ${service}`,
      'Cache-Control': 'no-store',
    });
    response.type('html').send(html);
  };
  const showState = (response: Response, state: PortalState, status = 200) =>
    show(response, portalPage(state, service, language), status);
  app.get(assetPaths.style, (_, response) => {
    response.type('css').send(stylesheet('tokens', 'base'));
  });
  app.get(assetPaths.icon, (_, response) => {
    response.type('svg').send(portalIcon);
  });

  app.post('/challenge', async (request, response) => {
    const { browser } = byApi.of(request, response);
    const { challenge, text } = await client.challenge({ origin, browser, language });
    response.json({ challenge, text });
  });
  app.post('/sign-in/api', async (request, response) => {
    const body = signInBody.safeParse(request.body);
    if (!body.success)
      return response.status(400).json({ error: 'challenge and signature (base64) are needed' });
    const { browser } = byApi.of(request, response);
    const { challenge, signature } = body.data;
    const signIn = await client.signIn({
      challenge,
      signature: Buffer.from(signature, 'base64'),
      origin,
      browser,
      language,
    });
    byApi.signIn(request, response, signIn);
    return response.json({ claims: signIn.claims, checks: signIn.checks });
  });

  if (centre !== undefined) {
    const centreSignIn = { path: `${centrePath}/sign-in`, language };
    app.use(
      centrePath,
      sealgate({ ...centre, ...centreSignIn, issuer, origin, name: 'centre', scope: centreScope }),
    );
    app.get(centrePath, requireSignIn(centreSignIn), (request: SealgateRequest, response) => {
      if (request.sealgate !== undefined) show(response, centrePage(request.sealgate, language));
    });
  }

  const sessions = new TellingSessions(arrivals);
  app.use(sealgate({ issuer, clientId, clientSecret, origin, language, sessions }));
  app.get('/', (request: SealgateRequest & Request, response) => {
    const { signIn } = byApi.of(request, response);
    const claims = request.sealgate && shownClaims(request.sealgate);
    const shown = claims ?? signIn?.claims;
    showState(
      response,
      shown === undefined
        ? { kind: 'nobody' }
        : { kind: 'signed-in', claims: shown, hasCentre: centre !== undefined },
    );
  });

  const onError: ErrorRequestHandler = (error: unknown, request: Request, response: Response, _next) => {
    if (!(error instanceof PortalError)) {
      response.status(500).json({ code: 'internal_error', status: 500, title: 'Internal error' });
    } else if (request.method === 'GET') {
      const hasLeft = error.code === 'oidc_sign_in_declined';
      showState(response, hasLeft ? { kind: 'left' } : { kind: 'failed', failure: error }, error.status);
    } else {
      const { code, status, title, detail, remedy, stage, traceId } = error;
      response.status(status).json({ code, status, title, detail, remedy, stage, traceId });
    }
  };
  app.use(onError);
  return app;
}

/**
 * Starts the demo's portal on the machine itself. `options` gets its address, because the service has to know that
 * before it has a secret to give.
 */
export async function startPortal(
  port: number,
  options: (url: string) => Promise<DemoPortalOptions>,
): Promise<DemoPortal> {
  const server = createServer();
  const url = await listen(server, port);
  const arrivals = new EventEmitter();
  server.on('request', portalApp(await options(url), url, arrivals));
  return {
    url,
    signIns: (signal) => signInsOf(arrivals, signal),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function* signInsOf(arrivals: EventEmitter, signal: AbortSignal): AsyncGenerator<ShownClaims> {
  try {
    for await (const [claims] of on(arrivals, 'signed-in', { signal })) yield claims as ShownClaims;
  } catch (error) {
    // That nobody wants to hear more is no failure.
    if (!signal.aborted) throw error;
  }
}

/** Listens on the machine itself and gives the address. */
export function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(`http://localhost:${(server.address() as AddressInfo).port}`);
    });
  });
}
