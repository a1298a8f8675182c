import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Contender } from './measure.ts';

/** A program that prints operations a second for each line of milliseconds; `close` ends it. */
export interface NativePeer {
  readonly contender: Contender;
  close(): void;
}

/**
 * Compiles `peer/<name>.c` against libcrypto into `folder` and starts it. Returns the reason where gcc or
 * libssl-dev is not there.
 */
export function startNativePeer(
  name: string,
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): NativePeer | string {
  const source = fileURLToPath(new URL(`peer/${name}.c`, import.meta.url));
  const program = `${folder}/${name}`;
  const compiled = spawnSync(
    'gcc',
    ['-O2', '-Wno-deprecated-declarations', '-o', program, source, '-lcrypto'],
    {
      encoding: 'utf8',
    },
  );
  if (compiled.status !== 0)
    return `gcc or libssl-dev is missing: ${(compiled.stderr ?? 'no gcc').split('\n')[0]}`;
  return drive(
    name,
    spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } }),
  );
}

const bouncyCastle = ['bcprov', 'bcutil', 'bcpkix'].map((name) => `/usr/share/java/${name}.jar`);

/** Compiles and starts `peer/<name>.java` with BouncyCastle. Returns the reason where Java or the library is not there. */
export function startJavaPeer(name: string, folder: string, args: readonly string[]): NativePeer | string {
  if (!bouncyCastle.every((jar) => existsSync(jar))) return 'libbcpkix-java is missing';
  const source = fileURLToPath(new URL(`peer/${name}.java`, import.meta.url));
  const path = ['-cp', [folder, ...bouncyCastle].join(':')];
  const compiled = spawnSync('javac', [...path, '-d', folder, source], { encoding: 'utf8' });
  if (compiled.status !== 0) return `javac is missing: ${(compiled.stderr ?? '').split('\n')[0]}`;
  return drive(name, spawn('java', [...path, name, ...args], { stdio: ['pipe', 'pipe', 'inherit'] }));
}

type Child = ChildProcessByStdio<Writable, Readable, null>;

function drive(name: string, child: Child): NativePeer {
  const lines = createInterface({ input: child.stdout });
  const end = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  // Whoever waits for an answer is told; an end that was asked for concerns nobody.
  end.catch(() => {});
  return {
    async contender(milliseconds) {
      const answer = once(lines, 'line');
      child.stdin.write(`${milliseconds}\n`);
      const [line] = (await Promise.race([answer, end])) as [string];
      return Number(line);
    },
    close: () => child.stdin.end(),
  };
}
