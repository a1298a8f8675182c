import {
  chmodSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { blocksIn, toPem } from '../encoding/textual.ts';
import { makeFolder } from '../file/folder.ts';
import { exportPrivateKey, importKeyPair, isKeyKind, type KeyKind, type KeyPair } from './key.ts';
import { appendEvent, type RegisterEvent, readEvents } from './register.ts';

const keyKind = z.custom<KeyKind>((value) => typeof value === 'string' && isKeyKind(value));

const description = z.strictObject({
  version: z.literal(1),
  url: z.string(),
  keyKind,
  issuers: z.array(z.strictObject({ slug: z.string(), keyKind, parent: z.string().exactOptional() })),
});

/** What an authority's folder says of it; `issuers` has parents before their children. */
export type FolderDescription = z.output<typeof description>;

/** Whether a folder keeps an authority; makes none. */
export function isAuthority(folder: string): boolean {
  return existsSync(path.join(folder, 'authority.json'));
}

/** An authority kept in a folder: `authority.json`, for each issuer `NAME.cer` and `NAME.key` (PEM), `register.jsonl`. */
export class AuthorityFolder {
  readonly path: string;
  /** How far the register has been read, in octets. */
  private readUntil = 0;

  constructor(folder: string) {
    this.path = folder;
    makeFolder(folder);
    chmodSync(folder, 0o700);
  }

  /** Whether an authority is kept here already. */
  get isInUse(): boolean {
    return isAuthority(this.path);
  }

  writeDescription(value: FolderDescription): void {
    const file = this.file('authority.json');
    writeFileSync(`${file}.new`, `${JSON.stringify(value, undefined, 2)}\n`, { flush: true });
    renameSync(`${file}.new`, file);
  }

  readDescription(): FolderDescription {
    return description.parse(JSON.parse(readFileSync(this.file('authority.json'), 'utf8')));
  }

  /** Keeps an issuer's certificate (DER) and key; the key is readable by its owner alone and not encrypted. */
  async writeIssuer(slug: string, certificate: Uint8Array, key: KeyPair): Promise<void> {
    writeFileSync(this.file(`${slug}.cer`), toPem('CERTIFICATE', certificate));
    const pkcs8 = await exportPrivateKey(key);
    writeFileSync(this.file(`${slug}.key`), toPem('PRIVATE KEY', pkcs8), { mode: 0o600, flush: true });
  }

  /** `publicKey` is found in the certificate (DER) by `spkiOf`. */
  async readIssuer(
    slug: string,
    kind: KeyKind,
    spkiOf: (certificate: Uint8Array) => Uint8Array,
  ): Promise<{ readonly certificate: Uint8Array; readonly key: KeyPair }> {
    const certificate = derOf(readFileSync(this.file(`${slug}.cer`), 'utf8'));
    const pkcs8 = derOf(readFileSync(this.file(`${slug}.key`), 'utf8'));
    return { certificate, key: await importKeyPair(kind, pkcs8, spkiOf(certificate)) };
  }

  append(change: RegisterEvent): void {
    appendEvent(this.file('register.jsonl'), change);
  }

  /** What was written since it was asked last, by this process or another one, but for a line that is not whole yet. */
  readNewEvents(): RegisterEvent[] {
    const file = this.file('register.jsonl');
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.readUntil) return [];
    const octets = readFileSync(file).subarray(this.readUntil);
    const end = octets.lastIndexOf('\n') + 1;
    this.readUntil += end;
    return readEvents(octets.toString('utf8', 0, end));
  }

  /** Everything that happened; a last line that a crash cut off is removed. */
  readEvents(): RegisterEvent[] {
    const file = this.file('register.jsonl');
    if (!existsSync(file)) return [];
    const octets = readFileSync(file);
    const end = octets.lastIndexOf('\n') + 1;
    if (end < octets.length) truncateSync(file, end);
    this.readUntil = end;
    return readEvents(octets.toString('utf8', 0, end));
  }

  private file(name: string): string {
    return path.join(this.path, name);
  }
}

function derOf(pem: string): Uint8Array {
  const octets = blocksIn(pem)[0]?.octets;
  if (octets === undefined) throw new Error('the authority’s folder holds a file that is no PEM');
  return octets;
}
