import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Why a program of another maker cannot be asked, or false where it can. In CI it has to be there. */
export function missing(program: string, debianPackage: string): string | false {
  if (existsSync(`/usr/bin/${program}`) || process.env.CI === 'true') return false;
  return `${program} is not installed: apt-get install ${debianPackage}`;
}

/** What a program prints for `input`; throws with its complaint where it fails. */
export function ask(program: string, args: readonly string[], input?: string | Uint8Array): Buffer {
  const result = spawnSync(program, args, {
    ...(input === undefined ? {} : { input }),
    maxBuffer: 64 * 2 ** 20,
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${program}: ${result.stderr.toString()}`);
  return result.stdout;
}
