import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../../src/token/key-file.ts';
import { holds } from '../../src/token/verify.ts';
import { Openssl, whyNoEngine } from '../authority/openssl.ts';

const data = Buffer.from('Вход в портал');
const password = () => Uint8Array.from(Buffer.from('s3cret'));

describe.skipIf(whyNoEngine)(
  `GOST key files made by openssl${whyNoEngine ? ` (skipped: ${whyNoEngine})` : ''}`,
  () => {
    let openssl: Openssl;
    let folder: string;
    beforeAll(async () => {
      openssl = new Openssl();
      folder = await mkdtemp(join(tmpdir(), 'sealgate-key-'));
    });
    afterAll(async () => {
      openssl.close();
      await rm(folder, { recursive: true, force: true });
    });

    /** Makes a file with openssl and puts it where we can open it. */
    async function file(name: string): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, openssl.read(name));
      return path;
    }

    describe.each([
      ['gost2012_256', 'XA', 'gost2012-256'],
      ['gost2012_256', 'TCA', 'gost2012-256'],
      ['gost2012_512', 'A', 'gost2012-512'],
      ['gost2012_512', 'C', 'gost2012-512'],
    ] as const)('%s on %s', (algorithm, parameters, scheme) => {
      beforeAll(async () => {
        const made = await openssl.run(
          'genpkey',
          '-algorithm',
          algorithm,
          '-pkeyopt',
          `paramset:${parameters}`,
          '-out',
          'key.pem',
        );
        expect(made.passed).toBe(true);
        await openssl.run(
          'req',
          '-x509',
          '-key',
          'key.pem',
          '-subj',
          '/CN=GOST',
          '-days',
          '9',
          '-out',
          'key.crt',
        );
      });

      async function signsWith(path: string, secret?: Uint8Array): Promise<void> {
        const signer = await openKeyFile(path, { password: secret });
        expect(signer.schemes).toEqual([scheme]);
        expect(holds(signer.publicKey, scheme, data, await signer.sign(data, scheme))).toBe(true);
        await signer.close();
      }

      it('PKCS#8: signs, and openssl accepts the signature', async () => {
        const path = await file('key.pem');
        await signsWith(path);
        const signer = await openKeyFile(path);
        openssl.write('data', data);
        openssl.write('signature', await signer.sign(data, scheme));
        await signer.close();
        const hash = scheme === 'gost2012-256' ? 'md_gost12_256' : 'md_gost12_512';
        const checked = await openssl.run(
          'dgst',
          `-${hash}`,
          '-prverify',
          'key.pem',
          '-signature',
          'signature',
          'data',
        );
        expect(checked.text).toContain('Verified OK');
      });

      it('encrypted PKCS#8: opens with its password, and with another it does not', async () => {
        await openssl.run(
          'pkcs8',
          '-topk8',
          '-in',
          'key.pem',
          '-v2',
          'aes-256-cbc',
          '-passout',
          'pass:s3cret',
          '-out',
          'key.enc.pem',
        );
        const path = await file('key.enc.pem');
        await signsWith(path, password());
        await expect(openKeyFile(path, { password: Buffer.from('secret') })).rejects.toMatchObject({
          code: 'key_file_password_incorrect',
        });
      });

      it('PKCS#12: opens with key and certificate', async () => {
        const ciphers = ['-keypbe', 'AES-256-CBC', '-certpbe', 'AES-256-CBC', '-macalg', 'sha256'];
        const made = await openssl.run(
          'pkcs12',
          '-export',
          '-inkey',
          'key.pem',
          '-in',
          'key.crt',
          ...ciphers,
          '-passout',
          'pass:s3cret',
          '-out',
          'key.p12',
        );
        expect(made.passed).toBe(true);
        const path = await file('key.p12');
        await signsWith(path, password());
        const signer = await openKeyFile(path, { password: password() });
        expect(signer.certificate).toBeDefined();
        await signer.close();
      });
    });
  },
);
