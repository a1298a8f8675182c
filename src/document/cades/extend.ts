import { type DigestAlgorithm, digest, digestOids } from '../../algorithm/digest.ts';
import { encodeOctetString, encodeOid, encodeSequence } from '../../asn1/writer.ts';
import { SealgateError } from '../../error.ts';
import { parseSignedData } from '../../signature/signed-data.ts';
import { type Material, noMaterial } from '../examined.ts';
import { type Extender, type Extending, stampDigestOf, stampOver } from '../extender.ts';
import { withoutPadding } from '../recognise.ts';
import { archiveDigestV3 } from './archive.ts';
import { assemble, attributeOf, withinNewestArchive } from './assemble.ts';
import { cadesOids } from './oids.ts';
import { type MessageParts, partsOf, type SignerParts, valuesOfType } from './parts.ts';

/**
 * Extends every signer of a CMS message (EN 319 122-1): a time-stamp over each signature that has none, evidence in
 * SignedData, archive-time-stamp-v3 over all of it. Steps throw `signature_malformed`, and `signed_data_missing` where
 * what is signed is needed and is not there.
 */
export const messageExtender: Extender = { stampSignatures, addEvidence, stampArchive };

async function stampSignatures(file: Uint8Array, extending: Extending): Promise<Uint8Array> {
  const message = withoutPadding(file);
  const parts = partsOf(message);
  const added: Uint8Array[][] = [];
  for (const [at, { signature, digestAlgorithm }] of parseSignedData(message).signers.entries()) {
    const isStamped = valuesOfType(parts.signers[at]!.unsigned, cadesOids.signatureTimestamp).length > 0;
    if (isStamped) added.push([]);
    else {
      const algorithm = stampDigestOf(digestAlgorithm.oid);
      const token = await stampOver(extending, algorithm, digest(algorithm, signature));
      added.push([attributeOf(cadesOids.signatureTimestamp, token)]);
    }
  }
  return assemble(parts, added, noMaterial);
}

/**
 * An archive-time-stamp-v2 covers the fields of SignedData as a whole, so that nothing can be added there: then the
 * evidence goes into the newest of them, which nothing covers yet (RFC 5126, section 6.5.2).
 */
async function addEvidence(message: Uint8Array, material: Material): Promise<Uint8Array> {
  const parts = partsOf(message);
  const isOlder = parts.signers.some(
    ({ unsigned }) => valuesOfType(unsigned, cadesOids.archiveTimestampV2).length > 0,
  );
  if (!isOlder) return assemble(parts, [], material);
  const signers = parts.signers.map((signer) => withinNewestArchive(signer, material));
  return assemble({ ...parts, signers }, [], noMaterial);
}

async function stampArchive(message: Uint8Array, extending: Extending): Promise<Uint8Array> {
  const parts = partsOf(message);
  const { signers, content = extending.contents[0]?.octets } = parseSignedData(message);
  if (content === undefined) throw new SealgateError('signed_data_missing');
  const added: Uint8Array[][] = [];
  for (const [at, { digestAlgorithm }] of signers.entries()) {
    const signer = parts.signers[at]!;
    const algorithm = stampDigestOf(digestAlgorithm.oid);
    const index = hashIndex(algorithm, parts, signer);
    const imprint = await archiveDigestV3(algorithm, index, { message: parts, signer, content });
    const token = await stampOver(extending, algorithm, imprint);
    const attribute = attributeOf(cadesOids.hashIndexV3, index);
    const indexed = assemble(partsOf(token), [[attribute]], noMaterial);
    added.push([attributeOf(cadesOids.archiveTimestampV3, indexed)]);
  }
  return assemble(parts, added, noMaterial);
}

/** ATSHashIndexV3 of all that a message and one of its signers hold (EN 319 122-1, section 5.5.2). */
function hashIndex(algorithm: DigestAlgorithm, message: MessageParts, { unsigned }: SignerParts): Uint8Array {
  const hashes = (parts: readonly Uint8Array[]) =>
    encodeSequence(...parts.map((octets) => encodeOctetString(digest(algorithm, octets))));
  const attributes = unsigned.flatMap(({ type, values }) =>
    values.map((value) => Buffer.concat([type, value])),
  );
  return encodeSequence(
    encodeSequence(encodeOid(digestOids[algorithm])),
    hashes(message.certificates),
    hashes(message.revocations),
    hashes(attributes),
  );
}
