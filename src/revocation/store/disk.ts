import { hash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isOver,
  type PruneLimits,
  parseRecord,
  type Storage,
  type StorageKind,
  type StoredRecord,
} from './storage.ts';

/**
 * Lists and answers in a folder: `objects/` holds octets by their SHA-256, which the evidence of the audit points
 * at, `lists/` and `answers/` one small record a key. Files appear whole or not at all. Rejects with the system's
 * error where the folder cannot be written.
 */
export class Disk implements Storage {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async write(kind: StorageKind, record: StoredRecord, octets?: Uint8Array): Promise<void> {
    if (octets !== undefined) await this.writeObject(record.sha256, octets);
    await this.put(kind, nameOf(record.key), Buffer.from(JSON.stringify(record)));
  }

  async writeObject(sha256: string, octets: Uint8Array): Promise<void> {
    const known = await stat(join(this.folder, 'objects', sha256)).catch(() => undefined);
    if (known?.size !== octets.length) await this.put('objects', sha256, octets);
  }

  async records(kind: StorageKind): Promise<readonly StoredRecord[]> {
    const names = await readdir(join(this.folder, kind)).catch(() => []);
    const records = await Promise.all(names.map((name) => this.readRecord(kind, name)));
    return records.filter((record) => record !== undefined);
  }

  record(kind: StorageKind, key: string): Promise<StoredRecord | undefined> {
    return this.readRecord(kind, nameOf(key));
  }

  async readObject(sha256: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const octets = await readFile(join(this.folder, 'objects', sha256)).catch(() => undefined);
    return octets === undefined ? undefined : whole(octets);
  }

  async prune(limits: PruneLimits): Promise<number> {
    const named = new Set((await this.records('lists')).map(({ sha256 }) => sha256));
    for (const record of await this.records('answers')) {
      if (isOver(record, limits)) await rm(join(this.folder, 'answers', nameOf(record.key)), { force: true });
      else named.add(record.sha256);
    }
    let removed = 0;
    for (const name of await readdir(join(this.folder, 'objects')).catch(() => [])) {
      const path = join(this.folder, 'objects', name);
      const written = await stat(path).catch(() => undefined);
      if (written === undefined || named.has(name) || written.mtimeMs >= limits.evidenceBefore) continue;
      await rm(path, { force: true });
      removed++;
    }
    return removed;
  }

  private async readRecord(kind: StorageKind, name: string): Promise<StoredRecord | undefined> {
    const text = await readFile(join(this.folder, kind, name), 'utf8').catch(() => undefined);
    const record = text === undefined ? undefined : parseRecord(text);
    return record !== undefined && nameOf(record.key) === name ? record : undefined;
  }

  private async put(kind: StorageKind | 'objects', name: string, octets: Uint8Array): Promise<void> {
    const folder = join(this.folder, kind);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = join(folder, `.${name}.${randomUUID()}`);
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(octets);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
  }
}

/** Keys are URLs and other texts from outside; none of them becomes a path. */
function nameOf(key: string): string {
  return hash('sha256', key, 'hex');
}

function whole(octets: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = octets;
  const isWhole = buffer instanceof ArrayBuffer && byteOffset === 0 && buffer.byteLength === byteLength;
  return isWhole ? new Uint8Array(buffer) : Uint8Array.from(octets);
}
