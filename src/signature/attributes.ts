import { canonical } from '../asn1/canonical.ts';
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
  readonly byOid: ReadonlyMap<string, Attribute>;
}

const mostAttributes = 64;

/** Reads signed attributes from their encoding under tag [0] as it was received, DER or BER. Throws an EncodingError. */
export function readSignedAttributes(received: Uint8Array): SignedAttributes {
  const set = Uint8Array.from(received);
  set[0] = tag.set;
  const der = canonical(set);
  return { der, byOid: readAttributes(Reader.der(der).set()) };
}

/**
 * Reads attributes, at least one, into a map by type. Where a type occurs twice its values are joined, so that
 * `singleValue` refuses it: content time-stamps may come several times, the attributes that decide may not.
 * Throws an EncodingError.
 */
export function readAttributes(reader: Reader): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, Attribute>();
  if (reader.isAtEnd) reader.refuse('set of attributes is empty');
  let count = 0;
  while (!reader.isAtEnd) {
    const fields = reader.sequence();
    const oid = fields.oid();
    const set = fields.set();
    const values: Uint8Array[] = [...(attributes.get(oid)?.values ?? [])];
    while (!set.isAtEnd) values.push(set.any());
    fields.finish();
    count++;
    if (count > mostAttributes) reader.refuse('there are too many attributes');
    attributes.set(oid, { oid, values });
  }
  return attributes;
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
    while (!set.isAtEnd) {
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
