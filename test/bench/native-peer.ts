import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Contender } from './measure.ts';

/** A C program that prints operations a second for each line of milliseconds; `close` ends it. */
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
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const lines = createInterface({ input: child.stdout });
  return {
    async contender(milliseconds) {
      const answer = once(lines, 'line');
      const end = once(child, 'exit').then(([code]) => {
        throw new Error(`${name} ended with ${code}`);
      });
      child.stdin.write(`${milliseconds}\n`);
      const [line] = (await Promise.race([answer, end])) as [string];
      return Number(line);
    },
    close() {
      child.removeAllListeners('exit');
      child.stdin.end();
    },
  };
}
