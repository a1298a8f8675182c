import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { skipped } from './skipped.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

// Tests start hundreds of processes of ours; what Node has stripped and compiled once it need not do again.
process.env.NODE_COMPILE_CACHE ??= `${root}build/compile-cache`;

/** Two workers, because the machines that run this have two cores; time-outs are generous, because they are noisy. */
export default defineConfig({
  test: {
    root,
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/recorded-answers.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    // Tests load what the service loads, by Node itself, which is faster as well.
    experimental: { viteModuleRunner: false },
    maxWorkers: 2,
    allowOnly: false,
    reporters: ['default', skipped],
  },
});
