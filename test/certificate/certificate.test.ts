import { describe, expect, it } from 'vitest';
import { context, contextConstructed, tag } from '../../src/asn1/tag.ts';
import {
  encode,
  encodeBitString,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../src/asn1/writer.ts';
import { largestCertificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { basicConstraints, extendedKeyUsage, keyUsage } from '../../src/certificate/constraints.ts';
import { authorityInfoAccess, crlDistributionPoints } from '../../src/certificate/distribution-point.ts';
import type { ExtensionType } from '../../src/certificate/extension.ts';
import { subjectAltName } from '../../src/certificate/general-name.ts';
import { authorityKeyIdentifier } from '../../src/certificate/key-identifier.ts';
import { nameConstraints } from '../../src/certificate/name-constraints.ts';
import { certificatePolicies, policyConstraints, policyMappings } from '../../src/certificate/policy.ts';
import { privateKeyUsagePeriod } from '../../src/certificate/private-key-usage-period.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { isFailure, type SealgateError } from '../../src/error.ts';
import { explain } from '../../src/failure/explain.ts';
import { signedFields } from '../conformance/reissue.ts';
import { failureOf } from '../failure-code.ts';
import { authority, commonName, extension, integer, issueDer, newKeys, usage } from '../path/certificates.ts';

const keys = newKeys();
const der = issueDer({
  subject: commonName('Subject'),
  issuer: commonName('Issuer'),
  keys,
  signer: keys,
  serial: 0x1234,
  extensions: [...authority(3)],
});
const fields = signedFields(der);
const algorithm = encodeSequence(encodeOid('1.2.840.10045.4.3.2'));
const signature = encodeBitString(Uint8Array.of(1, 2, 3));

/** The certificate with some fields of its signed part replaced; undefined takes one out. */
function withFields(changes: Readonly<Record<number, Uint8Array | undefined>>): Uint8Array {
  const changed = fields.map((field, at) => (at in changes ? changes[at] : field));
  const signed = encodeSequence(...changed.filter((field) => field !== undefined));
  return encodeSequence(signed, algorithm, signature);
}

function ruleOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (isFailure(error, 'certificate_malformed')) return error.details.rule;
    throw error;
  }
  return undefined;
}

