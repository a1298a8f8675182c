import { afterAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import type { DetailName } from '../../src/failure/details.ts';
import { Checks } from '../../src/report/check.ts';
import { type SignatureRules, verifySignature } from '../../src/signature/verify.ts';
import { caught } from '../failure-code.ts';
import { type KeyKind, Openssl } from './openssl.ts';

const openssl = new Openssl();
afterAll(() => openssl.close());

const content = Buffer.from('Sign in to the portal, вход на портал\n');
const login: SignatureRules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

/** Code of the refusal, or `passed`; with `detail`, the value of that detail instead. */
function outcome(
  message: Uint8Array,
  rules: SignatureRules = login,
  expected: Uint8Array = content,
  detail?: DetailName,
): unknown {
  try {
    verifySignature(message, expected, rules, new Checks(), new Budget());
    return 'passed';
  } catch (error) {
    const { code, details } = caught(error);
    return detail === undefined ? code : details[detail];
  }
}

const signers = new Map<KeyKind, string>();
function signer(kind: KeyKind): string {
  const name = signers.get(kind) ?? openssl.signer(kind);
  signers.set(kind, name);
  return name;
}

const attached = ['-nodetach', '-cades'];

describe('messages made by openssl', () => {
  it.each<[KeyKind, string[]]>([
    ['RSA 2048', ['-md', 'sha256']],
    ['RSA 2048', ['-md', 'sha512']],
    ['RSA 2048', ['-md', 'sha256', '-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:32']],
    ['RSA 2048', ['-md', 'sha384', '-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:20']],
    ['P-256', ['-md', 'sha256']],
    ['P-384', ['-md', 'sha384']],
    ['P-521', ['-md', 'sha512']],
  ])('%s %j passes attached, detached, streamed (BER) and by key identifier', (kind, options) => {
    // openssl 3.0 cannot stream RSASSA-PSS: it writes the signer before it knows the algorithm's parameters.
    const streamed = options.includes('-keyopt') ? [] : [['-nodetach', '-cades', '-stream']];
    for (const form of [attached, ['-cades'], ...streamed, [...attached, '-keyid']]) {
      expect(outcome(openssl.sign(signer(kind), content, ...form, ...options))).toBe('passed');
    }
  });

  it('-stream really makes BER, so that the case above tests it', () => {
    expect(
      openssl.sign(signer('P-256'), content, '-nodetach', '-cades', '-stream').subarray(0, 2).toString('hex'),
    ).toBe('3080');
  });

  it('reports the signer, the claimed time and no concession', () => {
    const before = Date.now();
    const result = verifySignature(
      openssl.sign(signer('P-256'), content, ...attached),
      content,
      login,
      new Checks(),
      new Budget(),
    );
    expect(result.signer.sha256).toBe(parseCertificate(openssl.certificate(signer('P-256'))).sha256);
    expect(Math.abs((result.signingTime ?? 0) - before)).toBeLessThan(60_000);
    expect(result.concessions).toEqual([]);
  });
});

describe('refusals, each beside the near miss that passes', () => {
  it('other content: signature_content_mismatch, attached and detached', () => {
    const other = Buffer.from('Sign in to another portal');
    expect(outcome(openssl.sign(signer('P-256'), other, ...attached))).toBe('signature_content_mismatch');
    expect(outcome(openssl.sign(signer('P-256'), other, '-cades'))).toBe('signature_content_mismatch');
    expect(outcome(openssl.sign(signer('P-256'), other, '-cades'), login, other)).toBe('passed');
  });

  it('content in UTF-16LE: refused by name, and accepted where the policy says so, with a concession', () => {
    const wide = Buffer.from(content.toString(), 'utf16le');
    const marked = Buffer.concat([Uint8Array.of(0xff, 0xfe), wide]);
    for (const text of [wide, marked]) {
      for (const form of [attached, ['-cades']]) {
        const message = openssl.sign(signer('P-256'), text, ...form);
        expect(outcome(message)).toBe('signature_content_mismatch');
        expect(outcome(message, login, content, 'encoding')).toBe('UTF-16LE');
        const result = verifySignature(
          message,
          content,
          { ...login, acceptsUtf16Content: true },
          new Checks(),
          new Budget(),
        );
        expect(result.concessions).toEqual(['utf-16-content']);
      }
    }
    const swapped = openssl.sign(signer('P-256'), Buffer.from(wide).swap16(), ...attached);
    expect(outcome(swapped, { ...login, acceptsUtf16Content: true })).toBe('signature_content_mismatch');
  });

  it('no signing-certificate attribute: refused, and accepted where the policy says so, with a concession', () => {
    const message = openssl.sign(signer('P-256'), content, '-nodetach');
    expect(outcome(message)).toBe('signature_attributes_missing');
    expect(outcome(message, login, content, 'attributes')).toEqual(['signing-certificate']);
    const result = verifySignature(
      message,
      content,
      { ...login, requiresSigningCertificate: false },
      new Checks(),
      new Budget(),
    );
    expect(result.concessions).toEqual(['missing-signing-certificate']);
  });

  it('no signed attributes: signature_attributes_missing', () => {
    const message = openssl.sign(signer('P-256'), content, '-nodetach', '-noattr');
    expect(outcome(message)).toBe('signature_attributes_missing');
    expect(
      outcome(message, { ...login, requiresSignedAttributes: false, requiresSigningCertificate: false }),
    ).toBe('passed');
  });

  it('two signers, or none: signature_signer_count', () => {
    const second = signer('RSA 2048');
    const two = openssl.sign(
      signer('P-256'),
      content,
      ...attached,
      '-signer',
      `${second}.pem`,
      '-inkey',
      `${second}.key`,
    );
    expect(outcome(two, login, content, 'count')).toBe(2);
    const none = openssl.run('crl2pkcs7', '-nocrl', '-certfile', `${second}.pem`, '-outform', 'DER');
    expect(outcome(none)).toBe('signature_signer_count');
  });

  it('no certificate: signer_certificate_missing, and passes where it is known', () => {
    const message = openssl.sign(signer('P-256'), content, ...attached, '-nocerts');
    expect(outcome(message)).toBe('signer_certificate_missing');
    const known = parseCertificate(openssl.certificate(signer('P-256')));
    expect(verifySignature(message, content, login, new Checks(), new Budget(), [known]).signer).toBe(known);
  });

  it('another certificate of the same name, serial number and key: signer_certificate_substituted', () => {
    const name = openssl.signer('RSA 2048', '/CN=twin');
    const twin = (days: string) =>
      openssl.run(
        'req',
        '-x509',
        '-new',
        '-key',
        `${name}.key`,
        '-subj',
        '/CN=twin',
        '-set_serial',
        '77',
        '-days',
        days,
        '-out',
        `${name}.pem`,
      );
    twin('30');
    const message = openssl.sign(name, content, ...attached);
    const genuine = openssl.certificate(name);
    expect(outcome(message)).toBe('passed');
    twin('31');
    const substitute = openssl.certificate(name);
    expect(substitute.length).toBe(genuine.length);
    const at = message.indexOf(genuine);
    const forged = Buffer.concat([
      message.subarray(0, at),
      substitute,
      message.subarray(at + genuine.length),
    ]);
    expect(outcome(forged)).toBe('signer_certificate_substituted');
    const unnamed = openssl.sign(name, content, '-nodetach');
    expect(outcome(unnamed, { ...login, requiresSigningCertificate: false })).toBe('passed');
  });

  it.each<[string, KeyKind, string[]]>([
    ['SHA-1', 'P-256', ['-md', 'sha1']],
    ['SHA-224', 'P-256', ['-md', 'sha224']],
    ['RSA with 1024 bits', 'RSA 1024', ['-md', 'sha256']],
    ['EC curve 1.3.132.0.10', 'secp256k1', ['-md', 'sha256']],
  ])('%s: algorithm_forbidden, naming what was used', (name, kind, options) => {
    const message = openssl.sign(signer(kind), content, '-nodetach', ...options);
    const rules = { ...login, requiresSigningCertificate: false };
    expect(outcome(message, rules)).toBe('algorithm_forbidden');
    expect(outcome(message, rules, content, 'algorithm')).toBe(name);
  });

  it('a changed signature value: signature_invalid', () => {
    const message = openssl.sign(signer('RSA 2048'), content, ...attached);
    message[message.length - 1]! ^= 1;
    expect(outcome(message)).toBe('signature_invalid');
  });

  it('content that could pass for signed attributes: signature_attributes_ambiguous', () => {
    const contentType = '301806092a864886f70d010903310b06092a864886f70d010701';
    const attributes = Buffer.from(`311a${contentType}`, 'hex');
    const message = openssl.sign(signer('P-256'), attributes, ...attached);
    expect(outcome(message, login, attributes)).toBe('signature_attributes_ambiguous');
    const harmless = Buffer.concat([attributes, Uint8Array.of(0)]);
    expect(outcome(openssl.sign(signer('P-256'), harmless, ...attached), login, harmless)).toBe('passed');
  });

  it('another content type than data: signature_content_mismatch', () => {
    const message = openssl.sign(
      signer('P-256'),
      content,
      ...attached,
      '-econtent_type',
      '1.2.840.113549.1.9.16.1.4',
    );
    expect(outcome(message)).toBe('signature_content_mismatch');
  });
});
