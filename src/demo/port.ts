import { createServer } from 'node:net';

/** `wanted` where it is free on the machine itself, otherwise 0, which lets the system choose. */
export function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(wanted, '127.0.0.1', () => probe.close(() => resolve(wanted)));
  });
}
