import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pass } from 'node:timers/promises';

/** The backend of a portal that takes logouts, and can be killed and brought back. */
export class Receiver {
  readonly tokens: string[] = [];
  status = 200;
  private server: Server | undefined;
  port = 0;

  get uri(): string {
    return `http://127.0.0.1:${this.port}/logout`;
  }

  async start(): Promise<void> {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      this.tokens.push(new URLSearchParams(body).get('logout_token') ?? '');
      response.writeHead(this.status).end();
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  async got(count: number, patience = 5_000): Promise<string[]> {
    for (const end = Date.now() + patience; this.tokens.length < count && Date.now() < end; ) await pass(20);
    return this.tokens;
  }
}
