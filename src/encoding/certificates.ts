import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { basicConstraints } from '../certificate/constraints.ts';
import { isFailure } from '../error.ts';
import { parseSignedData } from '../signature/signed-data.ts';
import { type Encoding, readEncodings } from './encoding.ts';
import { mayBe, unexpected } from './unexpected.ts';

/** At least one. */
export type Some<T> = readonly [T, ...T[]];

/** A file with more certificates holds no chain that somebody would have put into order. */
const mostOrdered = 64;

/**
 * The certificates in octets as people have them, DER: one or several, also those of a collection (`.p7b`), without
 * OpenSSL's trust settings and without whatever else stands beside them. A broken one is among them as it is. Throws
 * `encoding_unexpected`, which names what was given, where there is none.
 */
export function certificatesIn(octets: Uint8Array, field?: string): Some<Uint8Array> {
  const encodings = readEncodings(octets);
  const [first, ...others] = encodings.flatMap(certificatesOf);
  if (first !== undefined) return [first, ...others];
  throw unexpected(encodings[0]?.kind ?? 'nothing', 'certificate-file', field);
}

/** The one certificate in octets. Throws as `certificatesIn` does, and where there are several. */
export function certificateIn(octets: Uint8Array, field?: string): Uint8Array {
  const [certificate, another] = certificatesIn(octets, field);
  if (another === undefined) return certificate;
  throw unexpected('several-encodings', 'one-certificate', field);
}

/**
 * The certificates in octets, first the one that the others lead to: of a collection nobody knows the order, and a
 * chain may be written from either end.
 */
export function chainIn(octets: Uint8Array, field?: string): Some<Uint8Array> {
  const certificates = certificatesIn(octets, field);
  if (certificates.length === 1 || certificates.length > mostOrdered) return certificates;
  const lowest = lowestOf(certificates.map(parsed));
  const first = certificates[lowest] ?? certificates[0];
  return [first, ...certificates.filter((each) => each !== first)];
}

function certificatesOf(encoding: Encoding): readonly Uint8Array[] {
  if (encoding.kind === 'cms-message') return collectionOf(encoding.octets);
  return mayBe(encoding, 'certificate-file') ? [encoding.octets] : [];
}

/** A message without signers is a box for certificates (RFC 5652, section 5); one that is signed is none. */
function collectionOf(octets: Uint8Array): readonly Uint8Array[] {
  try {
    const { signers, certificates } = parseSignedData(octets);
    return signers.length === 0 ? certificates : [];
  } catch (error) {
    if (isFailure(error, 'signature_malformed')) return [];
    throw error;
  }
}

/** Index of the first certificate that is no authority's and issued none of the others, or of the first that issued none. */
function lowestOf(certificates: readonly (Certificate | undefined)[]): number {
  const issuers = new Set<string>();
  for (const certificate of certificates) {
    if (certificate !== undefined && !certificate.isSelfIssued) issuers.add(octetsOf(certificate.issuer.der));
  }
  const isLowest = (certificate: Certificate | undefined) =>
    certificate !== undefined && !issuers.has(octetsOf(certificate.subject.der));
  const lowest = certificates.findIndex((each) => isLowest(each) && !isAuthority(each));
  return Math.max(0, lowest >= 0 ? lowest : certificates.findIndex(isLowest));
}

function isAuthority(certificate: Certificate | undefined): boolean {
  try {
    return certificate?.extension(basicConstraints)?.isAuthority ?? false;
  } catch (error) {
    if (isFailure(error, 'certificate_malformed')) return false;
    throw error;
  }
}

function parsed(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (isFailure(error, 'certificate_malformed')) return undefined;
    throw error;
  }
}

function octetsOf(der: Uint8Array): string {
  return Buffer.from(der).toString('latin1');
}
