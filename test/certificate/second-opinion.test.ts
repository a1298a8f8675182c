import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import * as pkijs from 'pkijs';
import { describe, expect, it } from 'vitest';
import { type Certificate, parseCertificate } from '../../src/certificate/certificate.ts';
import {
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  keyUsageBits,
} from '../../src/certificate/constraints.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier } from '../../src/certificate/key-identifier.ts';
import { certificatePolicies } from '../../src/certificate/policy.ts';
import { isFailure } from '../../src/error.ts';
import { vectors } from '../vectors.ts';

/** The fields that are compared, as text; undefined where an extension is absent or a parser does not give it. */
type Opinion = Readonly<Record<string, string | undefined>>;

type Parser = 'pkijs' | '@peculiar/x509';

/** A field that a parser reads otherwise than we do, and who is right. */
interface Difference {
  readonly who: readonly Parser[];
  readonly field: string;
  applies(ours: string | undefined, theirs: string | undefined): boolean;
  readonly right: string;
}

/** The first moment that UTCTime can express; JavaScript's own Date.UTC takes the years 0 to 99 for 1900 to 1999. */
const firstOf1900 = Date.UTC(1900, 0, 1);
const yearsOf1900 = firstOf1900 - Date.parse('0000-01-01T00:00:00Z');

const differences: readonly Difference[] = [
  {
    who: ['@peculiar/x509'],
    field: 'serialNumber',
    applies: (ours, theirs) => ours === `00${theirs}`,
    right:
      'We are: the INTEGER has a leading zero so that it is positive. Without it 00FF and FF, 255 and -1, are one ' +
      'number, and a revocation list could not tell them apart.',
  },
  {
    who: ['pkijs', '@peculiar/x509'],
    field: 'notBefore',
    applies: (ours, theirs) => Number(ours) < firstOf1900 && Number(theirs) === Number(ours) + yearsOf1900,
    right: 'We are: the year is 0000, which asn1js hands to Date.UTC, and that makes 1900 of it.',
  },
];

/** Certificates that one side refuses to read. */
interface Refusal {
  readonly who: 'we' | Parser;
  readonly rule: RegExp;
  readonly right: string;
}

const refusals: readonly Refusal[] = [
  {
    who: 'we',
    rule: /^bit string does not hold whole octets$/,
    right: 'We are: signatures are whole octets (RFC 3279, section 2.2); PKITS spoilt these two on purpose.',
  },
  {
    who: 'we',
    rule: /^list of purposes is empty$/,
    right: 'We are: SIZE (1..MAX) in RFC 5280, section 4.2.1.12.',
  },
  {
    who: 'we',
    rule: /^extension (\w+ \([\d.]+\)|[\d.]+) occurs twice$/,
    right:
      'We are: RFC 5280, section 4.2, has each extension once, and which of two counts is anybody’s guess.',
  },
  {
    who: 'we',
    rule: /^issuer and serial number of the authority key come only together$/,
    right: 'We are: RFC 5280, section 4.2.1.1, and the ASN.1 of appendix A.2.',
  },
  {
    who: '@peculiar/x509',
    rule: /Input buffer has zero length/,
    right:
      'Both: the public key is an empty BIT STRING. It imports the key while it reads the certificate; we read the ' +
      'certificate, and refuse the key where it is used.',
  },
  {
    who: '@peculiar/x509',
    rule: /End of input reached before message was fully decoded/,
    right:
      'Both: an authority information access of rubbish. It decodes every extension while it reads the certificate; ' +
      'we decode those that are asked for.',
  },
];

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
    extensions: list(
      [...fields.extensions.values()].map(
        ({ oid, isCritical, value }) => `${oid} ${isCritical} ${hex(value)}`,
      ),
    ),
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
    extensions: list(
      (certificate.extensions ?? []).map(
        ({ extnID, critical, extnValue }) =>
          `${extnID} ${critical} ${hex(extnValue.valueBlock.valueHexView)}`,
      ),
    ),
    authority: constraints === undefined ? undefined : `${constraints.cA} ${length}`,
    usage: usage === undefined ? undefined : usageOf(bitsOf(usage)),
    purposes: list(value<pkijs.ExtKeyUsage>('2.5.29.37')?.keyPurposes),
    policies: list(
      value<pkijs.CertificatePolicies>('2.5.29.32')?.certificatePolicies.map(
        ({ policyIdentifier }) => policyIdentifier,
      ),
    ),
    subjectKey: hex(
      value<{ valueBlock: { valueHexView: Uint8Array } }>('2.5.29.14')?.valueBlock.valueHexView,
    ),
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
    extensions: list(
      certificate.extensions.map(({ type, critical, value }) => `${type} ${critical} ${hex(value)}`),
    ),
    authority: constraints === null ? undefined : `${constraints.ca} ${constraints.pathLength}`,
    usage: usage === null ? undefined : usageOf(usage.usages),
    purposes: list(certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages.map(String)),
    policies: list(certificate.getExtension(x509.CertificatePolicyExtension)?.policies.map(String)),
    subjectKey: certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId,
    authorityKey: authority?.keyId,
  };
}

