import { type DigestAlgorithm, digest } from '../../algorithm/digest.ts';
import { digestOfPieces } from '../../algorithm/digest-in-slices.ts';
import { contextConstructed } from '../../asn1/tag.ts';
import { encode } from '../../asn1/writer.ts';
import { type DetachedContent, digestOfContent, inPieces } from '../../signature/content-file.ts';
import { indexedBy, indexIn } from './hash-index.ts';
import { cadesOids } from './oids.ts';
import { type MessageParts, revocationOf, type SignerParts, type UnsignedAttribute } from './parts.ts';

/** A message and one of its signers, with the content that is signed. */
export interface ArchivedSigner {
  readonly message: MessageParts;
  readonly signer: SignerParts;
  readonly content: DetachedContent;
  readonly isDetached: boolean;
}

/**
 * The hash that an archive-time-stamp-v3 is over (EN 319 122-1, section 5.5.3). `token` holds the index of what it
 * covers. Throws `timestamp_mismatch` where there is none.
 */
export async function archiveImprintV3(
  algorithm: DigestAlgorithm,
  token: Uint8Array,
  archived: ArchivedSigner,
): Promise<Uint8Array> {
  return archiveDigestV3(algorithm, indexIn(token), archived);
}

/** The same hash with an index, ATSHashIndexV3, that is not in a token yet. */
export async function archiveDigestV3(
  algorithm: DigestAlgorithm,
  index: Uint8Array,
  { message, signer, content }: Omit<ArchivedSigner, 'isDetached'>,
): Promise<Uint8Array> {
  const ofContent = await digestOfContent(algorithm, content);
  return digest(algorithm, Buffer.concat([message.contentType, ofContent, ...signer.signed, index]));
}

/** What an archive-time-stamp-v3 proves the existence of. Throws `timestamp_mismatch`. */
export function coveredV3(token: Uint8Array, { message, signer }: ArchivedSigner): readonly Uint8Array[] {
  const { certificates, revocations, attributes } = indexedBy(token, message, signer);
  return [
    ...certificates,
    ...revocations.flatMap((choice) => revocationOf(choice) ?? []),
    ...attributes.map(({ value }) => value),
  ];
}

/**
 * The hashes that an archive-time-stamp-v2 may be over (RFC 5126, section 6.4.1): the message as it was before this
 * attribute, the `at`-th unsigned one, was added. Makers differ in whether the unsigned attributes are hashed with the
 * tag around them (measured on documents of four), and the order of a SET does not tell which came first.
 */
export async function archiveImprintsV2(
  algorithm: DigestAlgorithm,
  at: number,
  { message, signer, content, isDetached }: ArchivedSigner,
): Promise<readonly Uint8Array[]> {
  const { contentInfo, certificateSet, revocationSet } = message;
  const common = [
    contentInfo,
    ...(isDetached ? [content] : []),
    ...(certificateSet === undefined ? [] : [certificateSet]),
    ...(revocationSet === undefined ? [] : [revocationSet]),
    ...signer.signed,
  ];
  const imprints: Uint8Array[] = [];
  for (const attributes of [withoutArchive(signer), signer.unsigned.slice(0, at)]) {
    const encodings = attributes.map(({ encoding }) => encoding);
    for (const unsigned of [[encode(contextConstructed(1), ...encodings)], encodings])
      imprints.push(await digestOfPieces(algorithm, inPieces([...common, ...unsigned])));
  }
  return imprints;
}

function withoutArchive({ unsigned }: SignerParts): readonly UnsignedAttribute[] {
  return unsigned.filter(
    ({ oid }) => oid !== cadesOids.archiveTimestampV2 && oid !== cadesOids.archiveTimestampV3,
  );
}

/** What an archive-time-stamp-v2 proves the existence of, whichever of its forms it has. */
export function coveredV2({ message, signer }: ArchivedSigner): readonly Uint8Array[] {
  return [
    ...message.certificates,
    ...message.revocations.flatMap((choice) => revocationOf(choice) ?? []),
    ...withoutArchive(signer).flatMap(({ values }) => values),
  ];
}

/**
 * The hash that a time-stamp of CAdES-X is over (RFC 5126, sections 6.3.5 and 6.3.6), the attributes in the order in
 * which they stand; `signature` only in type 1.
 */
export function referencesImprint(
  algorithm: DigestAlgorithm,
  signature: Uint8Array | undefined,
  { unsigned }: SignerParts,
): Uint8Array {
  const types = signature === undefined ? referenceTypes : [cadesOids.signatureTimestamp, ...referenceTypes];
  const parts = unsigned.filter(({ oid }) => types.includes(oid)).flatMap(({ type, set }) => [type, set]);
  return digest(algorithm, Buffer.concat([...(signature === undefined ? [] : [signature]), ...parts]));
}

const referenceTypes: readonly string[] = [cadesOids.certificateReferences, cadesOids.revocationReferences];
