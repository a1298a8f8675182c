import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands before several processes at one address, as a load balancer does, and hands each connection to one of them. */
export class Balancer {
  /** Where to: those that answer, by their ports. */
  private readonly ports: number[] = [];
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private turn = 0;

  constructor() {
    this.server = createServer((socket) => this.hand(socket, this.ports.length));
  }

  /** Begins to listen at this port of the machine itself, 0 for any; gives the port. */
  async listen(port: number): Promise<number> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** Has a process take its turn from now on. */
  add(port: number): void {
    this.ports.push(port);
  }

  /** Breaks off everything and ends. */
  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Hands a connection to the next process, and where nobody listens there any more, to the one after it. */
  private hand(socket: Socket, tries: number): void {
    const port = this.ports[this.turn++ % this.ports.length];
    if (port === undefined || tries === 0) {
      socket.destroy();
      return;
    }
    const target = connect(port, '127.0.0.1');
    const isRefused = () => {
      target.destroy();
      this.hand(socket, tries - 1);
    };
    target.once('error', isRefused);
    target.once('connect', () => {
      target.off('error', isRefused);
      this.join(socket, target);
    });
  }

  /** Passes everything on both ways; where one side breaks off, so does the other. */
  private join(one: Socket, other: Socket): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
