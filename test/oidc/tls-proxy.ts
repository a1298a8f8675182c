import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** A proxy that ends TLS, asks for a certificate of whatever authority, and passes it on. */
export interface TlsProxy {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts one before a service; `client-cert` is the header (RFC 9440), which it takes from nobody else. */
export async function startTlsProxy(
  service: string,
  credentials: { readonly key: string; readonly cert: string },
): Promise<TlsProxy> {
  const server = createServer(
    { ...credentials, requestCert: true, rejectUnauthorized: false },
    (incoming, answer) => {
      const certificate = (incoming.socket as TLSSocket).getPeerX509Certificate();
      const { 'client-cert': _foreign, ...headers } = incoming.headers;
      const shown = certificate && { 'client-cert': `:${certificate.raw.toString('base64')}:` };
      const outgoing = request(
        new URL(incoming.url ?? '/', service),
        { method: incoming.method, headers: { ...headers, ...shown } },
        (reply) => {
          answer.writeHead(reply.statusCode ?? 502, reply.headers);
          reply.pipe(answer);
        },
      );
      incoming.pipe(outgoing);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
