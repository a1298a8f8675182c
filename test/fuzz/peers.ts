import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Certificate, CertificateRevocationList, ContentInfo, SignedData } from 'pkijs';
import { numberIn, part } from './judge.ts';
import type { Material } from './kind.ts';

/** A library of other people that judges the same inputs. */
export interface Peer {
  readonly name: string;
  /** Why it refuses an input; undefined where it does not. */
  judge(octets: Uint8Array): Promise<string | undefined>;
  close(): void;
}

/** What peers call the kinds that they know. */
const kindsOfPeers: Readonly<Record<string, 'certificate' | 'message' | 'list' | 'answer'>> = {
  certificate: 'certificate',
  'message-rsa': 'message',
  'message-ecdsa': 'message',
  list: 'list',
  answer: 'answer',
};

/** The names of the kinds that peers judge. */
export const comparedKinds: readonly string[] = Object.keys(kindsOfPeers);

let program: string | undefined;

/** Compiles the judge by OpenSSL, once; gives its path, or throws an Error where gcc or libssl-dev is missing. */
function compiled(): string {
  if (program !== undefined) return program;
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-peer-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const source = fileURLToPath(new URL('peer/openssl.c', import.meta.url));
  const made = join(folder, 'openssl');
  execFileSync('gcc', ['-O1', '-Wno-deprecated-declarations', '-o', made, source, '-lcrypto'], {
    stdio: 'pipe',
  });
  program = made;
  return made;
}

/** Why OpenSSL cannot be asked here; undefined where it can. */
export function whyNoOpenssl(): string | undefined {
  try {
    compiled();
    return undefined;
  } catch {
    return 'gcc or libssl-dev is missing';
  }
}

/** OpenSSL's judgement of a kind, in a process of its own. */
export function openssl(kind: string, material: Material): Peer {
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-peer-'));
  const file = (name: string, octets: Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, octets);
    return path;
  };
  const authority = part(material, 'authority');
  const { context } = material;
  const words = [
    kindsOfPeers[kind] ?? '',
    String(numberIn(material, 'at') / 1_000),
    file('root', context.get('root') ?? authority),
    file('authority', authority),
    ...(context.has('content') ? [file('content', part(material, 'content'))] : []),
  ];
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(compiled(), words, {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: 'OpenSSL',
    async judge(octets) {
      const head = Buffer.alloc(4);
      head.writeUInt32BE(octets.length);
      child.stdin.write(Buffer.concat([head, octets]));
      const { value, done } = await lines.next();
      if (done === true) throw new Error('OpenSSL ended');
      return value === 'ok' ? undefined : value;
    },
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The judgement of pkijs, which knows of no answers without a request. */
export function pkijs(kind: string, material: Material): Peer | undefined {
  const judge = pkijsJudges(material)[kindsOfPeers[kind] ?? ''];
  if (judge === undefined) return undefined;
  return {
    name: 'pkijs',
    async judge(octets) {
      try {
        return (await judge(Uint8Array.from(octets))) ? undefined : 'verify: false';
      } catch (error) {
        return `error: ${error instanceof Error ? error.message.slice(0, 60) : 'unknown'}`;
      }
    },
    close: () => {},
  };
}

type PkijsJudge = (octets: Uint8Array<ArrayBuffer>) => Promise<boolean>;

function pkijsJudges(material: Material): Readonly<Record<string, PkijsJudge>> {
  const issuer = Certificate.fromBER(Uint8Array.from(part(material, 'authority')));
  return {
    certificate: (octets) => Certificate.fromBER(octets).verify(issuer),
    list: (octets) => CertificateRevocationList.fromBER(octets).verify({ issuerCertificate: issuer }),
    async message(octets) {
      const { content } = ContentInfo.fromBER(octets);
      const message = new SignedData({ schema: content });
      const isAttached = message.encapContentInfo.eContent !== undefined;
      const data = isAttached ? {} : { data: Uint8Array.from(part(material, 'content')).buffer };
      return message.verify({ signer: 0, checkChain: false, ...data });
    },
  };
}
