import { contextConstructed, tag } from '../../asn1/tag.ts';
import { encode, encodeOid, encodeSequence, encodeSetOf } from '../../asn1/writer.ts';
import { contentOids, revocationInfoOids } from '../../signature/oids.ts';
import type { Material } from '../examined.ts';
import type { MessageParts, SignerParts } from './parts.ts';

/** Version of SignedData with revocation values of other kinds than lists (RFC 5652, section 5.1). */
const versionWithOther = encode(tag.integer, Uint8Array.of(5));

/** An unsigned attribute with one value. */
export function attributeOf(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSetOf([value]));
}

/**
 * Puts a message together again, every part in the very octets in which it came. `added` are unsigned attributes for each
 * signer, `material` goes into SignedData, as far as it is not there.
 */
export function assemble(
  message: MessageParts,
  added: readonly (readonly Uint8Array[])[],
  material: Material,
): Uint8Array {
  const certificates = distinct([...message.certificates, ...material.certificates]);
  const answers = material.answers.map((der) =>
    encode(contextConstructed(1), encodeOid(revocationInfoOids.ocspResponse), der),
  );
  const revocations = distinct([...message.revocations, ...material.lists, ...answers]);
  const hasOther = revocations.some((choice) => choice[0] === contextConstructed(1));
  const signedData = encodeSequence(
    hasOther ? versionWithOther : message.version,
    message.digestAlgorithms,
    message.contentInfo,
    ...(certificates.length === 0 ? [] : [encode(contextConstructed(0), ...certificates)]),
    ...(revocations.length === 0 ? [] : [encode(contextConstructed(1), ...revocations)]),
    encode(tag.set, ...message.signers.map((signer, at) => signerOf(signer, added[at] ?? []))),
  );
  return encodeSequence(encodeOid(contentOids.signedData), encode(contextConstructed(0), signedData));
}

function signerOf({ signed, unsigned }: SignerParts, added: readonly Uint8Array[]): Uint8Array {
  const attributes = [...unsigned.map(({ encoding }) => encoding), ...added];
  const set = attributes.length === 0 ? [] : [encodeSetOf(attributes, contextConstructed(1))];
  return encodeSequence(...signed, ...set);
}

function distinct(encodings: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(encodings.map((octets) => [Buffer.from(octets).toString('latin1'), octets])).values()];
}
