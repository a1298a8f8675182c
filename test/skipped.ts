import type { Reporter, TestModule } from 'vitest/node';

/** Tells at the end which tests were skipped; their names say why. */
export const skipped: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    for (const module of modules) {
      for (const test of module.children.allTests('skipped'))
        process.stdout.write(`skipped: ${test.fullName}\n`);
    }
  },
};
