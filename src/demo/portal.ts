import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Language } from '../failure/failure.ts';
import { createPortalClient, PortalError, PortalSessions } from '../portal/index.ts';
import { portalPage } from './page.ts';

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
  close(): Promise<void>;
}

const signInBody = z.strictObject({ challenge: z.string(), signature: z.base64() });

/**
 * A portal's backend in its smallest form, on `src/portal`: `POST /challenge`, `POST /sign-in`, `POST /sign-out`,
 * `GET /session` (JSON) and `GET /` (a page that shows who is signed in).
 */
export function portalApp(options: DemoPortalOptions, origin: () => string): express.Express {
  const { language } = options;
  const service = createPortalClient(options);
  const sessions = new PortalSessions({ isSecure: false });
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '512kb' }));

  app.post('/challenge', async (request, response) => {
    const { browser } = sessions.of(request, response);
    const { challenge, text } = await service.challenge({ origin: origin(), browser, language });
    response.json({ challenge, text });
  });
  app.post('/sign-in', async (request, response) => {
    const body = signInBody.safeParse(request.body);
    if (!body.success)
      return response.status(400).json({ error: 'challenge and signature (base64) are needed' });
    const { browser } = sessions.of(request, response);
    const { challenge, signature } = body.data;
    const signIn = await service.signIn({
      challenge,
      signature: Buffer.from(signature, 'base64'),
      origin: origin(),
      browser,
      language,
    });
    sessions.signIn(request, response, signIn);
    return response.json({ claims: signIn.claims, checks: signIn.checks });
  });
  app.post('/sign-out', async (request, response) => {
    const { signIn } = sessions.of(request, response);
    if (signIn !== undefined) await service.signOut(signIn.assertion);
    sessions.end(request, response);
    response.json({ signedIn: false });
  });
  app.get('/session', (request, response) => {
    const { signIn } = sessions.of(request, response);
    response.json(signIn === undefined ? { signedIn: false } : { signedIn: true, claims: signIn.claims });
  });
  app.get('/', (request, response) => {
    const { signIn } = sessions.of(request, response);
    response.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
    response.type('html').send(portalPage(signIn?.claims, options.service, language));
  });

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
  server.on(
    'request',
    portalApp(await options(url), () => url),
  );
  return {
    url,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
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
