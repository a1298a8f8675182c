import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Builds what is published: JavaScript that is whole by itself but for the packages that it names, because Node.js
 * strips no types below node_modules, and the types beside it. `npm pack` runs this, and with `--remove` again once it
 * has packed what was built.
 */
const folder = dirname(fileURLToPath(import.meta.url));
const out = join(folder, 'build');
const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

rmSync(out, { recursive: true, force: true });
if (!process.argv.includes('--remove')) await make();

async function make() {
  await build({
    entryPoints: [join(folder, 'index.ts')],
    outfile: join(out, 'index.js'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: Object.keys(dependencies),
    logLevel: 'error',
  });
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  execFileSync(process.execPath, [join(dirname(compiler), 'bin/tsc'), '--project', folder], {
    stdio: 'inherit',
  });
}
