import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Portal, startTestService, type TestService } from '../service/portal.ts';

// Hundreds of connections send their requests an octet at a time, or not at all. The times are shorter here than the
// service's own, and in the same proportion.

const patience = { headers: 2_000, body: 3_000 };
const many = 300;

let service: TestService;
let portal: Portal;
let sockets: Socket[];
beforeEach(async () => {
  sockets = [];
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await service.dispose();
});

async function start(environment: Record<string, string> = {}) {
  service = await startTestService({ patience }, environment);
  portal = await service.portal();
}

interface Slow {
  readonly socket: Socket;
  /** What the service has sent by the time that it closed the connection, and when that was. */
  readonly closed: Promise<{ readonly text: string; readonly after: number }>;
}

/** Connects, sends `beginning`, and then an octet of `rest` every 100 ms. */
async function dribble(beginning: string, rest: string): Promise<Slow> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  sockets.push(socket);
  const begunAt = performance.now();
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  // It may be reset while it still sends.
  socket.on('error', () => {});
  const closed = new Promise<{ readonly text: string; readonly after: number }>((resolve) => {
    socket.once('close', () => resolve({ text, after: performance.now() - begunAt }));
  });
  await once(socket, 'connect');
  socket.write(beginning);
  let at = 0;
  const timer = setInterval(() => {
    if (socket.writable) socket.write(rest[at % rest.length] ?? '');
    at += 1;
  }, 100);
  socket.once('close', () => clearInterval(timer));
  return { socket, closed };
}

const slowHeaders = () => dribble('GET /healthz HTTP/1.1\r\nHost: x\r\nX: ', 'a');
const silent = () => dribble('', '');
const bodyHead = (authorization: string) =>
  `POST /v1/logins HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"a":"`;
const slowBody = () => dribble(bodyHead(portal.authorization), 'a');
const strangersBody = () => dribble(bodyHead('Basic eDp5'), 'a');

/** Honest sign-ins, one after another, and how long each took in ms. */
async function signIns(count: number): Promise<readonly number[]> {
  const times: number[] = [];
  for (let each = 0; each < count; each += 1) {
    const begunAt = performance.now();
    expect((await portal.signIn()).status).toBe(200);
    times.push(performance.now() - begunAt);
  }
  return times.sort((left, right) => left - right);
}

/** Status and code of an answer. */
function answerIn(text: string): string {
  const [, status] = /^HTTP\/1\.1 (\d+) /.exec(text) ?? [];
  return `${status} ${JSON.parse(text.split('\r\n\r\n')[1] ?? '').code}`;
}

const median = (times: readonly number[]) => times[Math.floor(times.length / 2)] ?? 0;

describe.each([
  ['headers', slowHeaders, /^408 request_too_slow$/, patience.headers],
  ['nothing at all', silent, /^408 request_too_slow$/, patience.headers],
  ['bodies of a relying party', slowBody, /^408 request_too_slow$/, patience.body],
  ['bodies of a stranger', strangersBody, /^(?:401 client_unauthenticated|429 rate_limited)$/, 0],
])(`${many} connections that dribble %s`, (_, begin, told, limit) => {
  it('are closed in time, and honest sign-ins go on as before', async () => {
    await start();
    const before = median(await signIns(20));
    const slow = await Promise.all(Array.from({ length: many }, begin));
    const during = await signIns(20);
    const ended = await Promise.all(slow.map(({ closed }) => closed));
    // Had they waited for the slow ones, they would have taken as long as those are given.
    expect(median(during)).toBeLessThan(Math.max(10 * before, 500));
    for (const { text, after } of ended) {
      // Left alone they would go on for ever; a loaded machine may take its time to close them.
      expect(after).toBeLessThan(20 * Math.max(limit, 500));
      if (text !== '') expect(answerIn(text)).toMatch(told);
    }
    // That they are told why is no matter of chance, though a connection may be reset first.
    expect(ended.filter(({ text }) => text !== '').length).toBeGreaterThan(many / 2);
    expect((await signIns(3)).length).toBe(3);
  });
});

describe('a service that has as many connections as it may', () => {
  it('closes the one that has been coming in for longest, and answers whoever sends at once', async () => {
    await start({ SEALGATE_CONNECTIONS: '20' });
    const slow: Slow[] = [];
    for (let each = 0; each < 40; each += 1) slow.push(await slowHeaders());
    expect(median(await signIns(10))).toBeLessThan(1_500);
    const isClosed = await Promise.all(
      slow.map(({ closed }) =>
        Promise.race([closed.then(() => true), new Promise((resolve) => setTimeout(resolve, 50, false))]),
      ),
    );
    expect(isClosed.slice(0, 15)).toEqual(Array(15).fill(true));
    expect(isClosed.slice(-15)).toEqual(Array(15).fill(false));
  });
});

describe('one relying party that sends all but the end of its bodies', () => {
  const head = (authorization: string, length: number) =>
    `POST /v1/logins HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

  it('is refused more of them at some point, and the others are not', async () => {
    await start();
    const other = await service.portal({ id: 'other' });
    const slow = await Promise.all(
      Array.from({ length: 100 }, () => dribble(head(portal.authorization, 390_000), ' ')),
    );
    const large = `{}${' '.repeat(390_000)}`;
    expect(await portal.post('/v1/challenges', large)).toMatchObject({
      status: 429,
      body: { code: 'rate_limited' },
    });
    expect((await other.signIn()).status).toBe(200);
    for (const { socket } of slow) socket.destroy();
    await expect.poll(async () => (await portal.signIn()).status).toBe(200);
  });
});

describe('what is no request', () => {
  const say = async (text: string) => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    sockets.push(socket);
    socket.write(text);
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    return answer;
  };

  it.each([
    ['not HTTP', 'hello\r\n\r\n', '400', 'request_malformed'],
    ['headers without an end', `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}`, '413', 'request_too_large'],
    [
      'two lengths',
      'POST /v1/logins HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      '400',
      'request_malformed',
    ],
  ])('(%s) is answered with a problem, and the connection closed', async (_, text, status, code) => {
    await start();
    const answer = await say(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain('content-type: application/problem+json');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code, status: Number(status) });
    expect((await portal.signIn()).status).toBe(200);
  });
});
