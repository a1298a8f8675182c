// Builds the scripts of the agent's windows. Plain JavaScript, as the set-up that runs it.
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../../..', import.meta.url));

buildSync({
  absWorkingDir: root,
  entryPoints: ['home', 'bridge', 'confirm'].map((name) => `src/agent/window/${name}.ts`),
  outdir: 'build/agent',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2023',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});
