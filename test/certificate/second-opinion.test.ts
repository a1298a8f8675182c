import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as x509 from '@peculiar/x509';
import * as pkijs from 'pkijs';
import { describe, expect, it } from 'vitest';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import { basicConstraints, extendedKeyUsage, keyUsage, keyUsageBits } from '../../src/certificate/constraints.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier } from '../../src/certificate/key-identifier.ts';
import { certificatePolicies } from '../../src/certificate/policy.ts';
import { isFailure } from '../../src/error.ts';
import { vectors } from '../vectors.ts';

/** The fields that are compared, as text; undefined where an extension is absent or a parser does not give it. */
type Opinion = Readonly<Record<string, string | undefined>>;

/** A difference between the parsers, and who is right. */
interface Difference {
  readonly who: 'pkijs' | '@peculiar/x509';
  readonly field: string;
  /** Whether this is the difference, seen from both opinions. */
  applies(ours: Opinion, theirs: Opinion): boolean;
  readonly reason: string;
}

const readsOnlyOurs = (field: string) => (ours: Opinion, theirs: Opinion) =>
  ours[field] !== undefined && theirs[field] === undefined;

/** Every difference that is known; the tests fail on any other, and on one that no longer occurs. */
const differences: readonly Difference[] = [];

function hex(octets: ArrayBuffer | Uint8Array | undefined): string | undefined {
  return octets === undefined ? undefined : Buffer.from(octets as Uint8Array).toString('hex');
}

function list(values: readonly string[] | undefined): string | undefined {
  return values === undefined ? undefined : [...values].sort().join();
}

function ourOpinion(certificate: Certificate): Opinion {
  const { fields } = certificate;
  const constraints = certificate.extension(basicConstraints);
  const usage = certificate.extension(keyUsage);
  const purposes = certificate.extension(extendedKeyUsage);
  return {
    version: String(fields.version),
    serialNumber: hex(fields.serialNumber),
    issuer: hex(fields.issuer.der),
    subject: hex(fields.subject.der),
    notBefore: String(fields.notBefore),
    notAfter: String(fields.notAfter),
    publicKey: hex(fields.publicKey.der),
    signatureAlgorithm: fields.signatureAlgorithm.oid,
    signature: hex(fields.signature),
    signed: hex(fields.tbs),
    extensions: list([...fields.extensions.values()].map(({ oid, isCritical, value }) => `${oid} ${isCritical} ${hex(value)}`)),
    authority: constraints === undefined ? undefined : `${constraints.isAuthority} ${constraints.pathLength}`,
    usage: usage === undefined ? undefined : list([...usage]),
    purposes: purposes === undefined ? undefined : list([...purposes]),
    policies: list(certificate.extension(certificatePolicies)?.map(({ policy }) => policy)),
    subjectKey: hex(certificate.extension(subjectKeyIdentifier)),
    authorityKey: hex(certificate.extension(authorityKeyIdentifier)?.keyIdentifier),
  };
}

function usageOf(bits: number): string | undefined {
  return list(keyUsageBits.filter((_, bit) => (bits & (1 << bit)) !== 0));
}

function pkijsOpinion(der: Uint8Array): Opinion {
  const certificate = pkijs.Certificate.fromBER(Uint8Array.from(der));
  const extension = (oid: string) => certificate.extensions?.find(({ extnID }) => extnID === oid);
  const value = <T>(oid: string) => extension(oid)?.parsedValue as T | undefined;
  const constraints = value<pkijs.BasicConstraints>('2.5.29.19');
  const usage = value<{ valueBlock: { valueHexView: Uint8Array } }>('2.5.29.15')?.valueBlock.valueHexView;
  const authority = value<pkijs.AuthorityKeyIdentifier>('2.5.29.35');
  const length = constraints?.pathLenConstraint as number | undefined;
  return {
    version: String(certificate.version + 1),
    serialNumber: hex(certificate.serialNumber.valueBlock.valueHexView),
    issuer: hex(certificate.issuer.toSchema().toBER()),
    subject: hex(certificate.subject.toSchema().toBER()),
    notBefore: String(certificate.notBefore.value.getTime()),
    notAfter: String(certificate.notAfter.value.getTime()),
    publicKey: hex(certificate.subjectPublicKeyInfo.toSchema().toBER()),
    signatureAlgorithm: certificate.signatureAlgorithm.algorithmId,
    signature: hex(certificate.signatureValue.valueBlock.valueHexView),
    signed: hex(certificate.tbsView),
    extensions: list((certificate.extensions ?? []).map(({ extnID, critical, extnValue }) => `${extnID} ${critical} ${hex(extnValue.valueBlock.valueHexView)}`)),
    authority: constraints === undefined ? undefined : `${constraints.cA} ${length}`,
    usage: usage === undefined ? undefined : usageOf(bitsOf(usage)),
    purposes: list(value<pkijs.ExtKeyUsage>('2.5.29.37')?.keyPurposes),
    policies: list(value<pkijs.CertificatePolicies>('2.5.29.32')?.certificatePolicies.map(({ policyIdentifier }) => policyIdentifier)),
    subjectKey: hex(value<{ valueBlock: { valueHexView: Uint8Array } }>('2.5.29.14')?.valueBlock.valueHexView),
    authorityKey: hex(authority?.keyIdentifier?.valueBlock.valueHexView),
  };
}

