import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Reader } from '../../src/asn1/reader.ts';
import { context, contextConstructed } from '../../src/asn1/tag.ts';

/** How one address of the host behaves. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, body: Buffer) => unknown;

/** A real HTTP server on the loopback interface that behaves as it is told, and counts what it is asked. */
export class Host {
  readonly asked: string[] = [];
  readonly behaviours = new Map<string, Behaviour>();
  private readonly server = createServer((request, response) => this.handle(request, response));

  static async start(address = '127.0.0.1'): Promise<Host> {
    const host = new Host();
    await new Promise<void>((resolve) => host.server.listen(0, address, resolve));
    host.address = address;
    return host;
  }

  private address = '';

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://${this.address}:${this.port}${path}`;
  }

  /** Serves octets, made anew for each request. */
  serve(path: string, make: () => Uint8Array, headers: Readonly<Record<string, string>> = {}): void {
    this.on(path, (_, response) => {
      const octets = make();
      response.writeHead(200, { 'content-length': octets.length, ...headers });
      response.end(octets);
    });
  }

  on(path: string, behaviour: Behaviour): void {
    this.behaviours.set(path, behaviour);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private readonly handle: RequestListener = (request, response) => {
    const path = request.url ?? '';
    this.asked.push(path);
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const behaviour = this.behaviours.get(path);
      if (behaviour === undefined) response.writeHead(404).end();
      else behaviour(request, response, Buffer.concat(pieces));
    });
  };
}

/** The nonce of an OCSP request; read anew here, because what the request says is what is tested. */
export function nonceOf(request: Uint8Array): Uint8Array | undefined {
  const fields = Reader.der(request).sequence().sequence();
  if (fields.peek() === context(0)) fields.any();
  fields.any();
  const wrapper = fields.optionalConstructed(contextConstructed(2));
  if (wrapper === undefined) return undefined;
  const extension = wrapper.sequence().sequence();
  extension.oid();
  return Reader.der(extension.octetString()).octetString();
}
