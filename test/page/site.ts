import { createServer as createHttpServer, request as httpRequest, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { Registration } from '../../src/relying-party/registration.ts';
import type { Problem } from '../../src/service/problem.ts';
import type { Portal, Reply, TestService } from '../service/portal.ts';
import { startWhole } from '../service/whole.ts';
import { localhostCertificate } from '../tls.ts';

const day = 86_400_000;

/** What `POST /v1/sign-ins/result` answers. */
export interface ResultBody {
  readonly assertion: string;
  readonly sessionId: string;
  readonly organisation: { readonly name: string; readonly inn?: string };
  readonly signer: { readonly name: string };
  readonly acr: string;
  readonly amr: readonly string[];
  readonly authenticatedAt: string;
}

/** A service behind TLS, as it runs, with its authority, a portal, and somebody who may sign in. */
export interface Site {
  /** `https://localhost:PORT`, at which browsers find the service. */
  readonly origin: string;
  readonly service: TestService;
  readonly authority: Authority;
  readonly client: Portal;
  readonly signer: IssuedCertificate;
  /** The portal's origin, on which it notes who comes back. */
  readonly portal: string;
  readonly returnUri: string;
  /** Addresses with which browsers came back to the portal. */
  readonly arrivals: URL[];
  /** A link of the portal's to the sign-in page. */
  link(more?: Readonly<Record<string, string>>): string;
  /** Exchanges a code, as the portal's backend does. */
  take(code: string | null): Promise<Reply<ResultBody & Problem>>;
  close(): Promise<void>;
}

/** What of a site is not as usual. */
export interface SiteOptions {
  readonly registration?: Partial<Registration>;
  /** The service's clock. */
  readonly now?: () => number;
  readonly environment?: Record<string, string>;
  /** Path of the issuer; none by default. */
  readonly path?: string;
}

/** Starts everything on free ports. */
export async function startSite({
  registration = {},
  now = Date.now,
  environment = {},
  path = '',
}: SiteOptions = {}): Promise<Site> {
  const authority = await createAuthority({ serve: {}, at: Date.now() - 400 * day, algorithm: 'ecdsa-p256' });
  const arrivals: URL[] = [];
  const portalServer = createHttpServer((incoming, response) => {
    const address = new URL(incoming.url ?? '/', portal);
    if (address.pathname === '/back') arrivals.push(address);
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<!doctype html><title>Portal</title><p id="portal">Portal`);
  });
  const portal = `http://localhost:${await listen(portalServer)}`;
  let target = 0;
  const front = createHttpsServer(await localhostCertificate(10), (incoming, response) => {
    const { method, url, headers } = incoming;
    const outgoing = httpRequest(
      { port: target, host: '127.0.0.1', method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  const origin = `https://localhost:${await listen(front)}`;
  const service = await startWhole({
    authority,
    now,
    environment: { SEALGATE_ISSUER: `${origin}${path}`, ...environment },
  });
  target = Number(new URL(service.url).port);
  const returnUri = `${portal}/back`;
  const client = await service.portal({ origins: [portal], returnUris: [returnUri], ...registration });
  const signer = await authority.issue({
    subscriber: sampleSubscriber('legal-entity'),
    notBefore: Date.now() - 30 * day,
  });
  return {
    ...{ origin, service, authority, client, signer, portal, returnUri, arrivals },
    link(more = {}) {
      const query = new URLSearchParams({
        client_id: client.id,
        return_uri: returnUri,
        state: 'state-1',
        ...more,
      });
      return `${origin}/sign-in/start?${query}`;
    },
    take: (code) => client.post<ResultBody & Problem>('/v1/sign-ins/result', { code }),
    async close() {
      for (const server of [portalServer, front]) {
        server.closeAllConnections();
        server.close();
      }
      await service.dispose();
      await authority.close();
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port));
  });
}
