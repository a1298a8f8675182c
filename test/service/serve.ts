import { setTimeout as pass } from 'node:timers/promises';
import type { VerifyLogin } from '../../src/login/verified-login.ts';
import { serve } from '../../src/operator/serve.ts';
import { verifyTestSignature } from './portal.ts';

/**
 * `sealgate serve` in a process of its own, for tests that stop or kill it. Each verification takes as many
 * milliseconds as the first argument says, and is announced on standard error when it begins; so does opening, by the
 * second. By the third it computes for so long.
 */
const [slow = 0, opening = 0, computing = 0] = process.argv.slice(2).map(Number);

const verifyLogin: VerifyLogin = async (input) => {
  process.stderr.write('verifying\n');
  if (slow > 0) await pass(slow);
  for (const end = performance.now() + computing; performance.now() < end; );
  return verifyTestSignature(input);
};

await serve(() => ({
  async openVerifier() {
    process.stderr.write('opening\n');
    if (opening > 0) await pass(opening);
    return { verifyLogin, close: async () => {} };
  },
}));
