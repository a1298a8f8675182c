import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { exportPrivateKey, generateKeyPair, type KeyKind } from '../../src/authority/key.ts';
import { makeSecret } from '../../src/relying-party/secret.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { openKeyFile } from '../../src/token/key-file.ts';
import type { Signer } from '../../src/token/signer.ts';
import { type Connection, openConnection, post } from './load.ts';
import { type Contender, compare, type Figure } from './measure.ts';

/** As many people sign in at the same time. */
const concurrency = 16;
/** Compilers settle on code that handles requests only after some thousands of them; milliseconds. */
const warmUp = 4_000;
/** Messages are signed for somewhat longer than `compare` measures. */
const measuredSeconds = 6;
const page = { origin: 'https://portal.example', browser: 'a browser’s session' };
const authorization = (secret: string) => `Basic ${Buffer.from(`portal:${secret}`).toString('base64')}`;

const peers = [
  { called: 'bare Express', words: [], goal: 0.5 },
  { called: '… that verifies and makes a P-256 signature', words: ['signing'], goal: undefined },
] as const;

/**
 * Warm sign-ins over HTTP, challenge and login with its durable commit, against a bare Express server that is sent
 * the same two requests and answers with bodies of the same sizes, and against one that does the two signatures of a
 * sign-in besides and checks nothing. Each server has one core for all its threads;
 * messages are signed before the clock starts.
 */
export async function signInBenchmarks(
  skipped: (reason: string) => void,
  kinds: readonly KeyKind[] = ['ecdsa-p256', 'gost2012-256'],
): Promise<Figure[]> {
  const pin = onOneCore();
  if (pin.length === 0) skipped('taskset is not there: the servers of sign-ins use every core');
  const figures: Figure[] = [];
  for (const kind of kinds) figures.push(...(await signIns(kind, pin)));
  return figures;
}

async function signIns(kind: KeyKind, pin: readonly string[]): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-bench-'));
  const authority = await createAuthority({ algorithm: kind, serve: {} });
  const { secret, secretHash } = makeSecret();
  writeFileSync(join(folder, 'root.der'), authority.root.certificate);
  writeFileSync(join(folder, 'accredited.der'), authority.accredited.certificate);
  const signer = await makeSigner(authority, kind, folder);
  const sealgate = await start(pin, 'sealgate', folder, secretHash);
  const portal = new Portal(sealgate.port, authorization(secret), signer);
  try {
    const sizes = await portal.open();
    await portal.prepare(2_000);
    const rate = await portal.signIns()(warmUp);
    const name = `warm sign-in over HTTP, ${kind}`;
    const figures: Figure[] = [];
    for (const { called, words, goal } of peers) {
      const bare = await start(pin, 'express', String(sizes.challenge), String(sizes.login), ...words);
      const peer = new Portal(bare.port, authorization(secret), signer).repeats(portal.sample);
      await peer(warmUp);
      await portal.prepare(Math.ceil(rate * measuredSeconds));
      figures.push(await compare(name, called, portal.signIns(), peer, goal));
      bare.process.kill();
    }
    return figures;
  } finally {
    sealgate.process.kill('SIGKILL');
    await authority.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Server {
  readonly process: ChildProcess;
  readonly port: number;
}

async function start(pin: readonly string[], peer: string, ...words: readonly string[]): Promise<Server> {
  const program = fileURLToPath(new URL(`peer/${peer}.ts`, import.meta.url));
  const [command = '', ...rest] = [...pin, process.execPath, program, ...words];
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    child.stdout.resume();
    return { process: child, port: (JSON.parse(line) as { port: number }).port };
  }
  throw new Error(`${peer} did not start`);
}

/** The command that keeps a process to one core; nothing where there is none. */
function onOneCore(): readonly string[] {
  try {
    execFileSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' });
    return ['taskset', '-c', '0'];
  } catch {
    return [];
  }
}

