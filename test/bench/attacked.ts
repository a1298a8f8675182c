import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../../src/authority/authority.ts';
import { makeSecret } from '../../src/relying-party/secret.ts';
import { makeCms } from '../hostile/message.ts';
import { namesakes, stranger } from '../hostile/stranger.ts';
import { openConnection, post } from './load.ts';
import { type Figure, median } from './measure.ts';
import { authorization, makeSigner, Portal } from './portal.ts';
import { onOneCore, start } from './server.ts';

/** Sign-ins that are timed with and without each attack, one after the other; the first ones only warm up. */
const timed = 60;
const warmUp = 200;
const connections = 8;
const slowConnections = 200;

/** Ends an attack. */
type Ended = () => void;

/**
 * How long an honest sign-in over HTTP takes while somebody attacks: challenge and login, one person at a time, against
 * the same before the attack. The service has one core for all its threads, so that an attack is felt; a ratio of 0.1
 * says that the sign-in took ten times as long.
 */
export async function attackedBenchmarks(skipped: (reason: string) => void): Promise<Figure[]> {
  const pin = onOneCore();
  if (pin.length === 0) skipped('taskset is not there: the attacked service uses every core');
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  const authority = await createAuthority({ algorithm: 'ecdsa-p256', serve: {} });
  const { secret, secretHash } = makeSecret();
  writeFileSync(join(folder, 'root.der'), authority.root.certificate);
  writeFileSync(join(folder, 'accredited.der'), authority.accredited.certificate);
  const server = await start(pin, 'sealgate', folder, secretHash);
  const { port } = server;
  const signer = await makeSigner(authority, 'ecdsa-p256', folder);
  const portal = new Portal(port, authorization('portal', secret), signer);
  try {
    await latency(port, portal, warmUp);
    const figures: Figure[] = [];
    for (const [name, begin] of attacksOf(port, authorization('another', secret))) {
      const before = await latency(port, portal, timed);
      const end = await begin();
      const during = await latency(port, portal, timed);
      end();
      const [ours, theirs] = [1000 / during, 1000 / before];
      const peer = 'the same without it';
      figures.push({ name: `sign-in while ${name}`, peer, ours, theirs, ratio: ours / theirs });
    }
    return figures;
  } finally {
    server.process.kill('SIGKILL');
    await authority.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Median of so many sign-ins, ms; the message is signed while no time is taken. */
async function latency(port: number, portal: Portal, count: number): Promise<number> {
  const connection = await openConnection(port);
  const times: number[] = [];
  for (let done = 0; done < count; done++) {
    const asked = performance.now();
    const issued = await connection.send(portal.asking);
    const answered = performance.now();
    const login = await portal.signed(issued.body);
    const sent = performance.now();
    const { status, body } = await connection.send(login);
    times.push(performance.now() - sent + (answered - asked));
    if (status !== 200) throw new Error(`refused: ${body}`);
  }
  connection.close();
  return median(times);
}

function attacksOf(port: number, another: string): readonly (readonly [string, () => Promise<Ended>])[] {
  const signer = stranger();
  const maze = makeCms({
    ...{ content: Buffer.from('A contract'), at: Date.now() },
    signers: Array.from({ length: 64 }, () => signer),
    certificates: [signer.certificate.der, ...namesakes(63)],
  });
  const message = Buffer.from(maze).toString('base64');
  const signature = Buffer.alloc(180_000, 0x30).toString('base64');
  const page = { origin: 'https://portal.example', browser: 'a browser’s session' };
  return [
    ['a stranger asks for the contract', () => flood(port, get('/openapi.json'))],
    [
      'a relying party validates 64 signers with 63 namesakes each',
      () => flood(port, post('/v1/signatures/validate', another, { message })),
    ],
    [
      'a relying party sends rubbish to be signed in',
      () => flood(port, post('/v1/logins', another, { challenge: 'rubbish', signature, ...page })),
    ],
    [`${slowConnections} connections send an octet a second`, () => dribble(port)],
  ];
}

function get(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
}

/** The same request again and again, over several connections without a pause. */
async function flood(port: number, request: Uint8Array): Promise<Ended> {
  let isOver = false;
  const worker = async () => {
    while (!isOver) {
      const connection = await openConnection(port);
      try {
        while (!isOver) await connection.send(request);
      } catch {
        // A service may close on whoever asks too much; the attack goes on with another connection.
      }
      connection.close();
    }
  };
  for (let each = 0; each < connections; each++) void worker();
  return () => {
    isOver = true;
  };
}

async function dribble(port: number): Promise<Ended> {
  const head = 'POST /v1/challenges HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n';
  const sockets = Array.from({ length: slowConnections }, () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write(head);
    return socket;
  });
  const timer = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write('x');
  }, 1_000);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}
