import { readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { readPublicKeyInfo } from '../algorithm/public-key-info.ts';
import { EncodingError } from '../asn1/error.ts';
import { type Outline, outlinesIn } from '../asn1/outline.ts';
import { Reader } from '../asn1/reader.ts';
import { contextConstructed, tag } from '../asn1/tag.ts';
import { encodeSequence } from '../asn1/writer.ts';
import { isFailure, type SealgateError } from '../error.ts';
import { type CertificateFields, parseCertificate } from './certificate.ts';
import { type Extension, readExtensions } from './extension.ts';
import { readName } from './name.ts';

/** The fields of a certificate that can be shown. */
export type LegibleFields = Partial<Omit<CertificateFields, 'der' | 'tbs' | 'signature'>>;

/** What could be read of a certificate. */
export interface PartlyRead {
  readonly fields: LegibleFields;
  /** `certificate_malformed`: the first rule that is broken; absent where the whole certificate keeps to them. */
  readonly failure?: SealgateError<'certificate_malformed'>;
}

/** Fields of TBSCertificate, and extensions, are no more than these. */
const mostValues = 64;

/**
 * A certificate for people to look at: whole where it can be parsed, and otherwise each field that can be read by
 * itself, whatever stands beside it. Nothing may be decided by fields of a broken one. Never throws for what is in the
 * octets.
 */
export function readPartly(der: Uint8Array): PartlyRead {
  try {
    return { fields: parseCertificate(der).fields };
  } catch (error) {
    if (!isFailure(error, 'certificate_malformed')) throw error;
    return { fields: legibleFields(der), failure: error };
  }
}

function legibleFields(der: Uint8Array): LegibleFields {
  const [certificate] = outlinesIn(der, 1);
  const [signed, algorithm] = outlinesIn(certificate?.content ?? new Uint8Array(), 2);
  const values = outlinesIn(signed?.content ?? new Uint8Array(), mostValues);
  const hasVersion = values[0]?.tag === contextConstructed(0);
  const [serial, , issuer, term, subject, key] = hasVersion ? values.slice(1) : values;
  const dates = outlinesIn(term?.content ?? new Uint8Array(), 2);
  const wrapper = values.find((value) => value.tag === contextConstructed(3));
  return Object.fromEntries(
    Object.entries({
      version: hasVersion ? versionIn(values[0]) : 1,
      serialNumber: serial?.tag === tag.integer ? serial.content : undefined,
      signatureAlgorithm: legible(algorithm, readAlgorithmIdentifier),
      issuer: legible(issuer, readName),
      subject: legible(subject, readName),
      notBefore: legible(dates[0], (reader) => reader.time()),
      notAfter: legible(dates[1], (reader) => reader.time()),
      publicKey: legible(key, readPublicKeyInfo),
      extensions: wrapper === undefined ? undefined : extensionsIn(wrapper),
    }).filter(([, value]) => value !== undefined),
  );
}

function versionIn(wrapper: Outline | undefined): number | undefined {
  const version =
    wrapper === undefined
      ? undefined
      : legible({ ...wrapper, octets: wrapper.content }, (reader) => reader.smallInteger());
  return version === undefined ? undefined : version + 1;
}

/** Those that can be read, each by itself: the first of two that bear the same name. */
function extensionsIn({ content }: Outline): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>();
  for (const each of outlinesIn(outlinesIn(content, 1)[0]?.content ?? content, mostValues)) {
    const alone = legible({ ...each, octets: encodeSequence(each.octets) }, readExtensions);
    for (const [oid, extension] of alone ?? []) if (!found.has(oid)) found.set(oid, extension);
  }
  return found;
}

function legible<T>(value: Pick<Outline, 'octets'> | undefined, read: (reader: Reader) => T): T | undefined {
  if (value === undefined) return undefined;
  try {
    return read(Reader.der(value.octets, new Set()));
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}
