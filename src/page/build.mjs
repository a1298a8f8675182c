// Builds the scripts of the service's pages. Plain JavaScript, as the set-up that runs it.
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const contract = join(root, 'build', 'contract');

function bundle(from, to) {
  buildSync({
    absWorkingDir: root,
    entryPoints: [from],
    outfile: to,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  });
}

bundle('src/page/main.ts', 'build/page/sign-in.js');
bundle('src/page/verify.ts', 'build/page/verify.js');
bundle('src/page/contract.ts', 'build/contract/viewer.js');

// What the viewer of the contract looks like, and the licences of all that is in its script.
const viewer = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
mkdirSync(contract, { recursive: true });
copyFileSync(join(viewer, 'swagger-ui.css'), join(contract, 'viewer.css'));
for (const name of ['LICENSE', 'NOTICE', 'swagger-ui-es-bundle.js.LICENSE.txt'])
  copyFileSync(join(viewer, name), join(contract, name));
