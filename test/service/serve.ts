import { serve } from '../../src/operator/serve.ts';
import { verifyTestSignature } from './portal.ts';

/**
 * `sealgate serve` in a process of its own, for tests that stop or kill it. Each verification takes as many
 * milliseconds as the argument says, and is announced on standard error when it begins.
 */
const slow = Number(process.argv[2] ?? 0);

await serve(() => ({
  async verifyLogin(input) {
    process.stderr.write('verifying\n');
    if (slow > 0) await new Promise((resolve) => setTimeout(resolve, slow));
    return verifyTestSignature(input);
  },
}));
