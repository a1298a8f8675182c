import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const source = fileURLToPath(new URL('module.c', import.meta.url));

/** Why no library can be built here; undefined where one can. In CI it is built, or the test fails. */
export const noCompiler: string | undefined =
  process.env.CI === 'true' || spawnSync('g++', ['--version']).status === 0
    ? undefined
    : 'g++ is not installed';

/** Builds a PKCS#11 library that does harm in that way, into `folder`, and gives its path. */
export async function harmfulModule(folder: string, harm: 'HANG' | 'CRASH' | 'RUBBISH'): Promise<string> {
  const path = join(folder, `${harm.toLowerCase()}.so`);
  await promisify(execFile)('g++', ['-x', 'c', '-shared', '-fPIC', `-D${harm}`, '-o', path, source]);
  return path;
}
