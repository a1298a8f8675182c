import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { makeSecret } from '../../src/relying-party/secret.ts';
import { personalIn } from './personal.ts';
import { origin, type Portal, portalOf } from './portal.ts';

/** `sealgate serve` with a stand-in for verification; see there. */
export const program = fileURLToPath(new URL('serve.ts', import.meta.url));

/** A service in a process of its own. */
export interface Served {
  readonly process: ChildProcess;
  readonly url: string;
  readonly portal: Portal;
  /** How many verifications have begun. */
  verifying(): number;
}

/** How the process is started. */
export interface ServeOptions {
  /** Milliseconds that each verification takes. */
  readonly slow?: number;
  /** Milliseconds that each computes, in which nothing else is done. */
  readonly computing?: number;
  readonly environment?: Record<string, string>;
  /** The program to run instead. */
  readonly file?: string;
}

/** A folder with a configuration, in which services and commands run. */
export interface Site {
  readonly folder: string;
  readonly data: string;
  /** Environment that names the configuration. */
  readonly environment: Record<string, string>;
  /** Starts the service and waits until it answers; rejects with what it told where it ends instead. */
  serve(options?: ServeOptions): Promise<Served>;
  /** Runs a program of the tests or of Sealgate to its end. */
  run(file: string, words: readonly string[], environment?: Record<string, string>): Promise<Ran>;
  /** Ends what runs, and removes the folder. Rejects where the log of a service names somebody. */
  dispose(): Promise<void>;
}

/** What a program left behind. */
export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly told: string;
}

/** Makes a folder with a configuration of one portal. */
export function makeSite(): Site {
  const { secret, secretHash } = makeSecret();
  const folder = mkdtempSync(join(tmpdir(), 'sealgate-'));
  const data = join(folder, 'data');
  const file = join(folder, 'sealgate.json');
  const names = { en: 'Portal', ru: 'Портал' };
  const client = { id: 'portal', name: names, origins: [origin], secretHashes: [secretHash] };
  writeFileSync(
    file,
    JSON.stringify({ port: 0, data, issuer: 'https://sealgate.example', clients: [client] }),
  );
  const environment = { SEALGATE_CONFIG: file, LANG: 'C' };
  const started: ChildProcess[] = [];
  let served = '';

  const start = (command: string, words: readonly string[], more: Record<string, string>) => {
    const child = spawn(command, words, {
      env: { ...process.env, ...environment, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    return child;
  };

  return {
    folder,
    data,
    environment,

    async serve({ slow = 0, computing = 0, environment: more = {}, file: run = program } = {}) {
      const child = start(process.execPath, [run, String(slow), '0', String(computing)], more);
      let told = '';
      child.stderr.on('data', (chunk: Buffer) => {
        told += chunk;
        served += chunk;
      });
      child.stdout.on('data', (chunk: Buffer) => {
        served += chunk;
      });
      for await (const line of createInterface({ input: child.stdout })) {
        const { url } = JSON.parse(line) as { url?: string };
        if (!url) continue;
        child.stdout.resume();
        const verifying = () => told.split('verifying\n').length - 1;
        return { process: child, url, portal: portalOf(url, 'portal', secret), verifying };
      }
      throw new Error(`it did not start: ${told}`);
    },

    async run(run, words, more = {}) {
      const child = start(process.execPath, [run, ...words], more);
      let out = '';
      let told = '';
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk;
      });
      child.stderr.on('data', (chunk: Buffer) => {
        told += chunk;
      });
      const [status] = (await once(child, 'close')) as [number | null];
      return { status, out, told };
    },

    async dispose() {
      for (const child of started.splice(0)) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
      const personal = personalIn(served);
      if (personal.length > 0) throw new Error(`in the log: ${personal.join(', ')}`);
    },
  };
}

/** Tells a service to stop and gives what its process ended with: exit code and signal. */
export async function stop({ process: child }: Served): Promise<unknown[]> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  return exit;
}
