import { canonical } from '../asn1/canonical.ts';
import { EncodingError } from '../asn1/error.ts';
import { Reader } from '../asn1/reader.ts';
import { tag } from '../asn1/tag.ts';

/** Attribute (RFC 5652, section 5.3): its values as encodings. */
export interface Attribute {
  readonly oid: string;
  readonly values: readonly Uint8Array[];
}

/** SignedAttributes: what the signature covers, and what it says. */
export interface SignedAttributes {
  /** DER under the tag of a SET OF: the octets that are hashed (RFC 5652, section 5.4). */
  readonly der: Uint8Array;
  /** The same as they were sent, where that is no DER; a signature over these octets breaks the standard. */
  readonly sent: Uint8Array | undefined;
  readonly byOid: ReadonlyMap<string, Attribute>;
}

/** Longest signed attributes of a login, in octets; with three time-stamps of the content real ones come close to it. */
const longestSignedAttributes = 16 * 1024;

/** Longest signed attributes of a document, in octets: Adobe's programs sign whole revocation lists along. */
export const longestDocumentAttributes = 4 * 1024 * 1024;

/** Most attributes of one set; real ones have fewer than ten. */
const mostAttributes = 64;

/** Most values of all attributes together. */
const mostValues = 256;

/**
 * Reads signed attributes, at most `longest` octets of them, from their encoding under tag [0] as it was received, DER or
 * BER. Throws an EncodingError.
 */
export function readSignedAttributes(
  received: Uint8Array,
  longest = longestSignedAttributes,
): SignedAttributes {
  if (received.length > longest)
    throw new EncodingError(`signed attributes are longer than ${longest} octets`, 0);
  const set = Uint8Array.from(received);
  set[0] = tag.set;
  const der = canonical(set);
  const sent = der === set ? undefined : set;
  return { der, sent, byOid: readAttributes(Reader.der(der).set()) };
}

/**
 * Reads signed attributes, at least one, into a map by type. Where a type occurs twice its values are joined, so that
 * `singleValue` refuses it: content time-stamps may come several times, the attributes that decide may not.
 * Throws an EncodingError.
 */
function readAttributes(reader: Reader): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, { readonly oid: string; readonly values: Uint8Array[] }>();
  let count = 0;
  if (reader.isAtEnd) reader.refuse('set of attributes is empty');
  readEach(reader, (oid, set) => {
    const values = attributes.get(oid)?.values ?? [];
    attributes.set(oid, { oid, values });
    while (!set.isAtEnd) {
      count++;
      if (count > mostValues) set.refuse(`there are more than ${mostValues} values of attributes`);
      values.push(set.any());
    }
  });
  return attributes;
}

/** Types of unsigned attributes, which some makers announce and leave out, whose values are left to whoever reads them. Throws an EncodingError. */
export function readAttributeTypes(reader: Reader): ReadonlySet<string> {
  const types = new Set<string>();
  readEach(reader, (oid) => void types.add(oid));
  return types;
}

function readEach(reader: Reader, read: (oid: string, values: Reader) => void): void {
  for (let count = 0; !reader.isAtEnd; count++) {
    if (count >= mostAttributes) reader.refuse(`there are more than ${mostAttributes} attributes`);
    const fields = reader.sequence();
    const oid = fields.oid();
    read(oid, fields.set());
    fields.finish();
  }
}

/** The only value of an attribute; undefined where the attribute is absent. Throws an EncodingError on none or several. */
export function singleValue(attributes: ReadonlyMap<string, Attribute>, oid: string): Reader | undefined {
  const attribute = attributes.get(oid);
  if (attribute === undefined) return undefined;
  const [value, ...more] = attribute.values;
  const reader = Reader.der(value ?? new Uint8Array());
  if (value === undefined || more.length > 0) reader.refuse(`attribute ${oid} has not exactly one value`);
  return reader;
}

/**
 * Whether `content` could pass for signed attributes. A signature without signed attributes over such content is
 * as good as one with them over another content (ePrint 2023/1801), so it is refused wherever it occurs.
 */
export function looksLikeAttributes(content: Uint8Array): boolean {
  if (content[0] !== tag.set) return false;
  try {
    const reader = Reader.ber(content);
    const set = reader.set();
    // So many are no accident; whoever signs such a text gets no benefit of the doubt.
    for (let count = 0; !set.isAtEnd; count++) {
      if (count >= mostAttributes) return true;
      const fields = set.sequence();
      fields.oid();
      fields.constructed(tag.set);
      fields.finish();
    }
    return reader.isAtEnd;
  } catch {
    return false;
  }
}
