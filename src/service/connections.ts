import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SealgateError } from '../error.ts';
import { securityHeaders } from './headers.ts';
import { toProblem } from './problem.ts';

/** How long requests may take to come in, in ms. */
export interface Patience {
  /** From the connection, or the request before, to the end of the headers. */
  readonly headers: number;
  /** From the end of the headers to the end of the body. */
  readonly body: number;
}

export const usualPatience: Patience = { headers: 10_000, body: 20_000 };

/**
 * Keeps at most `most` connections open. One more closes the one that has kept the service waiting for the longest:
 * whose request is still coming in, or, if there is none, that has been idle. So connections that dribble their
 * requests push out each other, and whoever sends a request at once is answered. One that waits for its answer is
 * never closed for another.
 */
export function boundConnections(server: Server, most: number): void {
  // In the order in which they began to be so: the first has been so for the longest.
  const incoming = new Set<Socket>();
  const idle = new Set<Socket>();
  let open = 0;
  server.on('connection', (socket: Socket) => {
    open += 1;
    incoming.add(socket);
    socket.once('close', () => {
      open -= 1;
      incoming.delete(socket);
      idle.delete(socket);
    });
    if (open <= most) return;
    const [victim = idle.values().next().value] = incoming;
    victim?.destroy();
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    idle.delete(socket);
    if (!hasBody(request)) incoming.delete(socket);
    request.once('end', () => incoming.delete(socket));
    response.once('close', () => {
      incoming.delete(socket);
      if (!socket.destroyed) idle.add(socket);
    });
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return 'transfer-encoding' in headers || Number(headers['content-length'] ?? 0) > 0;
}

/** Connections whose request may take as long as octets of it keep coming. */
const lengthy = new WeakSet<Socket>();

/** Lets a request take longer than others: whoever reads it watches that it does not stand still. */
export function allowLength(request: IncomingMessage): void {
  const { socket } = request;
  lengthy.add(socket);
  request.once('close', () => lengthy.delete(socket));
}

/**
 * Answers what is no request: one whose headers do not come to an end in time, are too large, or are not HTTP. Express
 * never sees those, and Node.js would answer them without a word of what is wrong.
 */
export function answerNonsense(server: Server): void {
  const answering = new WeakSet<Socket>();
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    answering.add(socket as Socket);
    response.once('close', () => answering.delete(socket as Socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && lengthy.has(socket)) return;
    // An answer that has begun must not be written into.
    if (socket.writable && error.code !== 'ECONNRESET' && !answering.has(socket)) {
      socket.end(answerTo(error.code), () => socket.destroy());
    } else socket.destroy();
  });
}

const reasons = { 400: 'Bad Request', 408: 'Request Timeout', 413: 'Content Too Large' } as const;

function answerTo(code: string | undefined): string {
  // Whose request it is, and in which language, is not known.
  const { problem } = toProblem(failureOf(code), 'en', '0'.repeat(32));
  const { traceId, ...untraced } = problem;
  const text = JSON.stringify(untraced);
  const headers = {
    ...securityHeaders(),
    'cache-control': 'no-store',
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  };
  const status = problem.status as keyof typeof reasons;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reasons[status]}\r\n${lines.join('')}\r\n${text}`;
}

function failureOf(code: string | undefined): SealgateError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new SealgateError('request_too_slow', { field: 'headers' });
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new SealgateError('request_too_large', { field: 'headers', limit: largestHeaders });
  }
  return new SealgateError('request_malformed', { field: 'headers', problem: 'not HTTP' });
}

/** Octets of all headers of a request. */
export const largestHeaders = 16_384;
