import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

/** A network between a service and its database: it may be slow, fall silent, break, and lead elsewhere. */
export interface Network {
  readonly port: number;
  /** From now on new connections lead there. */
  leadTo(target: NetConnectOpts): void;
  /** Octets take so many ms more, each way. */
  slow(milliseconds: number): void;
  /** Nothing comes through any more, and nobody is told; until `speak`. */
  fallSilent(): void;
  speak(): void;
  /** Breaks off all connections. */
  breakOff(): void;
  close(): Promise<void>;
}

/** Starts one on a free port of this machine. */
export async function startNetwork(first: NetConnectOpts): Promise<Network> {
  let target = first;
  let delay = 0;
  let isSilent = false;
  const pairs = new Set<readonly [Socket, Socket]>();
  const waiting: (() => void)[] = [];

  /** Octets leave in the order in which they came, each after its delay. */
  const pass = (from: Socket, to: Socket) => {
    let last = Promise.resolve();
    from.on('data', (octets) => {
      const arrived = performance.now();
      last = last.then(async () => {
        while (isSilent) await new Promise<void>((resolve) => waiting.push(resolve));
        const left = delay - (performance.now() - arrived);
        if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
        if (!to.destroyed) to.write(octets);
      });
    });
    from.on('error', () => {});
    from.on('close', () => void last.then(() => to.destroy()));
  };
  const server = createServer((near) => {
    const far = connect(target);
    const pair = [near, far] as const;
    pairs.add(pair);
    near.once('close', () => pairs.delete(pair));
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const speak = () => {
    isSilent = false;
    for (const resolve of waiting.splice(0)) resolve();
  };
  const breakOff = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(other) {
      target = other;
    },
    slow(milliseconds) {
      delay = milliseconds;
    },
    fallSilent() {
      isSilent = true;
    },
    speak,
    breakOff,
    async close() {
      speak();
      breakOff();
      server.close();
      await once(server, 'close');
    },
  };
}
