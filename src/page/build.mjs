// Builds the sign-in page's script. Plain JavaScript, as the set-up that runs it.
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

buildSync({
  absWorkingDir: root,
  entryPoints: ['src/page/main.ts'],
  outfile: 'build/page/sign-in.js',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2023',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});
