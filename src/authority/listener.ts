import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express, RequestHandler } from 'express';

/** Where to listen. */
export interface ListenOptions {
  /** 0 takes any free port. */
  readonly port?: number;
  /** Loopback unless told otherwise. */
  readonly host?: string;
  /** Called before every answer; tests play faults with it. */
  readonly before?: RequestHandler;
}

/** The authority's HTTP server. It listens before there is an authority, since certificates name its address. */
export class AuthorityListener {
  /** `http://host:port`. */
  readonly url: string;
  private readonly server: Server;
  private app: Express | undefined;

  private constructor(server: Server) {
    const { address, port, family } = server.address() as AddressInfo;
    this.url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    this.server = server;
    server.on('request', (request, response) => {
      if (this.app !== undefined) this.app(request, response);
      else response.writeHead(503, { 'Retry-After': '1' }).end();
    });
  }

  /** Begins to listen. Rejects where the port is taken. */
  static async open({ port = 0, host = '127.0.0.1' }: ListenOptions = {}): Promise<AuthorityListener> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return new AuthorityListener(server);
  }

  /** From now on answers by this application. */
  attach(app: Express): void {
    this.app = app;
  }

  /** Stops listening and ends open connections. */
  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve, reject) => {
      this.server.close((error) => (error === undefined ? resolve() : reject(error)));
    });
  }
}