function bitsOf(octets: Uint8Array): number {
  let bits = 0;
  for (let bit = 0; bit < octets.length * 8; bit++) {
    if ((octets[bit >> 3]! & (0x80 >> (bit & 7))) !== 0) bits |= 1 << bit;
  }
  return bits;
}

function peculiarOpinion(der: Uint8Array): Opinion {
  const certificate = new x509.X509Certificate(Uint8Array.from(der));
  const constraints = certificate.getExtension(x509.BasicConstraintsExtension);
  const usage = certificate.getExtension(x509.KeyUsagesExtension);
  const authority = certificate.getExtension(x509.AuthorityKeyIdentifierExtension);
  return {
    serialNumber: certificate.serialNumber,
    issuer: hex(certificate.issuerName.toArrayBuffer()),
    subject: hex(certificate.subjectName.toArrayBuffer()),
    notBefore: String(certificate.notBefore.getTime()),
    notAfter: String(certificate.notAfter.getTime()),
    publicKey: hex(certificate.publicKey.rawData),
    signature: hex(certificate.signature),
    extensions: list(certificate.extensions.map(({ type, critical, value }) => `${type} ${critical} ${hex(value)}`)),
    authority: constraints === null ? undefined : `${constraints.ca} ${constraints.pathLength}`,
    usage: usage === null ? undefined : usageOf(usage.usages),
    purposes: list(certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages.map(String)),
    policies: list(certificate.getExtension(x509.CertificatePolicyExtension)?.policies.map(String)),
    subjectKey: certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    authorityKey: authority?.keyId,
  };
}

const parsers = { pkijs: pkijsOpinion, '@peculiar/x509': peculiarOpinion } as const;

function filesOf(name: string, folder: string): [string, Uint8Array][] {
  return readdirSync(join(vectors(name).folder, folder))
    .filter((file) => /\.(crt|cer)$/.test(file))
    .map((file) => [`${name}/${file}`, readFileSync(join(vectors(name).folder, folder, file))]);
}

function russian(): [string, Uint8Array][] {
  const json = gunzipSync(readFileSync(join(vectors('russian-ca').folder, 'certificates.json.gz'))).toString();
  const { certificates } = JSON.parse(json) as { certificates: { sha256: string; der: string }[] };
  return certificates.map(({ sha256, der }) => [`russian-ca/${sha256.slice(0, 16)}`, Buffer.from(der, 'base64')]);
}

function limbo(): [string, Uint8Array][] {
  const json = gunzipSync(readFileSync(join(vectors('x509-limbo').folder, 'limbo.json.gz'))).toString();
  const { testcases } = JSON.parse(json) as {
    testcases: { id: string; trusted_certs: string[]; untrusted_intermediates: string[]; peer_certificate: string }[];
  };
  return testcases.flatMap(({ id, trusted_certs, untrusted_intermediates, peer_certificate }) =>
    [...trusted_certs, ...untrusted_intermediates, peer_certificate].map((pem, at): [string, Uint8Array] => [
      `${id}/${at}`,
      Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'),
    ]),
  );
}

describe('pkijs and @peculiar/x509 read what we read', () => {
  it('dump', () => {
    const counts = new Map<string, string[]>();
    const all = [...filesOf('pkits', 'certs'), ...filesOf('chains', 'files'), ...russian(), ...limbo()];
    for (const [id, der] of all) {
      let ours: Opinion;
      try {
        ours = ourOpinion(parseCertificate(der));
      } catch (error) {
        if (!isFailure(error)) throw error;
        for (const [who, read] of Object.entries(parsers)) {
          let r = 'reads';
          try { read(der); } catch { r = 'refuses'; }
          const k = `we refuse (${error.details.rule}), ${who} ${r}`;
          counts.set(k, [...(counts.get(k) ?? []), id]);
        }
        continue;
      }
      for (const [who, read] of Object.entries(parsers)) {
        try {
          const theirs = read(der);
          for (const [field, value] of Object.entries(theirs)) {
            if (value !== ours[field]) {
              const k = `${who} ${field}`;
              counts.set(k, [...(counts.get(k) ?? []), `${id}: ${String(value).slice(0, 90)} / ${String(ours[field]).slice(0, 90)}`]);
            }
          }
        } catch (error) {
          const k = `${who} refuses: ${String(error).slice(0, 100)}`;
          counts.set(k, [...(counts.get(k) ?? []), id]);
        }
      }
    }
    for (const [k, ids] of counts) console.log(k, ids.length, ids.slice(0, 3));
    expect(all.length).toBeGreaterThan(0);
    void differences; void readsOnlyOurs;
  });
});
