import { canonical } from '../../asn1/canonical.ts';
import { EncodingError } from '../../asn1/error.ts';
import { Reader } from '../../asn1/reader.ts';
import { contextConstructed } from '../../asn1/tag.ts';
import { revocationInfoOids } from '../../signature/oids.ts';
import { asMalformed } from '../../signature/signed-data.ts';

/** Most attributes of one signer, and most values of one attribute. */
const mostAttributes = 256;
const mostValues = 64;

/** An unsigned attribute in the octets in which it was received. */
export interface UnsignedAttribute {
  readonly oid: string;
  /** The whole Attribute. */
  readonly encoding: Uint8Array;
  /** Its type alone, and its SET of values alone, each with tag and length. */
  readonly type: Uint8Array;
  readonly set: Uint8Array;
  readonly values: readonly Uint8Array[];
}

/** The parts of a SignerInfo that archive time-stamps hash one by one, each with tag and length. */
export interface SignerParts {
  /** version, sid, digestAlgorithm, signedAttrs where present, signatureAlgorithm, signature. */
  readonly signed: readonly Uint8Array[];
  readonly unsigned: readonly UnsignedAttribute[];
}

/** The parts of a SignedData that archive time-stamps hash one by one, each with tag and length. */
export interface MessageParts {
  readonly version: Uint8Array;
  readonly digestAlgorithms: Uint8Array;
  readonly contentInfo: Uint8Array;
  readonly contentType: Uint8Array;
  /** The fields as a whole; undefined where they are absent. */
  readonly certificateSet: Uint8Array | undefined;
  readonly revocationSet: Uint8Array | undefined;
  readonly certificates: readonly Uint8Array[];
  readonly revocations: readonly Uint8Array[];
  readonly signers: readonly SignerParts[];
}

/**
 * Takes a CMS SignedData message apart, which has been parsed before, without changing an octet. Throws
 * `signature_malformed`.
 */
export function partsOf(message: Uint8Array): MessageParts {
  try {
    const fields = Reader.ber(message).sequence();
    fields.oid();
    return readParts(fields.constructed(contextConstructed(0)).sequence());
  } catch (error) {
    throw asMalformed(error, 'message');
  }
}

function readParts(fields: Reader): MessageParts {
  const version = fields.raw();
  const digestAlgorithms = fields.raw();
  const contentInfo = fields.raw();
  const contentType = Reader.ber(contentInfo).sequence().raw();
  const certificateSet = optional(fields, 0);
  const revocationSet = optional(fields, 1);
  const signers: SignerParts[] = [];
  for (const set = fields.set(); !set.isAtEnd; ) signers.push(readSigner(set.sequence()));
  return {
    version,
    digestAlgorithms,
    contentInfo,
    contentType,
    certificateSet,
    revocationSet,
    certificates: elementsOf(certificateSet, 0),
    revocations: elementsOf(revocationSet, 1),
    signers,
  };
}

function optional(fields: Reader, number: number): Uint8Array | undefined {
  return fields.peek() === contextConstructed(number) ? fields.raw() : undefined;
}

function elementsOf(set: Uint8Array | undefined, number: number): readonly Uint8Array[] {
  if (set === undefined) return [];
  const reader = Reader.ber(set).constructed(contextConstructed(number));
  const elements: Uint8Array[] = [];
  while (!reader.isAtEnd) elements.push(reader.raw());
  return elements;
}

/** Takes a SignerInfo apart that stands alone. Throws an EncodingError. */
export function signerPartsOf(octets: Uint8Array): SignerParts {
  return readSigner(Reader.ber(octets).sequence());
}

function readSigner(fields: Reader): SignerParts {
  const signed: Uint8Array[] = [];
  let unsigned: readonly UnsignedAttribute[] = [];
  while (!fields.isAtEnd) {
    if (fields.peek() === contextConstructed(1)) unsigned = readUnsigned(fields.raw());
    else signed.push(fields.raw());
  }
  return { signed, unsigned };
}

function readUnsigned(octets: Uint8Array): readonly UnsignedAttribute[] {
  const reader = Reader.ber(octets).constructed(contextConstructed(1));
  const attributes: UnsignedAttribute[] = [];
  while (!reader.isAtEnd) {
    if (attributes.length >= mostAttributes)
      reader.refuse(`there are more than ${mostAttributes} attributes`);
    const encoding = reader.raw();
    const fields = Reader.ber(encoding).sequence();
    const start = fields.mark();
    const oid = fields.oid();
    const type = fields.since(start);
    const set = fields.raw();
    fields.finish();
    attributes.push({ oid, encoding, type, set, values: valuesOf(set) });
  }
  return attributes;
}

function valuesOf(set: Uint8Array): readonly Uint8Array[] {
  const reader = Reader.ber(set).set();
  const values: Uint8Array[] = [];
  while (!reader.isAtEnd) {
    if (values.length >= mostValues)
      reader.refuse(`there are more than ${mostValues} values of an attribute`);
    values.push(reader.raw());
  }
  return values;
}

/** The values of all attributes of a type. */
export function valuesOfType(attributes: readonly UnsignedAttribute[], oid: string): readonly Uint8Array[] {
  return attributes.flatMap((attribute) => (attribute.oid === oid ? attribute.values : []));
}

/** The certificates in a certificate-values attribute (RFC 5126, section 6.3.3); empty where it cannot be read. */
export function certificatesIn(value: Uint8Array): readonly Uint8Array[] {
  return readable(() => sequenceOf(Reader.ber(value).sequence()));
}

/** The lists and OCSP answers in a revocation-values attribute (section 6.3.4); empty where it cannot be read. */
export function revocationIn(value: Uint8Array): {
  readonly lists: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
} {
  const fieldsOf = (number: number) =>
    readable(() => {
      const fields = Reader.ber(value).sequence();
      while (!fields.isAtEnd) {
        const field = fields.peek() === contextConstructed(number);
        const inner = fields.constructed(fields.peek());
        if (field) return sequenceOf(inner.sequence());
      }
      return [];
    });
  return { lists: fieldsOf(0), answers: fieldsOf(1) };
}

/** The OCSP answer in a RevocationInfoChoice of another kind (RFC 5940), or the list that it is. */
export function revocationOf(choice: Uint8Array): Uint8Array | undefined {
  if (choice[0] !== contextConstructed(1)) return choice;
  const [found] = readable(() => {
    const fields = Reader.ber(choice).constructed(contextConstructed(1));
    return fields.oid() === revocationInfoOids.ocspResponse ? [fields.raw()] : [];
  });
  return found;
}

function sequenceOf(reader: Reader): Uint8Array[] {
  const elements: Uint8Array[] = [];
  while (!reader.isAtEnd) elements.push(canonical(reader.raw()));
  return elements;
}

/** Unsigned values are anybody's: what cannot be read is of no use, and spoils nothing. */
function readable(read: () => readonly Uint8Array[]): readonly Uint8Array[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof EncodingError) return [];
    throw error;
  }
}
