import { createHash, hash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SealgateError } from '../error.ts';
import { makeFolder } from '../file/folder.ts';
import type { KeptFile } from './storage.ts';

/** The files of an archive, each under the SHA-256 of its octets: none is ever written over. */
export class ArchiveFolder {
  private readonly path: string;

  /** The folder is made with the first file. */
  constructor(path: string) {
    this.path = path;
  }

  /** Where a file stands that is kept. */
  place(sha256: string): string {
    return join(this.path, sha256);
  }

  /** Keeps octets, durably. Throws the system's error. */
  async put(octets: Uint8Array): Promise<string> {
    const sha256 = hash('sha256', octets, 'hex');
    const temporary = this.newPlace();
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(octets);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.place(sha256));
    return sha256;
  }

  /** Keeps a copy of a file of whatever length. Throws the system's error. */
  async copy(path: string): Promise<string> {
    const hasher = createHash('sha256');
    const temporary = this.newPlace();
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hasher.update(chunk);
        done(null, chunk);
      },
    });
    const target = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(createReadStream(path), hashing, target);
    const sha256 = hasher.digest('hex');
    await rename(temporary, this.place(sha256));
    return sha256;
  }

  /** The octets of a file. Throws `archive_file_damaged` where it is gone, or other octets stand in it. */
  async get({ name, sha256 }: KeptFile): Promise<Buffer> {
    let octets: Buffer;
    try {
      octets = await readFile(this.place(sha256));
    } catch (cause) {
      throw new SealgateError('archive_file_damaged', { file: name }, { cause });
    }
    if (hash('sha256', octets, 'hex') === sha256) return octets;
    throw new SealgateError('archive_file_damaged', { file: name });
  }

  /** Expects a file to be there; its octets are looked at by whoever reads it. Throws `archive_file_damaged`. */
  async expect({ name, sha256 }: KeptFile): Promise<void> {
    await stat(this.place(sha256)).catch((cause: unknown) => {
      throw new SealgateError('archive_file_damaged', { file: name }, { cause });
    });
  }

  /** Takes away a file whose successor is kept. */
  async remove(sha256: string): Promise<void> {
    await rm(this.place(sha256), { force: true });
  }

  private newPlace(): string {
    makeFolder(this.path);
    return join(this.path, `new-${randomUUID()}`);
  }
}
