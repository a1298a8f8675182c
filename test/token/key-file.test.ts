import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import forge from 'node-forge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../../src/token/key-file.ts';
import { holds } from '../../src/token/verify.ts';
import { noOpenssl, OpensslFolder } from './openssl.ts';

const data = Buffer.from('Sealgate');
const password = () => Uint8Array.from(Buffer.from('s3cret'));

describe.skipIf(noOpenssl)(`key files made by openssl${noOpenssl ? ` (skipped: ${noOpenssl})` : ''}`, () => {
  let openssl: OpensslFolder;
  const path = (name: string) => join(openssl.path, name);
  const kinds: [string, string[]][] = [
    ['rsa', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
    ['p256', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['p521', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521']],
    ['ed25519', ['-algorithm', 'ED25519']],
  ];
  beforeAll(async () => {
    openssl = await OpensslFolder.make();
    await openssl.makeAuthority();
    for (const [name, options] of kinds) {
      await openssl.run('genpkey', ...options, '-out', `${name}.pem`);
      await openssl.run(
        'req',
        '-new',
        '-key',
        `${name}.pem`,
        '-subj',
        `/CN=${name}`,
        '-outform',
        'DER',
        '-out',
        `${name}.csr`,
      );
      await openssl.write(`${name}.crt.der`, await openssl.certify(await openssl.read(`${name}.csr`)));
      await openssl.run('x509', '-inform', 'DER', '-in', `${name}.crt.der`, '-out', `${name}.crt`);
    }
  });
  afterAll(() => openssl.remove());

  async function signsWith(file: string, secret?: Uint8Array): Promise<void> {
    const signer = await openKeyFile(path(file), { password: secret });
    for (const scheme of signer.schemes) {
      expect(holds(signer.publicKey, scheme, data, await signer.sign(data, scheme))).toBe(true);
    }
    await signer.close();
    await expect(signer.sign(data, signer.schemes[0] ?? 'ed25519')).rejects.toThrow('closed');
  }

  describe.each(kinds)('%s', (name) => {
    it('PKCS#8 in PEM and in DER: signs in every scheme, and no more once closed', async () => {
      await openssl.run(
        'pkcs8',
        '-topk8',
        '-nocrypt',
        '-in',
        `${name}.pem`,
        '-outform',
        'DER',
        '-out',
        `${name}.der`,
      );
      await signsWith(`${name}.pem`);
      await signsWith(`${name}.der`);
    });

    it('encrypted PKCS#8: opens with its password; with another or none: key_file_password_incorrect', async () => {
      await openssl.run(
        'pkcs8',
        '-topk8',
        '-in',
        `${name}.pem`,
        '-passout',
        'pass:s3cret',
        '-out',
        `${name}.enc.pem`,
      );
      await signsWith(`${name}.enc.pem`, password());
      for (const wrong of [undefined, Buffer.from('secret')]) {
        await expect(openKeyFile(path(`${name}.enc.pem`), { password: wrong })).rejects.toMatchObject({
          code: 'key_file_password_incorrect',
        });
      }
    });

    it.each(['AES-256-CBC', 'PBE-SHA1-3DES'])(
      'PKCS#12 by %s: signs, with certificate and chain; wrong password: refused',
      async (cipher) => {
        const out = `${name}.${cipher}.p12`;
        await openssl.run(
          'pkcs12',
          '-export',
          '-inkey',
          `${name}.pem`,
          '-in',
          `${name}.crt`,
          '-certfile',
          'ca.crt',
          '-keypbe',
          cipher,
          '-certpbe',
          cipher,
          '-passout',
          'pass:s3cret',
          '-out',
          out,
        );
        await signsWith(out, password());
        const signer = await openKeyFile(path(out), { password: password() });
        expect(
          Buffer.compare(signer.certificate ?? new Uint8Array(), await openssl.read(`${name}.crt.der`)),
        ).toBe(0);
        expect(signer.chain).toHaveLength(1);
        await signer.close();
        await expect(openKeyFile(path(out), { password: Buffer.from('secret') })).rejects.toMatchObject({
          code: 'key_file_password_incorrect',
        });
      },
    );
  });

  describe('with a password that is not ASCII', () => {
    const secret = 'Пароль-№1';
    const utf8 = () => Uint8Array.from(Buffer.from(secret));
    const scheme = {
      PBES2: 'AES-256-CBC',
      'the old scheme': 'PBE-SHA1-3DES',
      'the oldest scheme': 'PBE-SHA1-RC2-40',
    };

    it.each<[string, string, string, string[]]>([
      ['PBES2', scheme.PBES2, scheme.PBES2, []],
      ['the old scheme', scheme['the old scheme'], scheme['the old scheme'], []],
      [
        'PBES2 for the key and the old scheme for the certificate',
        scheme.PBES2,
        scheme['the old scheme'],
        [],
      ],
      [
        'the oldest scheme for the certificate',
        scheme['the old scheme'],
        scheme['the oldest scheme'],
        ['-legacy'],
      ],
      ['PBES2, without a MAC', scheme.PBES2, scheme.PBES2, ['-nomac']],
      ['PBES2, with the certificate in the clear', scheme.PBES2, 'NONE', []],
    ])(
      'PKCS#12 under %s: opens; with another password: key_file_password_incorrect',
      async (_, key, certificate, more) => {
        const encryption = ['-keypbe', key, '-certpbe', certificate, ...more];
        const input = ['-inkey', 'p256.pem', '-in', 'p256.crt', '-passout', `pass:${secret}`];
        await openssl.run('pkcs12', '-export', ...encryption, ...input, '-out', 'cyrillic.p12');
        await signsWith('cyrillic.p12', utf8());
        const wrong = openKeyFile(path('cyrillic.p12'), { password: Buffer.from('Пароль-№2') });
        await expect(wrong).rejects.toMatchObject({ code: 'key_file_password_incorrect' });
      },
    );

    it('PKCS#12 of OpenSSL before 1.1.0, which took each octet for a character: opens', async () => {
      const key = forge.pki.privateKeyFromPem(
        createPrivateKey(await openssl.read('rsa.pem'))
          .export({ type: 'pkcs1', format: 'pem' })
          .toString(),
      );
      const octets = Buffer.from(secret).toString('latin1');
      const file = forge.pkcs12.toPkcs12Asn1(key, [], octets, {
        algorithm: '3des',
        generateLocalKeyId: false,
      });
      await openssl.write('old.p12', Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1'));
      await signsWith('old.p12', utf8());
    });

    it('PKCS#8: opens', async () => {
      const input = ['-in', 'p256.pem', '-passout', `pass:${secret}`];
      for (const encryption of [['-v2', 'aes256'], ['-v1', 'PBE-SHA1-3DES'], ['-scrypt']]) {
        await openssl.run('pkcs8', '-topk8', ...encryption, ...input, '-out', 'cyrillic.pem');
        await signsWith('cyrillic.pem', utf8());
        const wrong = openKeyFile(path('cyrillic.pem'), { password: Buffer.from('Пароль-№2') });
        await expect(wrong).rejects.toMatchObject({ code: 'key_file_password_incorrect' });
      }
    });
  });

  it('PKCS#1 and SEC 1, also in the old encrypted form: signs', async () => {
    await openssl.run('rsa', '-in', 'rsa.pem', '-traditional', '-out', 'pkcs1.pem');
    await openssl.run('ec', '-in', 'p256.pem', '-out', 'sec1.pem');
    await openssl.run(
      'rsa',
      '-in',
      'rsa.pem',
      '-traditional',
      '-aes256',
      '-passout',
      'pass:s3cret',
      '-out',
      'pkcs1.enc.pem',
    );
    await signsWith('pkcs1.pem');
    await signsWith('sec1.pem');
    await signsWith('pkcs1.enc.pem', password());
    await expect(openKeyFile(path('pkcs1.enc.pem'))).rejects.toMatchObject({
      code: 'key_file_password_incorrect',
    });
  });

  it('key and certificate in one PEM file: the certificate of that key is found, and another one is not taken for it', async () => {
    const both = Buffer.concat([
      await openssl.read('p256.pem'),
      await openssl.read('ca.crt'),
      await openssl.read('p256.crt'),
    ]);
    await openssl.write('both.pem', both);
    const signer = await openKeyFile(path('both.pem'));
    expect(Buffer.compare(signer.certificate ?? new Uint8Array(), await openssl.read('p256.crt.der'))).toBe(
      0,
    );
    expect(signer.chain).toHaveLength(1);
    await openssl.write(
      'other.pem',
      Buffer.concat([await openssl.read('p256.pem'), await openssl.read('rsa.crt')]),
    );
    expect((await openKeyFile(path('other.pem'))).certificate).toBeUndefined();
  });

  it('a key on a curve that is not accepted: algorithm_forbidden', async () => {
    await openssl.run(
      'genpkey',
      '-algorithm',
      'EC',
      '-pkeyopt',
      'ec_paramgen_curve:secp256k1',
      '-out',
      'k1.pem',
    );
    await expect(openKeyFile(path('k1.pem'))).rejects.toMatchObject({ code: 'algorithm_forbidden' });
  });

  it.each([
    ['a certificate only', async () => openssl.read('p256.crt')],
    ['nothing', async () => Buffer.alloc(0)],
    ['text', async () => Buffer.from('Sealgate')],
    ['half a key', async () => (await openssl.read('p256.der')).subarray(0, 40)],
    ['a container that is cut off', async () => (await openssl.read('rsa.AES-256-CBC.p12')).subarray(0, 400)],
    ['two megabytes', async () => Buffer.alloc(2 * 1024 * 1024, 0x30)],
  ])('holding %s: key_file_invalid', async (_, content) => {
    await openssl.write('bad', await content());
    await expect(openKeyFile(path('bad'), { password: password() })).rejects.toMatchObject({
      code: 'key_file_invalid',
    });
  });

  it('that is not there: key_file_invalid', async () => {
    await expect(openKeyFile(path('absent.pem'))).rejects.toMatchObject({ code: 'key_file_invalid' });
  });
});
