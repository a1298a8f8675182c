import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const native = join(root, 'native');
const builds = join(root, 'build', 'sanitized');
const run = promisify(execFile);

/** What a program or library is made of. */
export interface Target {
  readonly name: string;
  /** Sources, from `native/` on, and what only they are compiled with. */
  readonly sources: readonly string[];
  readonly flags?: readonly string[];
  /** Sources that other targets are made of as well. */
  readonly library?: readonly string[];
  /** What everything is compiled with. */
  readonly instruments?: readonly string[];
  readonly links?: readonly string[];
}

const compileFlags = ['-std=c++17', '-O1', '-g1', '-fno-omit-frame-pointer', '-fPIC'];

/**
 * AddressSanitizer and UndefinedBehaviorSanitizer; what either finds ends the program. The arithmetic in assembler is
 * left out, because neither can look into it: `gost_selftest` compares it with this one.
 */
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const plain = ['-DSEALGATE_NO_ASSEMBLER', '-DSEALGATE_PLAIN'];

/** The library, without its assembler. */
export const gostSources: readonly string[] = sourcesIn('gost');
export const tokenSources: readonly string[] = sourcesIn('token');

/** Headers of PKCS#11, from the pkcs11js package. */
export const cryptokiHeaders = `-I${join(root, 'node_modules', 'pkcs11js', 'includes')}`;

/** Headers of Node, from the node package; undefined where npm has put them elsewhere. */
export const nodeHeaders: string | undefined = [
  join(root, 'node_modules', 'node', 'node_modules'),
  join(root, 'node_modules'),
]
  .map((folder) => join(folder, `node-${process.platform}-${process.arch}`, 'include', 'node'))
  .find((folder) => existsSync(folder));

/** The C++ sources of a folder below `native/`. */
export function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(native, folder))
    .filter((name) => name.endsWith('.cc'))
    .map((name) => `${folder}/${name}`)
    .sort();
}

/** Why nothing can be built with `compiler` and sanitizers here; undefined where it can. */
export function whyNotBuilt(compiler: string): string | undefined {
  const trial = join(builds, `trial-${compiler}-${process.pid}`);
  mkdirSync(builds, { recursive: true });
  try {
    execFileSync(compiler, ['-x', 'c++', '-', ...sanitizers, '-o', trial], {
      input: 'int main() { return 0; }',
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    execFileSync(trial);
    return undefined;
  } catch {
    return `${compiler} with its sanitizers is missing`;
  } finally {
    rmSync(trial, { force: true });
  }
}

/**
 * Builds a target with sanitizers and gives its path. What was compiled before of the same sources by the same compiler
 * is used again, so that all of it is compiled only where something changed.
 */
export async function buildSanitized(target: Target, compiler = 'g++'): Promise<string> {
  const { name, sources, flags = [], library = [], instruments = [], links = [] } = target;
  const common = [...compileFlags, ...sanitizers, ...plain, ...instruments];
  const folder = join(builds, fingerprint([compiler, ...common]));
  mkdirSync(folder, { recursive: true });
  const orders = [
    ...library.map((source) => ({ source, flags: common })),
    ...sources.map((source) => ({ source, flags: [...common, ...flags] })),
  ];
  const objects = orders.map(({ source }) => join(folder, `${source.replaceAll('/', '-')}.o`));
  const left = orders.entries();
  const worker = async () => {
    for (const [at, order] of left)
      await make(objects[at]!, compiler, [...order.flags, '-c', join(native, order.source)]);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const result = join(folder, name);
  await make(result, compiler, [...common, ...objects, ...links]);
  return result;
}

/** Runs the compiler unless its output is there; what is broken off leaves nothing behind that looks finished. */
async function make(output: string, compiler: string, words: readonly string[]): Promise<void> {
  if (existsSync(output)) return;
  const making = `${output}-${process.pid}`;
  await run(compiler, [...words, '-o', making]);
  renameSync(making, output);
}

/** All of `native/`, because headers are shared by everything. */
function fingerprint(command: readonly string[]): string {
  const [compiler = ''] = command;
  const hash = createHash('sha256').update(JSON.stringify(command));
  hash.update(execFileSync(compiler, ['--version']));
  const files = readdirSync(native, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((each) => /\.(cc|h)$/.test(each) && !each.startsWith('build')).sort())
    hash.update(file).update(readFileSync(join(native, file)));
  return hash.digest('hex').slice(0, 16);
}
