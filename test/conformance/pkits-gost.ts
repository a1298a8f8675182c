import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAlgorithmIdentifier } from '../../src/algorithm/identifier.ts';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { publicKeyOf } from '../../src/algorithm/public-key.ts';
import { type PublicKeyInfo, parsePublicKeyInfo } from '../../src/algorithm/public-key-info.ts';
import { resolveSignatureAlgorithm } from '../../src/algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../../src/algorithm/verify.ts';
import { Reader } from '../../src/asn1/reader.ts';
import { contextConstructed, tag } from '../../src/asn1/tag.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { type Name, readName } from '../../src/certificate/name.ts';
import { workingKey } from '../../src/path/link.ts';
import { parseCertificateList } from '../../src/revocation/crl/list.ts';
import { readManifest } from './manifest.ts';
import { compare, isPkits, judge, type PkitsFiles, type PkitsManifest } from './pkits.ts';
import {
  type GostPair,
  gostPairFor,
  reissueCertificate,
  reissueList,
  signedFields,
  spkiOf,
} from './reissue.ts';
import type { CaseResult, Suite } from './suite.ts';

/** The owner of a key, as far as the original files say. */
interface Owner {
  readonly subject: Name;
  readonly issuer: Name;
  readonly key: PublicKeyInfo;
  readonly pair: GostPair;
}

function nameAt(fields: readonly Uint8Array[], at: number): Name {
  return readName(Reader.der(fields[at]!));
}

function ownersOf(certificates: readonly Uint8Array[]): Owner[] {
  const owners = certificates.map((der): Owner => {
    const fields = signedFields(der);
    const first = fields[0]![0] === contextConstructed(0) ? 1 : 0;
    const spki = spkiOf(der);
    return {
      issuer: nameAt(fields, first + 2),
      subject: nameAt(fields, first + 4),
      key: parsePublicKeyInfo(spki),
      pair: gostPairFor(spki),
    };
  });
  // Keys that inherit their parameters can verify only with them; one step is all that the suite has.
  return owners.map((owner) => {
    const lender = owners.find((other) => other !== owner && other.subject.equals(owner.issuer));
    return lender === undefined ? owner : { ...owner, key: workingKey(owner.key, lender.key) };
  });
}

/** Whether the key made the signature of a certificate or list; false for those that the suite spoilt. */
function hasSigned(der: Uint8Array, key: PublicKeyInfo): boolean {
  try {
    const outer = Reader.der(der).sequence();
    const signed = outer.raw();
    const algorithm = resolveSignatureAlgorithm(readAlgorithmIdentifier(outer));
    const signature = outer.octetsOfBitString();
    const publicKey = publicKeyOf(key);
    if (algorithm === undefined || publicKey.family === 'unusable') return false;
    return verifySignatureValue(algorithm, publicKey, signed, signature);
  } catch {
    return false;
  }
}

/** Who signs in the original: by name first, and then anybody, since some tests have false names. */
function signerOf(der: Uint8Array, issuer: Name, owners: readonly Owner[]): GostPair | undefined {
  const named = owners.filter(({ subject }) => subject.equals(issuer));
  const others = owners.filter((owner) => !named.includes(owner));
  return [...named, ...others].find(({ key }) => hasSigned(der, key))?.pair;
}

/** Who is named as the signer where nobody is: the signature is then spoilt, as it was in the original. */
function namedOwner(issuer: Name, owners: readonly Owner[]): GostPair {
  return (owners.find(({ subject }) => subject.equals(issuer)) ?? owners[0]!).pair;
}

/** Every certificate and list of the suite with GOST keys and signatures, and nothing else changed. */
function reissued(folder: string, { tests }: PkitsManifest): PkitsFiles {
  const files = new Set(
    tests.flatMap((test) => [test.trust_anchor, test.end_entity, ...test.intermediates, ...test.other_certs]),
  );
  const originals = new Map([...files].map((file) => [file, readFileSync(join(folder, file))]));
  const owners = ownersOf([...originals.values()]);
  const made = new Map<string, Uint8Array>();
  const once = (file: string, make: () => Uint8Array) => {
    const der = made.get(file) ?? make();
    made.set(file, der);
    return der;
  };
  return {
    certificate(file) {
      const der = once(file, () => {
        const original = originals.get(file)!;
        const { pair, issuer } = owners[[...originals.keys()].indexOf(file)]!;
        const signer = signerOf(original, issuer, owners);
        return reissueCertificate(original, pair, signer ?? namedOwner(issuer, owners), signer === undefined);
      });
      return parseCertificate(der);
    },
    list(file) {
      const der = once(file, () => {
        const original = readFileSync(join(folder, file));
        const fields = signedFields(original);
        const issuer = nameAt(fields, fields[0]![0] === tag.integer ? 2 : 1);
        const signer = signerOf(original, issuer, owners);
        return reissueList(original, signer ?? namedOwner(issuer, owners), signer === undefined);
      });
      return parseCertificateList(der);
    },
  };
}

/** PKITS once more with the same names, extensions and serial numbers under GOST R 34.10-2012: same verdicts. */
export const suite: Suite = {
  name: 'pkits-gost',
  recognises: isPkits,
  *run(folder): Iterable<CaseResult> {
    const manifest = readManifest<PkitsManifest>(folder);
    if (manifest === undefined) return;
    const files = reissued(folder, manifest);
    const at = Date.parse(manifest.validation_time);
    for (const test of manifest.tests) yield compare(test, judge(test, files, at, currentAlgorithms));
  },
};
