import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../file/folder.ts';

const schema = z.strictObject({
  algorithm: z.enum(['gost', 'ecdsa', 'rsa']),
  service: z.string(),
  portal: z.string(),
  client: z.string(),
  secret: z.string(),
  pin: z.string(),
  /** PKCS#11 library of the token, and what a process needs to see the token. */
  library: z.string(),
  environment: z.record(z.string(), z.string()),
  /** Labels of the certificates on the token. */
  certificates: z.array(z.strictObject({ label: z.string(), name: z.string() })),
  /** Keys of the other algorithms, in files with their certificates. */
  keyFiles: z.array(z.strictObject({ file: z.string(), algorithm: z.string() })).default([]),
});

/** What a stand is, written down when it is made: it stays the same over restarts. */
export type StandFacts = z.output<typeof schema>;

/** The one folder that holds all of a stand. */
export class StandFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** A place in the folder. */
  at(...parts: readonly string[]): string {
    return join(this.path, ...parts);
  }

  /** Undefined where no stand was made here, or not to its end. */
  read(): StandFacts | undefined {
    const text = readIfThere(this.at('stand.json'));
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  }

  write(facts: StandFacts): void {
    writeFileSync(this.at('stand.json'), `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
  }

  /** The process that runs the stand; undefined where none does. */
  runner(): number | undefined {
    const pid = Number(readIfThere(this.at('pid')) ?? 0);
    if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
    try {
      process.kill(pid, 0);
      return pid;
    } catch {
      // A stand that was cut off leaves its file behind.
      return undefined;
    }
  }

  /** Makes this process the one that runs the stand; false where another one does. */
  claim(): boolean {
    makeFolder(this.path);
    const other = this.runner();
    if (other !== undefined && other !== process.pid) return false;
    writeFileSync(this.at('pid'), String(process.pid));
    return true;
  }

  release(): void {
    rmSync(this.at('pid'), { force: true });
  }

  /** Takes away what a stand is made of, and leaves what is told of the process that runs it. */
  clear(): void {
    for (const part of ['stand.json', 'authority', 'token', 'keys', 'service', 'request.json', 'environment'])
      rmSync(this.at(part), { recursive: true, force: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
