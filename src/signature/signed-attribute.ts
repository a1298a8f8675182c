import { type AlgorithmIdentifier, readAlgorithmIdentifier } from '../algorithm/identifier.ts';
import { Reader } from '../asn1/reader.ts';
import { contextConstructed } from '../asn1/tag.ts';
import { compareOctets } from '../asn1/writer.ts';
import { readAttributes, type SignedAttributes, singleValue } from './attributes.ts';
import { signedAttributeOids } from './oids.ts';

/** Content type that the signature covers (RFC 5652, section 11.1); undefined where it is absent. Throws an EncodingError. */
export function readContentType(attributes: SignedAttributes): string | undefined {
  const value = singleValue(attributes.byOid, signedAttributeOids.contentType);
  const type = value?.oid();
  value?.finish();
  return type;
}

/** Digest of the content that the signature covers (section 11.2); undefined where it is absent. Throws an EncodingError. */
export function readMessageDigest(attributes: SignedAttributes): Uint8Array | undefined {
  const value = singleValue(attributes.byOid, signedAttributeOids.messageDigest);
  const octets = value?.octetString();
  value?.finish();
  return octets;
}

/** Time that the signer claims (section 11.3), milliseconds since the epoch. Throws an EncodingError. */
export function readSigningTime(attributes: SignedAttributes): number | undefined {
  const value = singleValue(attributes.byOid, signedAttributeOids.signingTime);
  const time = value?.time();
  value?.finish();
  return time;
}

/**
 * Whether CMSAlgorithmProtection (RFC 6211), where present, repeats the algorithms of the SignerInfo: it keeps an
 * attacker from exchanging them. Throws an EncodingError.
 */
export function protectsAlgorithms(
  attributes: SignedAttributes,
  digestAlgorithm: AlgorithmIdentifier,
  signatureAlgorithm: AlgorithmIdentifier,
): boolean {
  const value = singleValue(attributes.byOid, signedAttributeOids.algorithmProtection);
  if (value === undefined) return true;
  const fields = value.sequence();
  const protectedDigest = readAlgorithmIdentifier(fields);
  const isSignature = fields.peek() === contextConstructed(1);
  const protectedSignature = isSignature ? readAlgorithmIdentifier(fields, contextConstructed(1)) : undefined;
  fields.finish();
  value.finish();
  return (
    protectedSignature !== undefined &&
    isSame(protectedDigest, digestAlgorithm) &&
    isSame(protectedSignature, signatureAlgorithm)
  );
}

/** Equal up to NULL against absent parameters, which makers mix within one message. */
function isSame(one: AlgorithmIdentifier, other: AlgorithmIdentifier): boolean {
  return one.oid === other.oid && compareOctets(parametersOf(one), parametersOf(other)) === 0;
}

const noParameters = Uint8Array.of(5, 0);

function parametersOf(identifier: AlgorithmIdentifier): Uint8Array {
  return identifier.parameters ?? noParameters;
}

const signedOnly = Object.values(signedAttributeOids);

/**
 * Refuses unsigned attributes (encoding under tag [1]) that have to be signed ones: content-type, message-digest,
 * signing-time (RFC 5652, section 11), signing-certificate (RFC 5035, section 3) and algorithm protection
 * (RFC 6211, section 2). Where they are unsigned anybody may have put them there. Throws an EncodingError.
 */
export function refuseMisplacedAttributes(unsigned: Uint8Array): void {
  const reader = Reader.ber(unsigned);
  const set = reader.constructed(contextConstructed(1));
  const attributes = readAttributes(set);
  const misplaced = signedOnly.find((oid) => attributes.has(oid));
  if (misplaced !== undefined) reader.refuse(`attribute ${misplaced} is not signed`);
}