const parsers = { pkijs: pkijsOpinion, '@peculiar/x509': peculiarOpinion } as const;
const parserNames: readonly Parser[] = ['pkijs', '@peculiar/x509'];

function filesOf(name: string, folder: string): [string, Uint8Array][] {
  return readdirSync(join(vectors(name).folder, folder))
    .filter((file) => /\.(crt|cer)$/.test(file))
    .map((file) => [`${name}/${file}`, readFileSync(join(vectors(name).folder, folder, file))]);
}

function russian(): [string, Uint8Array][] {
  const json = gunzipSync(
    readFileSync(join(vectors('russian-ca').folder, 'certificates.json.gz')),
  ).toString();
  const { certificates } = JSON.parse(json) as { certificates: { sha256: string; der: string }[] };
  return certificates.map(({ sha256, der }) => [
    `russian-ca/${sha256.slice(0, 16)}`,
    Buffer.from(der, 'base64'),
  ]);
}

function limbo(): [string, Uint8Array][] {
  const json = gunzipSync(readFileSync(join(vectors('x509-limbo').folder, 'limbo.json.gz'))).toString();
  const { testcases } = JSON.parse(json) as {
    testcases: {
      id: string;
      trusted_certs: string[];
      untrusted_intermediates: string[];
      peer_certificate: string;
    }[];
  };
  return testcases.flatMap(({ id, trusted_certs, untrusted_intermediates, peer_certificate }) =>
    [...trusted_certs, ...untrusted_intermediates, peer_certificate].map((pem, at): [string, Uint8Array] => [
      `${id}/${at}`,
      Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64'),
    ]),
  );
}

/** Unknown differences of one certificate, as lines. */
function disagreements(id: string, der: Uint8Array): string[] {
  let ours: Opinion;
  try {
    ours = ourOpinion(parseCertificate(der));
  } catch (error) {
    if (!isFailure(error, 'certificate_malformed')) throw error;
    const { rule } = error.details;
    return isKnown('we', rule) ? [] : [`${id}: we refuse it: ${rule}`];
  }
  return parserNames.flatMap((who) => {
    let theirs: Opinion;
    try {
      theirs = parsers[who](der);
    } catch (error) {
      return isKnown(who, String(error)) ? [] : [`${id}: ${who} refuses it: ${error}`];
    }
    return Object.entries(theirs)
      .filter(([field, value]) => value !== ours[field] && !isKnownDifference(who, field, ours[field], value))
      .map(([field, value]) => `${id}: ${field} is ${ours[field]} for us and ${value} for ${who}`);
  });
}

function isKnown(who: Refusal['who'], rule: string): boolean {
  return refusals.some((refusal) => refusal.who === who && refusal.rule.test(rule));
}

function isKnownDifference(
  who: Parser,
  field: string,
  ours: string | undefined,
  theirs: string | undefined,
): boolean {
  return differences.some(
    (each) => each.who.includes(who) && each.field === field && each.applies(ours, theirs),
  );
}

describe('pkijs and @peculiar/x509 read what we read, but for the differences listed', () => {
  for (const [name, read] of [
    ['pkits', () => filesOf('pkits', 'certs')],
    ['chains', () => filesOf('chains', 'files')],
    ['russian-ca', russian],
    ['x509-limbo', limbo],
  ] as const) {
    const { reason, note } = vectors(name);
    it.skipIf(reason)(`in the certificates of ${name}${note}`, () => {
      const all = read();
      expect(all.length).toBeGreaterThan(0);
      expect(all.flatMap(([id, der]) => disagreements(id, der))).toEqual([]);
    });
  }
});
