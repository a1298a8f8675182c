import { describe, expect, it } from 'vitest';
import { paintFor } from '../../src/terminal/table.ts';
import { validateCertificate } from '../../src/validation/certificate.ts';
import { verdictTree } from '../../src/validation/tree.ts';
import {
  authority,
  commonName,
  issue,
  newKeys,
  simpleChain,
  usage,
  usualTime,
} from '../path/certificates.ts';
import { listOf } from './list.ts';

const { root, middle, signer, keys } = simpleChain();
const paint = paintFor({});

function question(changes: Partial<Parameters<typeof validateCertificate>[0]> = {}) {
  return {
    certificate: signer.der,
    anchors: [root.der],
    untrusted: [middle.der],
    lists: [],
    answers: [],
    at: usualTime,
    profile: 'rfc5280',
    language: 'en',
    ...changes,
  } as const;
}

const goodLists = [
  listOf({ issuer: commonName('Authority'), signer: keys.middle }),
  listOf({ issuer: commonName('Root'), signer: keys.root }),
];

describe('a verdict', () => {
  it('passes by the path alone where nothing about revocation is given, and says so', async () => {
    const verdict = await validateCertificate(question());
    expect(verdict).toMatchObject({
      indication: 'TOTAL-PASSED',
      revocation: 'unchecked',
      anchor: 'CN=Root',
      path: [{ subject: 'CN=Signer' }, { subject: 'CN=Authority' }],
    });
    expect(verdict.checks.at(-1)).toMatchObject({ name: 'revocation.status', outcome: 'skipped' });
  });

  it('passes with a list for every certificate of the path', async () => {
    const verdict = await validateCertificate(question({ lists: goodLists }));
    expect(verdict).toMatchObject({ indication: 'TOTAL-PASSED', revocation: 'good' });
  });

  it('stays open where one of the lists is missing', async () => {
    const verdict = await validateCertificate(question({ lists: goodLists.slice(0, 1) }));
    expect(verdict).toMatchObject({
      indication: 'INDETERMINATE',
      subIndication: 'CERTIFICATE_CHAIN_GENERAL_FAILURE',
      failure: { code: 'revocation_undetermined' },
      revocation: 'undetermined',
    });
  });

  it('fails where a list names the certificate', async () => {
    const revoked = listOf({
      issuer: commonName('Authority'),
      signer: keys.middle,
      revoked: [signer.fields.serialNumber],
    });
    const verdict = await validateCertificate(question({ lists: [revoked, goodLists[1]!] }));
    expect(verdict).toMatchObject({
      indication: 'TOTAL-FAILED',
      subIndication: 'REVOKED',
      failure: { code: 'certificate_revoked', stage: 'revocation' },
    });
  });

  it('takes the next path where revocation refuses the first', async () => {
    const otherKeys = newKeys();
    const otherRoot = issue({
      subject: commonName('Other Root'),
      issuer: commonName('Other Root'),
      keys: otherKeys,
      signer: otherKeys,
    });
    const crossed = issue({
      subject: commonName('Authority'),
      issuer: commonName('Other Root'),
      keys: keys.middle,
      signer: otherKeys,
      notBefore: new Date('2025-01-01T00:00:00Z'),
      extensions: authority(),
    });
    const revokesMiddle = listOf({
      issuer: commonName('Root'),
      signer: keys.root,
      revoked: [middle.fields.serialNumber],
    });
    const lists = [
      goodLists[0]!,
      revokesMiddle,
      listOf({ issuer: commonName('Other Root'), signer: otherKeys }),
    ];
    const untrusted = [middle.der, crossed.der];
    const anchors = [root.der, otherRoot.der];
    const verdict = await validateCertificate(question({ untrusted, anchors, lists }));
    expect(verdict).toMatchObject({ indication: 'TOTAL-PASSED', anchor: 'CN=Other Root' });
  });

  it('on octets that are no certificate is a verdict too', async () => {
    const verdict = await validateCertificate(question({ certificate: Uint8Array.of(0x30, 0) }));
    expect(verdict).toMatchObject({
      indication: 'INDETERMINATE',
      failure: { code: 'certificate_malformed' },
    });
    expect(verdict.certificate).toBeUndefined();
  });

  it('is not disturbed by rubbish in the pool, which the report names', async () => {
    const verdict = await validateCertificate(question({ untrusted: [Uint8Array.of(1), middle.der] }));
    expect(verdict.indication).toBe('TOTAL-PASSED');
    expect(verdict.checks[0]).toMatchObject({ name: 'path.candidate', code: 'certificate_malformed' });
  });

  it('is in the language asked for, and is JSON', async () => {
    const verdict = await validateCertificate(question({ at: signer.notAfter + 1000, language: 'ru' }));
    const read = JSON.parse(JSON.stringify(verdict)) as { failure: { title: string; details: unknown } };
    expect(read.failure.title).toBe('Срок действия сертификата истёк');
    expect(read.failure.details).toMatchObject({ notAfter: new Date(signer.notAfter).toISOString() });
  });
});

describe('the tree', () => {
  it('shows each certificate of each path with its checks', async () => {
    const tree = verdictTree(await validateCertificate(question({ lists: goodLists })), 'en', paint);
    expect(tree).toContain('TOTAL-PASSED');
    expect(tree).toMatch(/✓ path 1\n│ {2}├─ CN=Root \(anchor\)\n│ {2}├─ CN=Authority\n/);
    expect(tree).toMatch(/└─ revocation as of 20[^\n]+Z\n {3}├─ ✓ revocation list/);
  });

  it('shows what failed, where, with cause and remedy', async () => {
    const verdict = await validateCertificate(question({ anchors: [], untrusted: [middle.der, root.der] }));
    const tree = verdictTree(verdict, 'en', paint);
    expect(tree).toContain('[root_untrusted]');
    expect(tree).toMatch(/✗ search for the issuer \(root_untrusted, Root\): (CN=)?Signer/);
  });

  it('cannot be forged by names', async () => {
    const target = issue({
      subject: commonName('Signer\n└─ ✓ path 1\u202e'),
      issuer: commonName('Authority'),
      keys: keys.signer,
      signer: keys.middle,
      extensions: [usage(0xc0)],
    });
    const tree = verdictTree(await validateCertificate(question({ certificate: target.der })), 'en', paint);
    expect(tree).toContain('Signer\\u{a}');
    expect(tree).not.toContain('\u202e');
  });
});
