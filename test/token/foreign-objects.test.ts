import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { noOpenssl, noPkcs11Tool, OpensslFolder } from './openssl.ts';
import { noSoftHsm, pin, type TestToken, testToken, userPin } from './softhsm.ts';

const reason = noSoftHsm ?? noPkcs11Tool ?? noOpenssl;
const data = Buffer.from('Sealgate');

describe.skipIf(reason)(
  `objects that pkcs11-tool has written to SoftHSM${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let token: TestToken;
    let folder: OpensslFolder;
    beforeEach(async () => {
      token = await testToken();
      folder = await OpensslFolder.make();
      for (const who of ['a', 'b']) {
        await folder.run(
          'genpkey',
          '-algorithm',
          'EC',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-out',
          `${who}.pem`,
        );
        const subject = ['-subj', `/CN=Person ${who}`, '-days', '30'];
        await folder.run(
          'req',
          '-new',
          '-x509',
          '-key',
          `${who}.pem`,
          ...subject,
          '-outform',
          'DER',
          '-out',
          `${who}.cer`,
        );
        await folder.run(
          'pkcs8',
          '-topk8',
          '-nocrypt',
          '-in',
          `${who}.pem`,
          '-outform',
          'DER',
          '-out',
          `${who}.p8`,
        );
      }
    });
    afterEach(async () => {
      await token.remove();
      await folder.remove();
    });

    const write = (file: string, type: 'privkey' | 'cert', ...options: string[]) =>
      folder.command(
        'pkcs11-tool',
        [
          ...['--module', token.library, '--token-label', 'test', '--login', '--pin', userPin],
          ...['--write-object', file, '--type', type, ...options],
        ],
        token.environment,
      );
    const open = (key = {}) => token.module.signer({ pin: pin(userPin), key });
    const sha256 = async (file: string) => parseCertificate(await folder.read(file)).sha256;

    it('two keys and their certificates without CKA_ID: each certificate signs with its own key', async () => {
      for (const who of ['a', 'b']) {
        await write(`${who}.p8`, 'privkey', '--label', 'key', '--usage-sign');
        await write(`${who}.cer`, 'cert', '--label', 'key');
      }
      await expect(open()).rejects.toMatchObject({
        code: 'certificate_choice_needed',
        details: {
          certificates: expect.arrayContaining([
            expect.stringContaining('Person a'),
            expect.stringContaining('Person b'),
          ]),
        },
      });
      for (const who of ['a', 'b']) {
        const signer = await open({ fingerprint: await sha256(`${who}.cer`) });
        await expect(signer.sign(data, 'ecdsa-sha256')).resolves.toBeInstanceOf(Uint8Array);
        await signer.close();
      }
    });

    it('a certificate without CKA_ID beside a key that has one: it signs', async () => {
      await write('a.p8', 'privkey', '--label', 'key', '--id', '01', '--usage-sign');
      await write('a.cer', 'cert', '--label', 'certificate');
      const signer = await open();
      await expect(signer.sign(data, 'ecdsa-sha256')).resolves.toBeInstanceOf(Uint8Array);
      await signer.close();
    });

    it('the same certificate twice: it is one to choose from, and signs', async () => {
      await write('a.p8', 'privkey', '--label', 'key', '--id', '01', '--usage-sign');
      for (const label of ['one', 'two']) await write('a.cer', 'cert', '--label', label, '--id', '01');
      const signer = await open();
      await expect(signer.sign(data, 'ecdsa-sha256')).resolves.toBeInstanceOf(Uint8Array);
      await signer.close();
    });

    it('another key’s certificate under the identifier of ours: key_not_found names it, and not a faulty token', async () => {
      await write('a.p8', 'privkey', '--label', 'key', '--id', '01', '--usage-sign');
      await write('b.cer', 'cert', '--label', 'key', '--id', '01');
      const signer = await open();
      await expect(signer.sign(data, 'ecdsa-sha256')).rejects.toMatchObject({
        code: 'key_not_found',
        details: { certificate: expect.stringContaining('Person b'), identifier: '01' },
      });
      await signer.close();
    });

    it('two keys under one identifier, and the certificate of the second: the second signs', async () => {
      for (const who of ['a', 'b'])
        await write(`${who}.p8`, 'privkey', '--label', 'key', '--id', '01', '--usage-sign');
      await write('b.cer', 'cert', '--label', 'key', '--id', '01');
      const signer = await open();
      await expect(signer.sign(data, 'ecdsa-sha256')).resolves.toBeInstanceOf(Uint8Array);
      await signer.close();
    });

    it('a certificate for a key that the token tells nothing of: import finds the key by a trial signature', async () => {
      await write('a.p8', 'privkey', '--label', 'first', '--id', '01', '--usage-sign');
      await write('b.p8', 'privkey', '--label', 'second', '--id', '02', '--usage-sign');
      const imported = await token.module.importCertificate(token.access, await folder.read('b.cer'));
      expect(imported).toMatchObject({ isNew: true, key: { id: '02', label: 'second' } });
      const signer = await open();
      await expect(signer.sign(data, 'ecdsa-sha256')).resolves.toBeInstanceOf(Uint8Array);
      await signer.close();
    });
  },
);
