// Builds what `npm pack` packs: JavaScript, and beside it whatever the program reads, in the places where it looks for
// that. Plain JavaScript, as the set-up that runs before it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'build', 'publish');

function run(command, ...args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

function copy(path) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  cpSync(join(root, path), join(target, path), { recursive: true });
}

rmSync(target, { recursive: true, force: true });
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
run(process.execPath, compiler, '--project', 'src/publish');
// Types of what a portal imports, and of nothing else.
run(process.execPath, compiler, '--project', 'src/portal', '--outDir', join(target, 'types'));
for (const path of ['certs', 'src/markup/style', 'build/page', 'build/agent', 'build/contract']) copy(path);
for (const name of readdirSync(join(root, 'src', 'publish', 'files')))
  copyFileSync(join(root, 'src', 'publish', 'files', name), join(target, name));

// The native parts speak Node-API, so that they fit any later Node.js of the same system and processor. Elsewhere
// GOST runs in TypeScript, and `sealgate doctor` says so.
const native = join('native', 'build', 'Release');
for (const name of [
  'sealgate_gost.node',
  'sealgate_ecdsa.node',
  'sealgate_cryptoki.node',
  'sealgate_token.so',
]) {
  if (!existsSync(join(root, native, name))) continue;
  copy(join(native, name));
  spawnSync('strip', ['--strip-unneeded', join(target, native, name)], { stdio: 'ignore' });
}