describe('a certificate', () => {
  it('has the fields of its encoding, as views of it', () => {
    const certificate = parseCertificate(der);
    expect(certificate.subject.toString()).toBe('CN=Subject');
    expect(certificate.issuer.toString()).toBe('CN=Issuer');
    expect(certificate.serialNumberHex).toBe('1234');
    expect(certificate.fields.version).toBe(3);
    expect(new Date(certificate.notBefore).toISOString()).toBe('2026-01-01T00:00:00.000Z');
    expect(certificate.publicKey.der.buffer).toBe(certificate.der.buffer);
    expect(certificate.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(certificate.isSelfIssued).toBe(false);
    expect(certificate.extension(basicConstraints)).toEqual({ isAuthority: true, pathLength: 3 });
    expect([...(certificate.extension(keyUsage) ?? [])]).toEqual(['keyCertSign', 'cRLSign']);
    expect(certificate.extension(extendedKeyUsage)).toBeUndefined();
  });

  it('of version 1 has no extensions', () => {
    const certificate = parseCertificate(withFields({ 0: undefined, 7: undefined }));
    expect([certificate.fields.version, certificate.fields.extensions.size]).toEqual([1, 0]);
  });

  it('becomes an anchor of its name and key', () => {
    const certificate = parseCertificate(der);
    const anchor = anchorOf(certificate, { enforcesExtensions: true });
    expect(anchor).toEqual({
      name: certificate.subject,
      publicKey: certificate.publicKey,
      certificate,
      enforcesExtensions: true,
    });
  });

  const generalizedTime = (text: string) => encode(tag.generalizedTime, Buffer.from(text));
  const utcTime = (text: string) => encode(tag.utcTime, Buffer.from(text));
  const term = (...dates: Uint8Array[]) => withFields({ 4: encodeSequence(...dates) });
  const good = utcTime('260101000000Z');

  it.each([
    ['that is cut off', der.subarray(0, -1), 'value is cut off'],
    [
      'with octets behind it',
      Buffer.concat([der, Uint8Array.of(0)]),
      'there is more than the structure allows',
    ],
    [
      'of an unknown version',
      withFields({ 0: encode(contextConstructed(0), integer(3)) }),
      'version is unknown',
    ],
    [
      'with the default version written',
      withFields({ 0: encode(contextConstructed(0), integer(0)) }),
      'default version is encoded',
    ],
    [
      'with extensions in version 2',
      withFields({ 0: encode(contextConstructed(0), integer(1)) }),
      'extensions in a certificate before version 3',
    ],
    [
      'with a unique identifier in version 1',
      withFields({ 0: undefined, 7: encode(context(1), Uint8Array.of(0, 1)) }),
      'unique identifier in a certificate of version 1',
    ],
    ['with a padded serial number', withFields({ 1: Uint8Array.of(2, 2, 0, 1) }), 'integer is not minimal'],
    [
      'with another algorithm inside',
      withFields({ 2: encodeSequence(encodeOid('1.2.840.10045.4.3.3')) }),
      'signature algorithm differs inside and outside of the signed part',
    ],
    ['with local time', term(utcTime('260101000000+0300'), good), 'time is not in UTC with seconds'],
    ['without seconds', term(utcTime('2601010000Z'), good), 'time is not in UTC with seconds'],
    ['on the thirtieth of February', term(utcTime('260230000000Z'), good), 'date does not exist'],
    [
      'with fractions of a second',
      term(generalizedTime('20260101000000.5Z'), good),
      'time has a fraction that is not allowed',
    ],
    [
      'with an empty list of extensions',
      withFields({ 7: encode(contextConstructed(3), encodeSequence()) }),
      'extensions are empty',
    ],
    [
      'with an extension twice',
      withFields({ 7: encode(contextConstructed(3), encodeSequence(usage(6), usage(6))) }),
      'extension keyUsage (2.5.29.15) occurs twice',
    ],
    [
      'of indefinite length',
      Buffer.concat([Uint8Array.of(0x30, 0x80), der.subarray(4), Uint8Array.of(0, 0)]),
      'length is indefinite',
    ],
  ])('%s is refused', (_, octets, rule) => {
    expect(ruleOf(() => parseCertificate(octets))).toBe(rule);
  });

  it('larger than the limit is refused unread', () => {
    expect(ruleOf(() => parseCertificate(new Uint8Array(largestCertificate + 1)))).toContain('larger than');
  });

  it('that any single octet was changed in never throws anything but its own failure', () => {
    for (let at = 0; at < der.length; at++) {
      const changed = Uint8Array.from(der);
      changed[at]! ^= 0x55;
      try {
        const certificate = parseCertificate(changed);
        for (const type of [basicConstraints, keyUsage, subjectAltName])
          certificate.extension(type as ExtensionType<unknown>);
        certificate.subject.toString();
      } catch (error) {
        expect(isFailure(error, 'certificate_malformed')).toBe(true);
      }
    }
  });
});

describe('an extension', () => {
  const oid = encodeOid('1.2.3');
  const uri = encode(context(6), Buffer.from('http://a.test/'));

  function read<T>(type: ExtensionType<T>, value: Uint8Array): T | undefined {
    const octets = issueDer({
      subject: commonName('S'),
      issuer: commonName('I'),
      keys,
      signer: keys,
      extensions: [extension(type.oid, value)],
    });
    return parseCertificate(octets).extension(type);
  }

  const cases: readonly (readonly [string, ExtensionType<unknown>, Uint8Array, string])[] = [
    [
      'reasons that end in zero bits',
      crlDistributionPoints,
      encodeSequence(
        encodeSequence(
          encode(contextConstructed(0), encode(contextConstructed(0), uri)),
          encode(context(1), Uint8Array.of(0, 0x40)),
        ),
      ),
      'not DER: named-bits-end-in-zero',
    ],
    [
      'key usage with padding that is not zero',
      keyUsage,
      encode(tag.bitString, Uint8Array.of(7, 0x81)),
      'padding of the bit string is not zero',
    ],
    ['no purposes', extendedKeyUsage, encodeSequence(), 'list of purposes is empty'],
    ['no policies', certificatePolicies, encodeSequence(), 'list of policies is empty'],
    [
      'a policy twice',
      certificatePolicies,
      encodeSequence(encodeSequence(oid), encodeSequence(oid)),
      'policy 1.2.3 occurs twice',
    ],
    ['no mappings', policyMappings, encodeSequence(), 'list of policy mappings is empty'],
    ['policy constraints without any', policyConstraints, encodeSequence(), 'policy constraints are empty'],
    ['name constraints without any', nameConstraints, encodeSequence(), 'name constraints are empty'],
    [
      'name constraints with an empty list',
      nameConstraints,
      encodeSequence(encode(contextConstructed(0))),
      'list of subtrees is empty',
    ],
    [
      'an issuer of the authority’s key without serial number',
      authorityKeyIdentifier,
      encodeSequence(encode(contextConstructed(1), uri)),
      'issuer and serial number of the authority key come only together',
    ],
    [
      'a private key usage period without any',
      privateKeyUsagePeriod,
      encodeSequence(),
      'private key usage period is empty',
    ],
    [
      'a distribution point that names nothing',
      crlDistributionPoints,
      encodeSequence(encodeSequence(encode(context(1), Uint8Array.of(6, 0x40)))),
      'distribution point names neither place nor issuer',
    ],
    ['no access descriptions', authorityInfoAccess, encodeSequence(), 'list of access descriptions is empty'],
    ['no alternative names', subjectAltName, encodeSequence(), 'list of names is empty'],
    [
      'an alternative name of no known kind',
      subjectAltName,
      encodeSequence(encode(context(9), Uint8Array.of(1))),
      'kind of general name is unknown',
    ],
    [
      'an alternative name that is not ASCII',
      subjectAltName,
      encodeSequence(encode(context(2), Buffer.from('é'))),
      'string is not ASCII',
    ],
    [
      'octets behind its value',
      basicConstraints,
      Buffer.concat([encodeSequence(), encodeOctetString(oid)]),
      'there is more than the structure allows',
    ],
  ];

  it.each(cases)('with %s is refused', (_, type, value, rule) => {
    expect(ruleOf(() => read(type, value))).toBe(rule);
  });

  const odd = Buffer.from('http://пример.test/a.crl');
  const address = (octets: Uint8Array) => encode(context(6), octets);

  it('with an address that is no ASCII is spoiled in that address alone', () => {
    const places = encode(contextConstructed(0), encode(contextConstructed(0), address(odd), uri));
    const [point] = read(crlDistributionPoints, encodeSequence(encodeSequence(places))) ?? [];
    expect(point?.name).toEqual({
      kind: 'full',
      names: [
        { kind: 'unreadable', value: expect.any(Uint8Array) as Uint8Array },
        { kind: 'uri', value: 'http://a.test/' },
      ],
    });
    const access = [odd, Buffer.from('http://a.test/')].map((octets) => encodeSequence(oid, address(octets)));
    const kinds = read(authorityInfoAccess, encodeSequence(...access))?.map(({ location }) => location.kind);
    expect(kinds).toEqual(['unreadable', 'uri']);
  });

  it('but a name that is no ASCII is none', () => {
    expect(ruleOf(() => read(subjectAltName, encodeSequence(address(odd))))).toMatch(/ASCII|octet/);
  });

  it('of key usage with zeros at its end says the same, and is noted', () => {
    const octets = issueDer({
      ...{ subject: commonName('S'), issuer: commonName('I'), keys, signer: keys },
      extensions: [extension(keyUsage.oid, encode(tag.bitString, Uint8Array.of(0, 0x80)), true)],
    });
    const parsed = parseCertificate(octets);
    expect([...(parsed.extension(keyUsage) ?? [])]).toEqual(['digitalSignature']);
    expect([...parsed.fields.quirks]).toEqual(['named-bits-end-in-zero']);
    const strict = read(keyUsage, encode(tag.bitString, Uint8Array.of(7, 0x80)));
    expect([...(strict ?? [])]).toEqual(['digitalSignature']);
  });

  it('is named in the failure and in its wording', () => {
    const { code, details }: SealgateError = failureOf(() => read(extendedKeyUsage, encodeSequence()));
    expect(details).toMatchObject({ where: 'extendedKeyUsage' });
    expect(explain(code, details, 'en').cause).toContain('Where: extendedKeyUsage.');
    expect(explain(code, details, 'ru').cause).toContain('Место: extendedKeyUsage.');
  });
});
