import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { Checks } from '../../src/report/check.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { makeMessage } from '../../src/signing/message.ts';
import type { KeyAlgorithm } from '../../src/token/key-pair.ts';
import { makeRequest, usageExtensions } from '../../src/token/request.ts';
import type { SignatureScheme } from '../../src/token/signer.ts';
import { noOpenssl, noPkcs11Tool, OpensslFolder } from '../token/openssl.ts';
import { generateKey, noSoftHsm, type TestToken, testToken } from '../token/softhsm.ts';

const reason = noSoftHsm ?? noOpenssl;

describe.skipIf(reason)(`CMS messages${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let token: TestToken;
  let openssl: OpensslFolder;
  const content = Buffer.from('Вход в портал\r\nSign-in');
  const signingTime = Date.UTC(2026, 1, 3, 4, 5, 6);

  beforeAll(async () => {
    token = await testToken();
    openssl = await OpensslFolder.make();
    await openssl.makeAuthority();
  });
  afterAll(async () => {
    await token.remove();
    await openssl.remove();
  });

  /** Generates a key, has its request certified and writes the certificate to the token. */
  async function enrol(algorithm: KeyAlgorithm): Promise<void> {
    await generateKey(token, algorithm);
    const signer = await token.module.signer({
      ...token.access,
      key: { label: algorithm, withoutCertificate: true },
    });
    const extensions = usageExtensions(['digitalSignature', 'nonRepudiation']);
    const request = await makeRequest({ subject: [{ type: 'CN', value: algorithm }], extensions }, signer);
    await signer.close();
    await token.module.importCertificate(token.access, await openssl.certify(request));
  }

  async function message(
    label: string,
    options: { isDetached?: boolean; scheme?: SignatureScheme } = {},
  ): Promise<Uint8Array> {
    const signer = await token.module.signer({ ...token.access, key: { label } });
    try {
      return await makeMessage(content, signer, { signingTime, ...options });
    } finally {
      await signer.close();
    }
  }

  function verifyOurselves(octets: Uint8Array) {
    const rules = {
      algorithms: currentAlgorithms,
      requiresSignedAttributes: true,
      requiresSigningCertificate: true,
      acceptsUtf16Content: false,
    };
    return verifySignature(octets, content, rules, new Checks(), new Budget());
  }

  async function verifyWithOpenssl(octets: Uint8Array, isDetached: boolean): Promise<Buffer> {
    await openssl.write('message.der', octets);
    await openssl.write('content.bin', content);
    const detached = isDetached ? ['-content', 'content.bin'] : [];
    return openssl.run(
      'cms',
      '-verify',
      '-binary',
      '-inform',
      'DER',
      '-in',
      'message.der',
      ...detached,
      '-CAfile',
      'ca.crt',
      '-purpose',
      'any',
    );
  }

  describe.each<[KeyAlgorithm, SignatureScheme[]]>([
    ['rsa-2048', ['rsa-pkcs1-sha256', 'rsa-pkcs1-sha512', 'rsa-pss-sha256', 'rsa-pss-sha384']],
    ['ec-p256', ['ecdsa-sha256']],
    ['ec-p384', ['ecdsa-sha384']],
    ['ec-p521', ['ecdsa-sha512']],
  ])('of a key of kind %s', (algorithm, schemes) => {
    beforeAll(() => enrol(algorithm));

    it.each(schemes)('attached and detached by %s: openssl and we accept them', async (scheme) => {
      for (const isDetached of [false, true]) {
        const octets = await message(algorithm, { isDetached, scheme });
        expect(await verifyWithOpenssl(octets, isDetached)).toEqual(content);
        const verified = verifyOurselves(octets);
        expect(verified.signingTime).toBe(signingTime);
        expect(verified.concessions).toEqual([]);
      }
    });
  });

  it('of an Ed25519 key: we accept it, with SHA-512 as digest', async () => {
    await enrol('ed25519');
    expect(verifyOurselves(await message('ed25519')).algorithm).toEqual({ family: 'ed25519' });
    await openssl.write('message.der', await message('ed25519'));
    const text = await openssl.run('cms', '-cmsout', '-print', '-inform', 'DER', '-in', 'message.der');
    expect(text.toString()).toContain('sha512');
  });

  it.skipIf(noPkcs11Tool)('sends along the authority’s certificate where the token holds it', async () => {
    await openssl.run('x509', '-in', 'ca.crt', '-outform', 'DER', '-out', 'ca.der');
    const template = ['--type', 'cert', '--write-object', 'ca.der', '--label', 'authority'];
    const access = [
      '--module',
      token.library,
      '--token-label',
      token.token.label,
      '--login',
      '--pin',
      '314159',
    ];
    await openssl.command('pkcs11-tool', [...access, ...template], token.environment);
    const verified = verifyOurselves(await message('ec-p256'));
    expect(verified.certificates.map(({ subject }) => subject.toString())).toEqual([
      'CN=Sealgate test authority',
    ]);
  });
});
