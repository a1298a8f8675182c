import { describe, expect, it } from 'vitest';
import { parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { tag } from '../../src/asn1/tag.ts';
import { encode, encodeOctetString, encodeOid, encodeSequence, encodeSetOf } from '../../src/asn1/writer.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { extendedKeyUsage } from '../../src/certificate/constraints.ts';
import { authorityInfoAccess, crlDistributionPoints } from '../../src/certificate/distribution-point.ts';
import type { ExtensionType } from '../../src/certificate/extension.ts';
import { subjectAltName } from '../../src/certificate/general-name.ts';
import { nameConstraints as constraintsType } from '../../src/certificate/name-constraints.ts';
import { certificatePolicies, policyMappings } from '../../src/certificate/policy.ts';
import { failureOf } from '../failure-code.ts';
import {
  alternativeNames,
  commonName,
  dns,
  email,
  extension,
  issue,
  type Keys,
  mappings,
  name,
  nameConstraints,
  newKeys,
  type Order,
  policies,
  purposes,
  uri,
  utf8,
} from '../path/certificates.ts';

const keys = newKeys();
const attribute = ['2.5.4.11', utf8('unit')] as const;

function make(order: Partial<Order>): Certificate {
  return issue({ subject: commonName('A'), issuer: commonName('B'), keys, signer: keys, ...order });
}

function listOf<T>(count: number, item: (at: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, at) => item(at));
}

/** The rule that is broken; the code is the same for all. */
function ruleBroken(act: () => unknown): unknown {
  const { code, details } = failureOf(act);
  expect(code).toBe('certificate_malformed');
  return details.rule;
}

describe('a name', () => {
  it('of 64 attributes is read, one of 65 is refused, whoever bears it', () => {
    const many = (count: number) => name(...listOf(count, () => attribute));
    expect(make({ subject: many(64), issuer: many(64) }).subject.attributes).toHaveLength(64);
    const rule = 'there are more than 64 attributes in a name';
    expect(ruleBroken(() => make({ subject: many(65) }))).toBe(rule);
    expect(ruleBroken(() => make({ issuer: many(65) }))).toBe(rule);
  });

  it('counts its attributes however they are grouped, and empty groups too', () => {
    const grouped = (count: number) =>
      encodeSequence(
        encodeSetOf(listOf(count, (at) => encodeSequence(encodeOid(`1.2.3.${at}`), utf8('unit')))),
      );
    expect(make({ subject: grouped(64) }).subject.attributes).toHaveLength(64);
    expect(ruleBroken(() => make({ subject: grouped(65) }))).toBe(
      'there are more than 64 attributes in a name',
    );
    const empty = encodeSequence(...listOf(240, () => encode(tag.set)));
    expect(ruleBroken(() => make({ subject: empty }))).toBe('there are more than 64 attributes in a name');
  });

  it('of 8 KiB is read, a longer one is refused', () => {
    const of = (octets: number) => {
      const overhead = commonName('x'.repeat(octets)).length - octets;
      return commonName('x'.repeat(octets - overhead));
    };
    expect(make({ subject: of(8192) }).subject.der).toHaveLength(8192);
    expect(ruleBroken(() => make({ subject: of(8193) }))).toBe('name is longer than 8192 octets');
  });
});

it('64 extensions are read, 65 are refused', () => {
  const many = (count: number) =>
    listOf(count, (at) => extension(`1.2.3.${at}`, encodeOctetString(utf8('x'))));
  expect(make({ extensions: many(64) }).fields.extensions.size).toBe(64);
  expect(ruleBroken(() => make({ extensions: many(65) }))).toBe('there are more than 64 extensions');
});

const place = (at: number) => uri(`http://ca.test/${at}`);
const point = (at: number) => encodeSequence(encode(0xa0, encode(0xa0, place(at))));
const access = (at: number) => encodeSequence(encodeOid('1.3.6.1.5.5.7.48.1'), place(at));

describe('a list in an extension is read up to its limit and refused beyond', () => {
  it.each<[string, number, ExtensionType<unknown>, (count: number) => Uint8Array]>([
    ['purposes', 64, extendedKeyUsage, (count) => purposes(...listOf(count, (at) => `1.2.3.${at}`))],
    [
      'distribution points',
      64,
      crlDistributionPoints,
      (count) => extension('2.5.29.31', encodeSequence(...listOf(count, point))),
    ],
    [
      'access descriptions',
      64,
      authorityInfoAccess,
      (count) => extension('1.3.6.1.5.5.7.1.1', encodeSequence(...listOf(count, access))),
    ],
    ['names', 4096, subjectAltName, (count) => alternativeNames(...listOf(count, (at) => dns(`a${at}`)))],
    [
      'subtrees',
      4096,
      constraintsType,
      (count) =>
        nameConstraints(
          listOf(count, (at) => email(`a${at}`)),
          [],
        ),
    ],
    ['policies', 2048, certificatePolicies, (count) => policies(...listOf(count, (at) => `1.2.3.${at}`))],
    [
      'policy mappings',
      2048,
      policyMappings,
      (count) => mappings(...listOf(count, (at) => ['1.2.3', `1.2.3.${at}`] as const)),
    ],
  ])('%s: %i', (what, most, type, encoded) => {
    expect(make({ extensions: [encoded(most)] }).extension(type)).toBeDefined();
    const beyond = make({ extensions: [encoded(most + 1)] });
    expect(ruleBroken(() => beyond.extension(type))).toBe(`there are more than ${most} ${what}`);
  });
});

it('a serial number of 64 octets is read, a longer one is refused', () => {
  const order = make({ serial: 1 });
  const of = (octets: number) => withSerial(order, new Uint8Array(octets).fill(1));
  expect(parseCertificate(of(64)).fields.serialNumber).toHaveLength(64);
  expect(ruleBroken(() => parseCertificate(of(65)))).toBe('serial number is longer than 64 octets');
});

/** The signature does not hold any more, which parsing does not ask. */
function withSerial({ fields }: Certificate, serial: Uint8Array): Uint8Array {
  const tbs = Buffer.from(fields.tbs);
  const start = tbs.indexOf(Buffer.from('a003020102', 'hex')) + 5;
  const changed = encodeSequence(
    tbs.subarray(start - 5, start),
    encode(tag.integer, serial),
    tbs.subarray(start + 3),
  );
  const [algorithm, signature] = [fields.signatureAlgorithm.der, fields.signature];
  return encodeSequence(changed, algorithm, encode(tag.bitString, Uint8Array.of(0), signature));
}

it('parameters of an algorithm of 4 KiB are read, longer ones are refused', () => {
  const keysWith = (octets: number): Keys => ({ ...keys, spki: spkiWith(octets) });
  expect(make({ keys: keysWith(4096) }).publicKey.algorithm.parameters).toHaveLength(4096);
  expect(ruleBroken(() => make({ keys: keysWith(4097) }))).toBe(
    'parameters of an algorithm are longer than 4096 octets',
  );
});

function spkiWith(octets: number): Uint8Array {
  const parameters = encodeOctetString(new Uint8Array(octets - 4));
  expect(parameters).toHaveLength(octets);
  const { key } = parsePublicKeyInfo(keys.spki);
  return encodeSequence(
    encodeSequence(encodeOid('1.2.3'), parameters),
    encode(tag.bitString, Uint8Array.of(0), key),
  );
}
