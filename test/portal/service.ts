import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** A request as the service got it. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;

/**
 * A service that answers whatever the test tells it to, over real HTTP, with real keys: a real one could not be
 * brought to send false assertions.
 */
export class PlayedService {
  readonly received: Received[] = [];
  /** Answers by path; a status of 0 never answers, -1 cuts the connection. */
  readonly answers = new Map<string, { status: number; body: string; headers?: Record<string, string> }>();
  readonly url: string;
  private readonly server: Server;
  private readonly keys: Keys;
  private readonly kid: string;

  private constructor(server: Server, keys: Keys, kid: string) {
    this.server = server;
    this.keys = keys;
    this.kid = kid;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<PlayedService> {
    const keys = await generateKeyPair('ES256', { extractable: true });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const service = new PlayedService(server, keys, 'first');
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'first', alg: 'ES256', use: 'sig' };
    service.answer('/.well-known/jwks.json', 200, { keys: [jwk] });
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const path = request.url ?? '';
        service.received.push({ path, headers: request.headers, body: Buffer.concat(chunks).toString() });
        const found = service.answers.get(path) ?? { status: 404, body: '' };
        if (found.status === 0) return;
        if (found.status === -1) request.socket.destroy();
        else response.writeHead(found.status, found.headers).end(found.body);
      });
    });
    return service;
  }

  answer(path: string, status: number, body: unknown, headers?: Record<string, string>): void {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.answers.set(path, { status, body: text, ...(headers === undefined ? {} : { headers }) });
  }

  /** Claims of a good assertion for `portal`. */
  claims(changes: JWTPayload = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.url,
      sub: 'ogrn:1259901001018',
      aud: 'portal',
      iat: now,
      exp: now + 300,
      jti: crypto.randomUUID(),
      sid: crypto.randomUUID(),
      auth_time: now,
      acr: 'KC2',
      amr: ['hwk', 'pin'],
      client_id: 'portal',
      organisation: { name: 'ООО «Северный ветер»', inn: '9901001013', ogrn: '1259901001018' },
      signer: { name: 'Ветрова Анна Сергеевна' },
      'x5t#S256': 'dGh1bWJwcmludA',
      ...changes,
    };
  }

  /** An assertion, signed with the service's key unless told otherwise. */
  sign(claims: JWTPayload, { keys = this.keys, kid = this.kid, typ = 'JWT' } = {}): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', typ, kid }).sign(keys.privateKey);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
