import { afterAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { XmlSignatureError } from '../../src/xml/signature-element.ts';
import { verifyEnveloped } from '../../src/xml/verify.ts';
import { Openssl, whyNoEngine } from '../authority/openssl.ts';
import { createMinistry, signList } from '../trust-list/authority.ts';
import { ask, missing } from './tool.ts';

const limits = { octets: 1_000_000, depth: 16, elements: 10_000, attributes: 16 };
const plain = '<list xmlns:q="urn:q"><entry q:a="1">один</entry></list>';

function verify(document: string) {
  return verifyEnveloped(Buffer.from(document), limits, currentAlgorithms, new Budget());
}

describe.each([
  ['gost2012-256', 'gostr34102012-gostr34112012-256', 'md_gost12_256'],
  ['gost2012-512', 'gostr34102012-gostr34112012-512', 'md_gost12_512'],
] as const)('a signature with %s', (kind, name, digest) => {
  const openssl = new Openssl();
  afterAll(() => openssl.close());

  it('is verified by its name in the state’s systems', async () => {
    const ministry = await createMinistry(kind);
    const signed = Buffer.from(await signList(ministry, plain)).toString();
    expect(signed).toContain(`urn:ietf:params:xml:ns:cpxmlsec:algorithms:${name}`);
    expect(Buffer.from(verify(signed).content).toString()).toContain('один');
    expect(() => verify(signed.replace('один', 'одна'))).toThrow(XmlSignatureError);
  });

  const reason = missing('xmllint', 'libxml2-utils') || whyNoEngine;
  it.skipIf(reason)(`holds by libxml2 and OpenSSL too${reason ? ` (skipped: ${reason})` : ''}`, async () => {
    const ministry = await createMinistry(kind);
    const signed = Buffer.from(await signList(ministry, plain)).toString();
    const signedInfo = /<SignedInfo>.*<\/SignedInfo>/s.exec(signed)?.[0] ?? '';
    const alone = signedInfo.replace(
      '<SignedInfo>',
      '<SignedInfo xmlns="http://www.w3.org/2000/09/xmldsig#">',
    );
    const value = /<SignatureValue>([^<]*)/.exec(signed)?.[1] ?? '';
    const document = signed.replace(/<Signature .*<\/Signature>/s, '');
    const content = openssl.write('content', ask('xmllint', ['--exc-c14n', '-'], document));
    const hashed = await openssl.run('dgst', `-${digest}`, '-binary', '-out', 'hash', content);
    expect(hashed).toMatchObject({ passed: true });
    expect(signedInfo).toContain(`<DigestValue>${openssl.read('hash').toString('base64')}</DigestValue>`);
    openssl.writeCertificates('signer.pem', ministry.signer.certificate);
    openssl.write('value', Buffer.from(value, 'base64'));
    openssl.write('signed-info', ask('xmllint', ['--exc-c14n', '-'], alone));
    await openssl.run('x509', '-in', 'signer.pem', '-pubkey', '-noout', '-out', 'key.pem');
    const answer = await openssl.run(
      'dgst',
      `-${digest}`,
      '-verify',
      'key.pem',
      '-signature',
      'value',
      'signed-info',
    );
    expect(answer.text).toContain('Verified OK');
  });
});
