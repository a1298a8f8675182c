import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyAlgorithm } from '../../src/token/key-pair.ts';
import { holds } from '../../src/token/verify.ts';
import { generateKey, noSoftHsm, type TestToken, testToken } from './softhsm.ts';

describe.skipIf(noSoftHsm)(`signing on SoftHSM${noSoftHsm ? ` (skipped: ${noSoftHsm})` : ''}`, () => {
  let token: TestToken;
  beforeAll(async () => {
    token = await testToken();
  });
  afterAll(() => token.remove());

  const algorithms: KeyAlgorithm[] = ['rsa-2048', 'ec-p256', 'ec-p384', 'ec-p521', 'ed25519'];
  it.each(algorithms)(
    'signs with %s in every scheme of the key, and the signature verifies',
    async (algorithm) => {
      await generateKey(token, algorithm);
      const signer = await token.module.signer({
        ...token.access,
        key: { label: algorithm, withoutCertificate: true },
      });
      const data = Buffer.from('Sealgate');
      for (const scheme of signer.schemes) {
        const signature = await signer.sign(data, scheme);
        expect(holds(signer.publicKey, scheme, data, signature)).toBe(true);
        expect(holds(signer.publicKey, scheme, Buffer.from('sealgate'), signature)).toBe(false);
      }
      await signer.close();
    },
  );
});
