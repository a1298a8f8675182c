import {
  type AlgorithmIdentifier,
  isSameAlgorithm,
  readAlgorithmIdentifier,
} from '../algorithm/identifier.ts';
import { Reader } from '../asn1/reader.ts';
import { contextConstructed } from '../asn1/tag.ts';
import { readAttributeTypes, type SignedAttributes, singleValue } from './attributes.ts';
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
    isSameAlgorithm(protectedDigest, digestAlgorithm) &&
    isSameAlgorithm(protectedSignature, signatureAlgorithm)
  );
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
  const types = readAttributeTypes(set);
  const misplaced = signedOnly.find((oid) => types.has(oid));
  if (misplaced !== undefined) reader.refuse(`attribute ${misplaced} is not signed`);
}
