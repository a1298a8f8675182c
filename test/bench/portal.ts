import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { exportPrivateKey, generateKeyPair, type KeyKind } from '../../src/authority/key.ts';
import { makeMessage } from '../../src/signing/message.ts';
import { openKeyFile } from '../../src/token/key-file.ts';
import type { Signer } from '../../src/token/signer.ts';
import { type Connection, openConnection, post } from './load.ts';
import type { Contender } from './measure.ts';

/** As many people sign in at the same time. */
const concurrency = 16;
const page = { origin: 'https://portal.example', browser: 'a browser’s session' };

/** Basic authentication of a relying party. */
export function authorization(client: string, secret: string): string {
  return `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`;
}

/** A person of an organisation with a key in a file of that folder. */
export async function makeSigner(authority: Authority, kind: KeyKind, folder: string): Promise<Signer> {
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

/** The two requests of a sign-in. */
interface Sample {
  readonly challenge: Uint8Array;
  readonly login: Uint8Array;
}

/** A portal with many people at once. */
export class Portal {
  private readonly port: number;
  private readonly credentials: string;
  private readonly signer: Signer;
  private readonly ready: Uint8Array[] = [];
  /** The request for a challenge. */
  readonly asking: Uint8Array;
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

  async signed(issued: string): Promise<Uint8Array> {
    const { challenge, text } = JSON.parse(issued) as { challenge: string; text: string };
    const message = await makeMessage(Buffer.from(text), this.signer, {
      signingTime: Date.now(),
      isDetached: true,
    });
    const signature = Buffer.from(message).toString('base64');
    return post('/v1/logins', this.credentials, { challenge, signature, ...page });
  }
}
