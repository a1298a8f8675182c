import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../../src/algorithm/digest.ts';
import { publicKeyOf } from '../../src/algorithm/public-key.ts';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { planKeyPair } from '../../src/token/key-pair.ts';
import type { TokenSigner } from '../../src/token/token-signer.ts';
import { holds } from '../../src/token/verify.ts';
import { type GostParameterSet, gostParameterSets } from '../../src/webcrypto/gost-algorithm.ts';
import { caught } from '../failure-code.ts';
import { noPkcs11Tool, OpensslFolder } from './openssl.ts';
import { userPin } from './softhsm.ts';
import { type GostToken, gostToken, noTestToken } from './test-token.ts';

const data = Buffer.from('Вход в портал');

describe.skipIf(noTestToken)(
  `GOST on the test token${noTestToken ? ` (skipped: ${noTestToken})` : ''}`,
  () => {
    let token: GostToken;
    beforeAll(async () => {
      token = await gostToken();
    });
    afterAll(async () => {
      await token.remove();
    });

    /** Opens a key, uses it and closes it. */
    async function using<T>(label: string, use: (signer: TokenSigner) => Promise<T>): Promise<T> {
      const signer = await token.signer(label);
      try {
        return await use(signer);
      } finally {
        await signer.close();
      }
    }

    const sets = Object.entries(gostParameterSets).map(
      ([name, { bits }]) => [name as GostParameterSet, `gost2012-${bits}` as const] as const,
    );
    it.each(sets)('%s: a key is generated, signs, and the signature verifies', async (name, algorithm) => {
      await token.module.generate(token.access, planKeyPair(algorithm, name, name));
      await using(name, async (signer) => {
        expect(signer.schemes).toEqual([algorithm]);
        expect(publicKeyOf(parsePublicKeyInfo(signer.publicKey))).toMatchObject({ family: 'gost2012' });
        const signature = await signer.sign(data, algorithm);
        expect(signature).toHaveLength(algorithm === 'gost2012-256' ? 64 : 128);
        expect(holds(signer.publicKey, algorithm, data, signature)).toBe(true);
        expect(holds(signer.publicKey, algorithm, Buffer.from('x'), signature)).toBe(false);
      });
    });

    it.each([
      ['hashes in software where the token does not', ['raw-only']],
      ['hashes in software where the token lists the mechanism and refuses it', ['refuse-hashing']],
      ['reads a point that the token gives in an OCTET STRING', ['wrapped-point']],
    ])('%s', async (_, faults) => {
      await token.play(...faults);
      try {
        for (const [label, algorithm] of [
          ['CryptoPro-XchA', 'gost2012-256'],
          ['TC26-512-A', 'gost2012-512'],
        ] as const) {
          await using(label, async (signer) => {
            expect(holds(signer.publicKey, algorithm, data, await signer.sign(data, algorithm))).toBe(true);
          });
        }
      } finally {
        await token.play();
      }
    });

    it('a large file is hashed in software, and the signature is the same kind', async () => {
      const large = Buffer.alloc(300_000, 7);
      await using('TC26-256-A', async (signer) => {
        expect(holds(signer.publicKey, 'gost2012-256', large, await signer.sign(large, 'gost2012-256'))).toBe(
          true,
        );
      });
    });

    it.each([
      ['signature-reversed', 'reversed'],
      ['signature-swapped', 'r‖s'],
      ['signature-flipped', 'none'],
    ])(
      'a token that plays %s: signature_invalid, with the octet order that would have been right: %s',
      async (fault, octetOrder) => {
        await token.play(fault);
        try {
          const failure = using('CryptoPro-A', (signer) => signer.sign(data, 'gost2012-256'));
          const error: unknown = await failure.catch((thrown: unknown) => thrown);
          expect(error).toMatchObject({ code: 'signature_invalid', details: { algorithm: 'gost2012-256' } });
          expect(caught(error).details.octetOrder ?? 'none').toBe(octetOrder);
        } finally {
          await token.play();
        }
      },
    );

    it('a parameter set of another size is refused before the token is asked', () => {
      expect(() => planKeyPair('gost2012-512', 'x', 'CryptoPro-A')).toThrow(RangeError);
    });

    it('an algorithm that the token lacks: mechanism_unsupported', async () => {
      const plan = planKeyPair('ec-p256', 'x');
      await expect(token.module.generate(token.access, plan)).rejects.toMatchObject({
        code: 'mechanism_unsupported',
      });
    });

    describe.skipIf(noPkcs11Tool)(
      `with pkcs11-tool${noPkcs11Tool ? ` (skipped: ${noPkcs11Tool})` : ''}`,
      () => {
        let folder: OpensslFolder;
        beforeAll(async () => {
          folder = await OpensslFolder.make();
        });
        afterAll(() => folder.remove());

        const tool = (...args: string[]) =>
          folder.command(
            'pkcs11-tool',
            ['--module', token.library, '--token-label', 'test', '--login', '--pin', userPin, ...args],
            token.environment,
          );

        it('is listed with its mechanisms and says that it is for tests', async () => {
          expect(
            await folder.command('pkcs11-tool', ['--module', token.library, '-L', '-I'], token.environment),
          ).toContain('FOR TESTS ONLY');
          expect(await tool('-M')).toMatch(/GOSTR3410-WITH-GOSTR3411-12-512.*sign, verify/);
        });

        it.each<['gost2012-256' | 'gost2012-512', string, string, string]>([
          ['gost2012-256', 'GOSTR3410-2012-256:B', 'GOSTR3410-WITH-GOSTR3411-12-256', '77'],
          ['gost2012-512', 'GOSTR3410-2012-512:A', 'GOSTR3410-WITH-GOSTR3411-12-512', '78'],
        ])(
          'makes a key of kind %s and signs with it: we verify; we sign: it verifies',
          async (scheme, type, mechanism, id) => {
            expect(await tool('--keypairgen', '--key-type', type, '--label', type, '--id', id)).toContain(
              'never extractable',
            );
            await folder.write('data', data);
            await tool('--sign', '-m', mechanism, '--id', id, '-i', 'data', '-o', 'signature');
            await using(type, async (signer) => {
              const signature = await folder.read('signature');
              expect(holds(signer.publicKey, scheme, data, signature)).toBe(true);
              await folder.write('ours', await signer.sign(data, scheme));
              const verified = await tool(
                '--verify',
                '-m',
                mechanism,
                '--id',
                id,
                '-i',
                'data',
                '--signature-file',
                'ours',
              );
              expect(verified).toContain('Signature is valid');
            });
          },
        );

        it('signs a digest by CKM_GOSTR3410, and we verify the signature over the data', async () => {
          await tool('--keypairgen', '--key-type', 'GOSTR3410-2012-256:C', '--label', 'digest', '--id', '79');
          await folder.write('digest', digest('streebog256', data));
          await tool('--sign', '-m', 'GOSTR3410', '--id', '79', '-i', 'digest', '-o', 'signature');
          await using('digest', async (signer) => {
            expect(holds(signer.publicKey, 'gost2012-256', data, await folder.read('signature'))).toBe(true);
          });
        });
      },
    );
  },
);
