import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tag } from '../../src/asn1/tag.ts';
import { encode } from '../../src/asn1/writer.ts';
import { Budget } from '../../src/budget/budget.ts';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { basicConstraints } from '../../src/certificate/constraints.ts';
import { anchorOf } from '../../src/certificate/trust-anchor.ts';
import { findPath } from '../../src/path/find.ts';
import { AnchorSet, CertificateSet } from '../../src/path/pool.ts';
import { genericAlgorithms, profiles } from '../../src/path/profile.ts';
import type { ValidPath } from '../../src/path/validation.ts';
import { gostPairFor, signedFields, spkiOf, withSignatureParameters } from '../conformance/reissue.ts';
import { vectors } from '../vectors.ts';
import {
  authority,
  authorityConstraints,
  commonName,
  extension,
  issueDer,
  type Keys,
  newKeys,
  usualTime,
} from './certificates.ts';

const { folder, reason, note } = vectors('russian-ca');

interface Entry {
  readonly der: string;
  readonly self_signed: boolean;
}

interface Collection {
  readonly certificates: readonly Certificate[];
  readonly pool: CertificateSet;
  readonly anchors: AnchorSet;
}

function load(): Collection {
  const json = gunzipSync(readFileSync(join(folder, 'certificates.json.gz'))).toString();
  const { certificates: entries } = JSON.parse(json) as { certificates: readonly Entry[] };
  const certificates = entries.map(({ der }) => parseCertificate(Buffer.from(der, 'base64')));
  const roots = certificates.filter((_, at) => entries[at]!.self_signed);
  return {
    certificates,
    pool: new CertificateSet(certificates),
    anchors: new AnchorSet(roots.map((root) => anchorOf(root))),
  };
}

function pathInItsTerm(target: Certificate, { pool, anchors }: Collection): ValidPath {
  return findPath({
    target,
    pool,
    anchors,
    at: target.notBefore + 86_400_000,
    profile: profiles.rfc5280,
    budget: new Budget(),
    algorithms: { ...genericAlgorithms, acceptsGost2001: true },
  });
}

function warningsOn(target: Certificate, path: ValidPath): readonly string[] {
  return path.warnings.filter(({ certificate }) => certificate === target).map(({ rule }) => rule);
}

describe('a quirk of real certificates is accepted by name and reported', () => {
  it.skipIf(reason)(`BOOLEAN true as 01 in basic constraints${note}`, () => {
    const collection = load();
    const odd = collection.certificates.filter((certificate) => {
      certificate.extension(basicConstraints);
      return certificate.fields.quirks.has('boolean-true-is-01');
    });
    expect(odd.length).toBeGreaterThan(0);
    for (const target of odd) {
      expect(target.extension(basicConstraints)?.isAuthority).toBe(true);
      expect(warningsOn(target, pathInItsTerm(target, collection))).toContain('boolean-true-is-01');
    }
  });

  it.skipIf(reason)(`key identifiers made in whatever way, since octets are compared${note}`, () => {
    const collection = load();
    const { certificates } = collection;
    const rules = certificates
      .filter((certificate) => !certificate.isSelfIssued)
      .slice(0, 40)
      .flatMap((target) => {
        try {
          return pathInItsTerm(target, collection).warnings.map(({ rule }) => rule);
        } catch {
          return [];
        }
      });
    expect(rules).not.toContain('key-identifiers-differ');
  });

  it('GeneralizedTime for dates before 2050', () => {
    const keys = newKeys();
    const der = issueDer({
      subject: commonName('Target'),
      issuer: commonName('Root'),
      keys,
      signer: keys,
      notAfter: new Date('2051-01-01T00:00:00Z'),
    });
    const regular = parseCertificate(der);
    expect([...regular.fields.quirks]).toEqual([]);
    const text = Buffer.from(der).toString('latin1').replace('20510101000000Z', '20490101000000Z');
    expect([...parseCertificate(Buffer.from(text, 'latin1')).fields.quirks]).toEqual([
      'generalized-time-before-2050',
    ]);
  });

  it('NULL as parameters of a GOST signature', () => {
    const keys = newKeys();
    const rootName = commonName('Root');
    const original = issueDer({
      subject: rootName,
      issuer: rootName,
      keys,
      signer: keys,
      extensions: authority(),
    });
    const pair = gostPairFor(spkiOf(original));
    const root = parseCertificate(withSignatureParameters(original, pair, pair));
    expect(signedFields(root.der)).toHaveLength(signedFields(original).length);
    const target = parseCertificate(
      withSignatureParameters(
        issueDer({ subject: commonName('Target'), issuer: rootName, keys, signer: keys }),
        pair,
        pair,
      ),
    );
    const path = findPath({
      target,
      pool: [],
      anchors: [anchorOf(root)],
      at: target.notBefore,
      profile: profiles.rfc5280,
      budget: new Budget(),
    });
    expect(warningsOn(target, path)).toEqual(['gost-parameters-null']);
  });
});

describe('what is no quirk known by name is refused', () => {
  it('BOOLEAN true as 02', () => {
    const keys = newKeys();
    const der = issueDer({
      subject: commonName('A'),
      issuer: commonName('A'),
      keys,
      signer: keys,
      extensions: authority(),
    });
    const text = Buffer.from(der).toString('latin1').replace('\x30\x03\x01\x01\xff', '\x30\x03\x01\x01\x02');
    const certificate = parseCertificate(Buffer.from(text, 'latin1'));
    expect(() => certificate.extension(basicConstraints)).toThrow('certificate_malformed');
  });
});

it('key usage with zeros at its end is accepted by name and reported, for authorities and for their targets', () => {
  const [rootKeys, middleKeys] = [newKeys(), newKeys()];
  const named = (octet: number) =>
    extension('2.5.29.15', encode(tag.bitString, Uint8Array.of(0, octet)), true);
  const issued = (order: Omit<Parameters<typeof issueDer>[0], 'keys'> & { readonly keys?: Keys }) =>
    parseCertificate(issueDer({ keys: newKeys(), ...order }));
  const [root, middle] = [commonName('Root'), commonName('Authority')];
  const anchor = issued({
    ...{ subject: root, issuer: root, keys: rootKeys, signer: rootKeys, extensions: authority() },
  });
  const between = issued({
    ...{ subject: middle, issuer: root, keys: middleKeys, signer: rootKeys },
    extensions: [authorityConstraints(), named(0x06)],
  });
  const target = issued({
    ...{ subject: commonName('Signer'), issuer: middle, signer: middleKeys, extensions: [named(0xc0)] },
  });
  const path = findPath({
    ...{ target, pool: [between], anchors: [anchorOf(anchor)], at: usualTime },
    ...{ profile: profiles['qualified-gost'], budget: new Budget() },
  });
  expect(warningsOn(target, path)).toEqual(['named-bits-end-in-zero']);
  expect(warningsOn(between, path)).toEqual(['named-bits-end-in-zero']);
});
