import { EventEmitter, on } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Language } from '../failure/failure.ts';
import { stylesheet } from '../markup/stylesheet.ts';
import {
  type Claims,
  createPortalClient,
  PortalError,
  PortalSessions,
  type SignIn,
} from '../portal/index.ts';
import { connect } from '../portal/transport.ts';
import { assetPaths, type PortalState, portalIcon, portalPage } from './page.ts';
import { finishSignIn, type PageSignInOptions, signInAddress } from './page-sign-in.ts';

/** What the demo's portal needs to know. */
export interface DemoPortalOptions {
  readonly service: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly language: Language;
}

/** The demo's portal, running. */
export interface DemoPortal {
  readonly url: string;
  /** Who signs in by the service's page, one after the other, until `signal`. */
  signIns(signal: AbortSignal): AsyncIterable<Claims>;
  close(): Promise<void>;
}

/** Path of the portal at which browsers come back from the service's page. */
export const returnPath = '/signed-in';

/** Milliseconds for a request to the service. */
const patience = 15_000;

const signInBody = z.strictObject({ challenge: z.string(), signature: z.base64() });

/**
 * A portal's backend in its smallest form, on `src/portal`. People: `GET /` shows who is signed in, `GET /sign-in` leads
 * to the service's page, `GET /signed-in` is where that leads back, `POST /sign-out`. A page that signs by itself:
 * `POST /challenge`, `POST /sign-in` (JSON). `arrivals` tells of each who came back signed in, as `signed-in`.
 */
export function portalApp(
  options: DemoPortalOptions,
  origin: string,
  arrivals: EventEmitter,
): express.Express {
  const { language } = options;
  const client = createPortalClient(options);
  const post = connect({ ...options, timeout: patience });
  const byPage: PageSignInOptions = { ...options, client, post, returnUri: `${origin}${returnPath}` };
  const sessions = new PortalSessions({ isSecure: false });
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '512kb' }));

  const show = (response: Response, state: PortalState, status = 200) => {
    response.status(status).set({
      'Content-Security-Policy': "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'",
      'Cache-Control': 'no-store',
    });
    response.type('html').send(portalPage(state, options.service, language));
  };
  app.get('/', (request, response) => {
    const { signIn } = sessions.of(request, response);
    show(response, signIn === undefined ? { kind: 'nobody' } : { kind: 'signed-in', claims: signIn.claims });
  });
  app.get(assetPaths.style, (_, response) => {
    response.type('css').send(stylesheet('tokens', 'base'));
  });
  app.get(assetPaths.icon, (_, response) => {
    response.type('svg').send(portalIcon);
  });
  app.get('/sign-in', (request, response) => {
    response.redirect(303, signInAddress(byPage, sessions.of(request, response).browser));
  });
  app.get(returnPath, async (request, response) => {
    const signIn = await comeBack(request, response);
    if (signIn === undefined) return;
    sessions.signIn(request, response, signIn);
    arrivals.emit('signed-in', signIn.claims);
    response.redirect(303, '/');
  });
  app.post('/sign-out', async (request, response) => {
    const { signIn } = sessions.of(request, response);
    if (signIn !== undefined) await client.signOut(signIn.assertion);
    sessions.end(request, response);
    response.redirect(303, '/');
  });

  app.post('/challenge', async (request, response) => {
    const { browser } = sessions.of(request, response);
    const { challenge, text } = await client.challenge({ origin, browser, language });
    response.json({ challenge, text });
  });
  app.post('/sign-in', async (request, response) => {
    const body = signInBody.safeParse(request.body);
    if (!body.success)
      return response.status(400).json({ error: 'challenge and signature (base64) are needed' });
    const { browser } = sessions.of(request, response);
    const { challenge, signature } = body.data;
    const signIn = await client.signIn({
      challenge,
      signature: Buffer.from(signature, 'base64'),
      origin,
      browser,
      language,
    });
    sessions.signIn(request, response, signIn);
    return response.json({ claims: signIn.claims, checks: signIn.checks });
  });

  /** The sign-in that a browser comes back with; without one it has been shown why. */
  async function comeBack(request: Request, response: Response): Promise<SignIn | undefined> {
    try {
      const { browser } = sessions.of(request, response);
      const signIn = await finishSignIn(byPage, browser, request.query);
      if (signIn === undefined) show(response, { kind: 'left' });
      return signIn;
    } catch (error) {
      if (!(error instanceof PortalError)) throw error;
      show(response, { kind: 'failed', failure: error }, error.status);
      return undefined;
    }
  }

  const onError: ErrorRequestHandler = (error: unknown, _request: Request, response: Response, _next) => {
    if (error instanceof PortalError) {
      const { code, status, title, detail, remedy, stage, traceId } = error;
      response.status(status).json({ code, status, title, detail, remedy, stage, traceId });
    } else {
      response.status(500).json({ code: 'internal_error', status: 500, title: 'Internal error' });
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

async function* signInsOf(arrivals: EventEmitter, signal: AbortSignal): AsyncGenerator<Claims> {
  try {
    for await (const [claims] of on(arrivals, 'signed-in', { signal })) yield claims as Claims;
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
