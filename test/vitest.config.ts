import { defineConfig } from 'vitest/config';
import { skipped } from './skipped.ts';

/** Two workers, because the machines that run this have two cores; time-outs are generous, because they are noisy. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
    allowOnly: false,
    reporters: ['default', skipped],
  },
});
