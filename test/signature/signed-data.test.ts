import { afterAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Reader } from '../../src/asn1/reader.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import {
  encode,
  encodedNull,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeUnsigned,
} from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import { Checks } from '../../src/report/check.ts';
import { contentOids } from '../../src/signature/oids.ts';
import { parseSignedData } from '../../src/signature/signed-data.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import { caught } from '../failure-code.ts';
import { Openssl } from './openssl.ts';

const openssl = new Openssl();
afterAll(() => openssl.close());

const content = Buffer.from('Sign in to the portal\n');
const rules = {
  algorithms: currentAlgorithms,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
};

const name = openssl.signer('P-256');
const plain = openssl.sign(name, content, '-cades');
const byKeyIdentifier = openssl.sign(name, content, '-cades', '-keyid');

/** The refusal with what is wrong, or `passed` with what version numbers ought to be. */
function outcome(message: Uint8Array): readonly unknown[] {
  const checks = new Checks();
  try {
    verifySignature(message, content, rules, checks, new Budget());
    const told = checks.list.filter(({ name: row }) => row === 'signature.version');
    return ['passed', ...told.map(({ details }) => details)];
  } catch (error) {
    const { code, details } = caught(error);
    return [code, details.problem];
  }
}

interface Parts {
  readonly version: Uint8Array;
  readonly digests: Uint8Array;
  readonly encapsulated: Uint8Array;
  readonly certificates: Uint8Array;
  readonly crls?: Uint8Array;
  readonly signers: Uint8Array;
}

/** The same message with other parts; none of them is signed. */
function rebuilt(message: Uint8Array, change: (parts: Parts) => Partial<Parts>): Uint8Array {
  const outer = Reader.der(message).sequence();
  outer.oid();
  const fields = outer.constructed(contextConstructed(0)).sequence();
  const [version, digests, encapsulated] = [fields.any(), fields.any(), fields.any()];
  const [certificates, signers] = [fields.any(), fields.any()];
  const parts: Parts = { version, digests, encapsulated, certificates, signers };
  const { crls, ...all } = { ...parts, ...change(parts) };
  const signedData = encodeSequence(
    all.version,
    all.digests,
    all.encapsulated,
    all.certificates,
    ...(crls === undefined ? [] : [crls]),
    all.signers,
  );
  return encodeSequence(encodeOid(contentOids.signedData), encode(contextConstructed(0), signedData));
}

function integer(value: number): Uint8Array {
  return encodeUnsigned(Uint8Array.of(value));
}

const sha256 = '2.16.840.1.101.3.4.2.1';
const sha512 = '2.16.840.1.101.3.4.2.3';

function digestsOf(...oids: readonly string[]): Partial<Parts> {
  return { digests: encode(tag.set, ...oids.map((oid) => encodeSequence(encodeOid(oid)))) };
}

/** The certificates, and beside them a value of one of the other kinds of RFC 5652, section 10.2.2. */
function withCertificateOf(kind: number, { certificates }: Parts): Partial<Parts> {
  const known = Reader.der(certificates).constructed(contextConstructed(0)).any();
  const other = encode(contextConstructed(kind), encodeOid('1.2.3'), encodedNull);
  return { certificates: encode(contextConstructed(0), known, other) };
}

const otherRevocation = {
  crls: encode(
    contextConstructed(1),
    encode(contextConstructed(1), encodeOid('1.3.6.1.5.5.7.16.2'), encodeSequence()),
  ),
};

