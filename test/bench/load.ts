import { connect, type Socket } from 'node:net';

/** One connection that is kept open, over which one request after another is sent. */
export interface Connection {
  /** Sends a request whose head and body are ready, and gives its answer. */
  send(request: Uint8Array): Promise<Answer>;
  close(): void;
}

/** What is looked at of an answer. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** `Retry-After`, in seconds. */
  readonly retryAfter?: number;
}

/** A POST request as it goes over the wire. */
export function post(path: string, authorization: string, body: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(body));
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: ${authorization}`,
    'Content-Type: application/json',
    `Content-Length: ${json.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), json]);
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * Opens a connection. It understands just what the two servers answer: a length, and no chunks. A complete client
 * would take longer for a request than the server does, and the measurement would be one of the client.
 */
export async function openConnection(port: number): Promise<Connection> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(opening));
    opening.once('error', reject);
  });
  let received: Buffer = Buffer.alloc(0);
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf(headEnd);
    if (end < 0) return;
    const head = received.toString('latin1', 0, end);
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    const from = end + headEnd.length;
    if (received.length < from + length) return;
    const body = received.toString('utf8', from, from + length);
    received = received.subarray(from + length);
    const status = Number(head.slice(9, 12));
    const wait = status < 400 ? undefined : /retry-after: (\d+)/i.exec(head)?.[1];
    waiting?.resolve({ status, body, ...(wait === undefined ? {} : { retryAfter: Number(wait) }) });
  });
  const fail = () => waiting?.reject(new Error('the connection was closed'));
  socket.once('error', fail);
  socket.once('close', fail);
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection was closed'));
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}
