import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyAlgorithm } from '../../src/token/key-pair.ts';
import { makeRequest, usageExtensions } from '../../src/token/request.ts';
import { noOpenssl, OpensslFolder } from './openssl.ts';
import { generateKey, noSoftHsm, type TestToken, testToken } from './softhsm.ts';

const reason = noSoftHsm ?? noOpenssl;

describe.skipIf(reason)(`certificate requests${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let token: TestToken;
  let openssl: OpensslFolder;
  beforeAll(async () => {
    token = await testToken();
    openssl = await OpensslFolder.make();
  });
  afterAll(async () => {
    await token.remove();
    await openssl.remove();
  });

  async function request(label: string): Promise<Uint8Array> {
    const signer = await token.module.signer({ ...token.access, key: { label, withoutCertificate: true } });
    try {
      const subject = [
        { type: 'C', value: 'RU' },
        { type: 'CN', value: 'ООО «Ромашка»' },
        { type: 'INNLE', value: '7707083893' },
        { type: '1.2.643.100.1', value: '1027700132195' },
      ];
      return await makeRequest(
        { subject, extensions: usageExtensions(['digitalSignature'], ['1.3.6.1.5.5.7.3.2']) },
        signer,
      );
    } finally {
      await signer.close();
    }
  }

  /** What openssl says of a request; its exit status is 0 even if the signature fails. */
  function check(file: string, ...options: string[]): Promise<string> {
    const args = ['req', '-inform', 'DER', '-in', file, '-verify', '-noout', ...options];
    return openssl.command('openssl', args);
  }

  const algorithms: KeyAlgorithm[] = ['rsa-2048', 'ec-p256', 'ec-p384', 'ec-p521', 'ed25519'];
  it.each(algorithms)('signed by a token key of kind %s: openssl accepts the request', async (algorithm) => {
    await generateKey(token, algorithm);
    await openssl.write('request.der', await request(algorithm));
    const text = await check('request.der', '-text', '-nameopt', 'utf8');
    expect(text).toContain('verify OK');
    expect(text).toContain('CN=ООО «Ромашка»');
    expect(text).toContain('TLS Web Client Authentication');
  });

  it('with one bit of the signature flipped: openssl refuses the request', async () => {
    const broken = Uint8Array.from(await request('ec-p256'));
    broken[broken.length - 1]! ^= 1;
    await openssl.write('broken.der', broken);
    expect(await check('broken.der')).toMatch(/verify failure/i);
  });

  it('writes each attribute with the string type that its kind asks for', async () => {
    await openssl.write('request.der', await request('ec-p256'));
    const dump = (await openssl.run('asn1parse', '-inform', 'DER', '-in', 'request.der')).toString();
    expect(dump).toMatch(/PRINTABLESTRING\s*:RU/);
    expect(dump).toMatch(/NUMERICSTRING\s*:7707083893/);
    expect(dump).toMatch(/NUMERICSTRING\s*:1027700132195/);
    expect(dump).toMatch(/UTF8STRING\s*:ООО «Ромашка»/);
  });
});
