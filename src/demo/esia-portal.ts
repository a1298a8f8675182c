import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import express from 'express';
import { exportPrivateKey, generateKeyPair } from '../authority/key.ts';
import { selfSigned } from '../authority/self-signed.ts';
import { pem } from '../esia/key/pem.ts';
import { type DemoPortal, listen } from './portal.ts';

/** The key by which the demo's client system signs its requests, with its certificate. */
export interface DemoSystem {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** The certificate in base64 of its DER, for the registration. */
  readonly registered: string;
}

/** The mnemonic of the demo's client system. */
export const demoMnemonic = 'DEMO';

const hour = 3_600_000;

/** Makes such a key: RSA, which is what the client on npm knows. */
async function makeDemoSystem(at: number): Promise<DemoSystem> {
  const pair = await generateKeyPair('rsa-2048');
  const certificate = await selfSigned(pair, 'Demo client system', {
    notBefore: at - hour,
    notAfter: at + 24 * hour,
  });
  return {
    key: pem('PRIVATE KEY', await exportPrivateKey(pair)),
    certificate: pem('CERTIFICATE', certificate),
    registered: Buffer.from(certificate).toString('base64'),
  };
}

/** The npm client `esia`; it brings no types. */
type CreateClient = (config: Readonly<Record<string, string>>) => {
  getAuth(): { readonly url: string; readonly params: { readonly state: string } };
  getAccess(code: string, paths: readonly string[]): Promise<{ readonly data: readonly unknown[] }>;
};

/** A portal that listens, and answers once it is told which service it signs people in by. */
export interface EsiaPortal extends Pick<DemoPortal, 'url' | 'close'> {
  /** Gives the certificate that its system signs with. */
  readonly system: DemoSystem;
  serve(service: string): void;
}

/**
 * A portal that was built for ЕСИА on the npm client `esia`: only the addresses are others. `GET /` sends the browser to
 * sign in, and `GET /back` answers who it is: the person and their roles, as the client gives them.
 */
export async function openEsiaPortal(port: number): Promise<EsiaPortal> {
  const system = await makeDemoSystem(Date.now());
  const server = createServer();
  const url = await listen(server, port);
  return {
    url,
    system,
    serve: (service) => void server.on('request', esiaApp(url, service, system)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function esiaApp(url: string, service: string, system: DemoSystem): express.Express {
  const createClient = createRequire(import.meta.url)('esia') as CreateClient;
  const client = createClient({
    esiaUrl: service,
    authPath: '/esia/aas/oauth2/ac',
    markerPath: '/esia/aas/oauth2/te',
    dataPath: '/esia/rs/prns',
    clientId: demoMnemonic,
    redirectUri: `${url}/back`,
    scope: 'openid fullname snils usr_org',
    certificate: system.certificate,
    key: system.key,
  });
  const begun = new Map<string, string>();
  const app = express();
  app.disable('x-powered-by');
  app.get('/', (_request, response) => {
    const browser = randomUUID();
    const { url: address, params } = client.getAuth();
    begun.set(browser, params.state);
    response.cookie('browser', browser, { httpOnly: true, sameSite: 'lax' });
    response.redirect(303, address);
  });
  app.get('/back', async (request, response) => {
    const browser = /(?:^|; )browser=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const isOwn = begun.get(browser) === request.query.state;
    begun.delete(browser);
    const { code } = request.query;
    if (!isOwn || typeof code !== 'string') {
      response.status(403).json({ error: String(request.query.error_description ?? 'state') });
      return;
    }
    const { data } = await client.getAccess(code, ['/', '/roles']);
    response.json({ person: data[0], roles: data[1] });
  });
  return app;
}