async function makeSigner(authority: Authority, kind: KeyKind, folder: string): Promise<Signer> {
  const pair = await generateKeyPair(kind);
  const { certificate, chain } = await authority.issue({
    key: pair,
    subscriber: sampleSubscriber('legal-entity'),
  });
  const path = join(folder, 'signer.key');
  writeFileSync(path, await exportPrivateKey(pair));
  const key = await openKeyFile(path);
  return {
    publicKey: key.publicKey,
    schemes: key.schemes,
    certificate,
    chain: chain.slice(0, 1),
    sign: (data, scheme) => key.sign(data, scheme),
    close: () => key.close(),
  };
}

interface Sample {
  readonly challenge: Uint8Array;
  readonly login: Uint8Array;
}

/** A portal with many people at once. */
class Portal {
  private readonly port: number;
  private readonly credentials: string;
  private readonly signer: Signer;
  private readonly ready: Uint8Array[] = [];
  private readonly asking: Uint8Array;
  /** One pair of requests, for a server that does not look into them. */
  sample: Sample;

  constructor(port: number, credentials: string, signer: Signer) {
    this.port = port;
    this.credentials = credentials;
    this.signer = signer;
    this.asking = post('/v1/challenges', credentials, page);
    this.sample = { challenge: this.asking, login: this.asking };
  }

  /** Signs in once, which warms what can be warmed, and gives the sizes of the two answers. */
  async open(): Promise<{ challenge: number; login: number }> {
    const connection = await openConnection(this.port);
    const issued = await connection.send(this.asking);
    const login = await this.signed(issued.body);
    const answer = await connection.send(login);
    if (answer.status !== 200) throw new Error(`refused: ${answer.body}`);
    connection.close();
    this.sample = { challenge: this.asking, login };
    return { challenge: Buffer.byteLength(issued.body), login: Buffer.byteLength(answer.body) };
  }

  /** Gets so many challenges and signs them, so that no time for that is measured. */
  async prepare(count: number): Promise<void> {
    await this.together(async (connection) => {
      while (this.ready.length < count)
        this.ready.push(await this.signed((await connection.send(this.asking)).body));
    });
  }

  /** Sign-ins a second: each a challenge, which is put aside, and a login with one that was signed before. */
  signIns(): Contender {
    return (milliseconds) =>
      this.during(milliseconds, async (connection) => {
        const login = this.ready.pop() ?? (await this.signed((await connection.send(this.asking)).body));
        await connection.send(this.asking);
        const { status, body } = await connection.send(login);
        if (status !== 200) throw new Error(`refused: ${body}`);
      });
  }

  /** The same two requests again and again. */
  repeats({ challenge, login }: Sample): Contender {
    return (milliseconds) =>
      this.during(milliseconds, async (connection) => {
        await connection.send(challenge);
        await connection.send(login);
      });
  }

  private async during(
    milliseconds: number,
    act: (connection: Connection) => Promise<void>,
  ): Promise<number> {
    let count = 0;
    const start = performance.now();
    await this.together(async (connection) => {
      while (performance.now() - start < milliseconds) {
        await act(connection);
        count += 1;
      }
    });
    return (count / (performance.now() - start)) * 1000;
  }

  /** Opened anew each time: servers close connections on which nothing happens for a while. */
  private async together(act: (connection: Connection) => Promise<void>): Promise<void> {
    const connections = await Promise.all(
      Array.from({ length: concurrency }, () => openConnection(this.port)),
    );
    await Promise.all(connections.map(act));
    for (const connection of connections) connection.close();
  }

  private async signed(issued: string): Promise<Uint8Array> {
    const { challenge, text } = JSON.parse(issued) as { challenge: string; text: string };
    const message = await makeMessage(Buffer.from(text), this.signer, {
      signingTime: Date.now(),
      isDetached: true,
    });
    const signature = Buffer.from(message).toString('base64');
    return post('/v1/logins', this.credentials, { challenge, signature, ...page });
  }
}