describe('the version of SignedData (RFC 5652, section 5.1)', () => {
  const cases: readonly [string, Uint8Array, (parts: Parts) => Partial<Parts>, number][] = [
    ['plain content and signer', plain, () => ({}), 1],
    ['a signer by key identifier', byKeyIdentifier, () => ({}), 3],
    ['an attribute certificate of version 1', plain, (parts) => withCertificateOf(1, parts), 3],
    ['an attribute certificate of version 2', plain, (parts) => withCertificateOf(2, parts), 4],
    ['a certificate of another kind', plain, (parts) => withCertificateOf(3, parts), 5],
    ['revocation of another kind', plain, () => otherRevocation, 5],
  ];
  it.each(cases)(
    'with %s ought to be the one for that, and a known one is only told',
    (_, message, change, right) => {
      for (const version of [0, 1, 2, 3, 4, 5, 6]) {
        const made = rebuilt(message, (parts) => ({ ...change(parts), version: integer(version) }));
        const expected =
          version === right
            ? ['passed']
            : version > 5
              ? ['signature_malformed', `version ${version} is unknown`]
              : ['passed', { field: 'SignedData', version, required: right }];
        expect(outcome(made)).toEqual(expected);
      }
    },
  );

  it('with content of another type than data ought to be 3', () => {
    const other = openssl.sign(name, content, '-cades', '-econtent_type', '1.2.3.4');
    const versionOf = (message: Uint8Array) => parseSignedData(message).version;
    expect(versionOf(other)).toEqual({ written: 3, right: 3 });
    expect(versionOf(rebuilt(other, () => ({ version: integer(1) })))).toEqual({ written: 1, right: 3 });
    expect(outcome(other)).toEqual(['signature_content_mismatch', undefined]);
  });

  it('of a mere box of certificates, which nobody signed, is free', () => {
    for (const version of [1, 3]) {
      const box = rebuilt(plain, () => ({ version: integer(version), signers: encode(tag.set) }));
      expect(parseSignedData(box).certificates).toHaveLength(1);
    }
  });

  it('and a certificate of an unknown kind is refused', () => {
    const made = rebuilt(plain, (parts) => withCertificateOf(4, parts));
    expect(outcome(made)).toEqual(['signature_malformed', 'kind of certificate is unknown']);
  });
});

it('the version of SignerInfo ought to be 1 by name and number, 3 by key identifier (section 5.3); others are told', () => {
  const withVersion = (message: Uint8Array, version: number) =>
    rebuilt(message, ({ signers }) => {
      const fields = Reader.der(signers).set().sequence();
      fields.any();
      const rest: Uint8Array[] = [];
      while (!fields.isAtEnd) rest.push(fields.any());
      return { signers: encode(tag.set, encodeSequence(integer(version), ...rest)) };
    });
  const told = (version: number, required: number) =>
    expect.arrayContaining(['passed', { field: 'SignerInfo', version, required }]) as unknown;
  expect([0, 1, 2, 3].map((version) => outcome(withVersion(plain, version)))).toEqual([
    told(0, 1),
    ['passed'],
    told(2, 1),
    told(3, 1),
  ]);
  expect([1, 3].map((version) => outcome(withVersion(byKeyIdentifier, version)))).toEqual([
    told(1, 3),
    ['passed'],
  ]);
  expect(outcome(withVersion(plain, 6))).toEqual(['signature_malformed', 'version 6 is unknown']);
});

describe('the digests that a message announces (section 5.1)', () => {
  const unannounced = ['signature_malformed', 'digest algorithm of the signer is not announced'];

  it('have to hold the signer’s', () => {
    expect(outcome(rebuilt(plain, () => digestsOf(sha256)))).toEqual(['passed']);
    expect(outcome(rebuilt(plain, () => digestsOf(sha512)))).toEqual(unannounced);
    expect(outcome(rebuilt(plain, () => digestsOf()))).toEqual(unannounced);
  });

  it('may hold others too, which is what the RFC leaves free', () => {
    for (const more of [
      [sha512, sha256],
      [sha256, '1.2.3'],
      [sha256, sha256],
    ])
      expect(outcome(rebuilt(plain, () => digestsOf(...more)))).toEqual(['passed']);
  });

  it('are the signer’s with NULL or without parameters, and with no others', () => {
    const withParameters = (parameters: Uint8Array) => ({
      digests: encode(tag.set, encodeSequence(encodeOid(sha256), parameters)),
    });
    expect(outcome(rebuilt(plain, () => withParameters(encodedNull)))).toEqual(['passed']);
    expect(outcome(rebuilt(plain, () => withParameters(encodeOctetString(new Uint8Array()))))).toEqual(
      unannounced,
    );
  });

  it('are at most 64', () => {
    const many = (count: number) => rebuilt(plain, () => digestsOf(...Array<string>(count).fill(sha256)));
    expect(outcome(many(64))).toEqual(['passed']);
    expect(outcome(many(65))).toEqual(['signature_malformed', 'there are too many digest algorithms']);
  });
});
