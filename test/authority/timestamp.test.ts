import { afterAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { createAuthority } from '../../src/authority/authority.ts';
import { Budget } from '../../src/budget/budget.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import { extendedKeyUsage, purposeOids } from '../../src/certificate/constraints.ts';
import { Checks } from '../../src/report/check.ts';
import { openMessage } from '../../src/signature/signed-message.ts';
import { verifySigner } from '../../src/signature/verify.ts';
import { judgedKinds } from './kinds.ts';
import { Openssl } from './openssl.ts';

const openssl = new Openssl();
afterAll(() => openssl.close());

async function stamp(url: string, question: Uint8Array): Promise<Buffer> {
  const response = await fetch(`${url}/tsp`, {
    method: 'POST',
    headers: { 'content-type': 'application/timestamp-query' },
    body: question,
  });
  expect(response.headers.get('content-type')).toBe('application/timestamp-reply');
  return Buffer.from(await response.arrayBuffer());
}

/** The signer of a time-stamp token whose signature holds by our own verifier. */
function verifyToken(token: Uint8Array): Certificate {
  const budget = new Budget();
  const message = openMessage(token, budget);
  const { signers, content } = message.signedData;
  const [signer] = signers;
  if (signer === undefined || content === undefined) throw new Error('token without signer or content');
  const rules = {
    algorithms: currentAlgorithms,
    requiresSignedAttributes: true,
    requiresSigningCertificate: true,
    acceptsUtf16Content: false,
  };
  return verifySigner(message, signer, content, rules, new Checks(), budget).signer;
}

describe.each(judgedKinds)('time-stamp authority on $kind', ({ kind, skip }) => {
  it.skipIf(skip)(`OpenSSL accepts its stamp${skip ? ` (skipped: ${skip})` : ''}`, async () => {
    const authority = await createAuthority({ algorithm: kind, serve: {} });
    try {
      openssl.write('data', 'stamped');
      const isGost = kind.startsWith('gost');
      const hash = isGost ? '-md_gost12_256' : '-sha256';
      await openssl.run('ts', '-query', '-data', 'data', hash, '-cert', '-out', 'question.tsq');
      openssl.write('answer.tsr', await stamp(authority.url, openssl.read('question.tsq')));
      const anchors = openssl.writeCertificates('anchors.pem', ...authority.accredited.chain);
      const verify = (...source: string[]) =>
        openssl.run('ts', '-verify', '-in', 'answer.tsr', ...source, '-CAfile', anchors);
      await openssl.run('ts', '-reply', '-in', 'answer.tsr', '-token_out', '-out', 'token.der');
      const signer = verifyToken(openssl.read('token.der'));
      expect(signer.extension(extendedKeyUsage)).toEqual(new Set([purposeOids.timeStamping]));
      expect(signer.fields.extensions.get('2.5.29.37')?.isCritical).toBe(true);
      // OpenSSL 3.0 does not verify Ed25519 in CMS at all.
      if (kind === 'ed25519') return;
      if (kind === 'rsa-pss-2048') {
        // `openssl ts` verifies by its PKCS #7 code, which does not know PSS; its CMS code does.
        const verdict = await openssl.run(
          ...['cms', '-verify', '-inform', 'DER', '-in', 'token.der', '-CAfile', anchors],
          ...['-purpose', 'timestampsign', '-out', 'info.der'],
        );
        expect(verdict.text).toContain('Verification successful');
        return;
      }
      expect((await verify('-queryfile', 'question.tsq')).text).toContain('Verification: OK');
      openssl.write('data', 'Stamped');
      expect((await verify('-data', 'data')).text).toContain('FAILED');
    } finally {
      await authority.close();
    }
  });
});

describe('time-stamp authority', () => {
  const authority = createAuthority();

  async function answerTo(question: Uint8Array): Promise<string> {
    openssl.write('answer.tsr', await (await authority).stamp(question));
    return (await openssl.run('ts', '-reply', '-in', 'answer.tsr', '-text')).text;
  }

  it.each([
    ['a SHA-1 imprint', ['-sha1'], 'unrecognized or unsupported algorithm identifier'],
    ['another policy', ['-sha256', '-tspolicy', '1.2.3.4'], 'the requested TSA policy is not supported'],
  ])('refuses %s', async (_, options, reason) => {
    openssl.write('data', 'stamped');
    await openssl.run('ts', '-query', '-data', 'data', ...options, '-out', 'question.tsq');
    const text = await answerTo(openssl.read('question.tsq'));
    expect(text).toContain('Rejected');
    expect(text).toContain(reason);
  });

  it('refuses octets that are no question', async () => {
    expect(await answerTo(Buffer.from('hello'))).toContain('the data submitted has the wrong format');
  });
});
