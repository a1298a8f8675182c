import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { userPin } from './softhsm.ts';
import { gostToken, noTestToken } from './test-token.ts';

const program = fileURLToPath(new URL('../../native/build/Release/token_selftest', import.meta.url));

it.skipIf(noTestToken)(
  `the module for testers answers a missing template with CKR_ARGUMENTS_BAD, an empty one as such, and shows objects of one session to the others${noTestToken ? ` (skipped: ${noTestToken})` : ''}`,
  async () => {
    const token = await gostToken();
    try {
      const { stdout } = await promisify(execFile)(program, [token.library, userPin], {
        env: { ...process.env, ...token.environment },
      });
      expect(stdout).toMatch(/^\d+ calls answered as they must be\n$/);
    } finally {
      await token.remove();
    }
  },
);
