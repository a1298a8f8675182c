import { type DigestAlgorithm, digest, digestByOid, digestOids } from '../../algorithm/digest.ts';
import { currentAlgorithms } from '../../algorithm/policy.ts';
import { encodeOctetString, encodeOid, encodeSequence } from '../../asn1/writer.ts';
import { SealgateError } from '../../error.ts';
import type { FetchClient } from '../../fetch/fetcher.ts';
import { parseSignedData } from '../../signature/signed-data.ts';
import { askTimestamp } from '../../timestamp/ask.ts';
import { type Examination, type Material, noMaterial } from '../examined.ts';
import { archiveDigestV3 } from './archive.ts';
import { assemble, attributeOf } from './assemble.ts';
import { examineMessage } from './examine.ts';
import { cadesOids } from './oids.ts';
import { type MessageParts, partsOf, type SignerParts, valuesOfType } from './parts.ts';

/** How far a message is to be extended (EN 319 122-1, section 6). */
export type ExtensionLevel = 'T' | 'LT' | 'LTA';

/** What an extension needs. */
export interface Extension {
  readonly level: ExtensionLevel;
  /** Time-stamp authorities in the order in which they are asked. */
  readonly authorities: readonly string[];
  readonly fetcher: FetchClient;
  /** Certificates, lists and answers that go into the message for LT. */
  readonly material: Material;
}

/**
 * Extends every signer of a CMS message: a time-stamp over each signature that has none, evidence, and an archive
 * time-stamp over all of it. What was there stays in its octets. Before the message is handed out it is examined again:
 * whatever held before holds, and every time-stamp fits. Throws what `examineMessage` does, `timestamp_unavailable`,
 * and the failure of a signature that does not hold.
 */
export async function extendMessage(
  message: Uint8Array,
  detached: Uint8Array | undefined,
  extension: Extension,
  examination: Examination,
): Promise<Uint8Array> {
  await requireIntact(message, detached, examination);
  let extended = await addSignatureTimestamps(message, extension, examination);
  if (extension.level !== 'T') extended = assemble(partsOf(extended), [], extension.material);
  if (extension.level === 'LTA')
    extended = await addArchiveTimestamps(extended, detached, extension, examination);
  await requireIntact(extended, detached, examination);
  return extended;
}

async function requireIntact(
  message: Uint8Array,
  detached: Uint8Array | undefined,
  examination: Examination,
): Promise<void> {
  const { signatures } = await examineMessage(message, detached, examination);
  for (const { failure, timestamps } of signatures) {
    const first = failure ?? timestamps.find((each) => each.failure !== undefined)?.failure;
    if (first !== undefined) throw first;
  }
}

async function addSignatureTimestamps(
  message: Uint8Array,
  { authorities, fetcher }: Extension,
  { budget }: Examination,
): Promise<Uint8Array> {
  const parts = partsOf(message);
  const { signers } = parseSignedData(message);
  const added: Uint8Array[][] = [];
  for (const [at, { signature, digestAlgorithm }] of signers.entries()) {
    const isStamped = valuesOfType(parts.signers[at]!.unsigned, cadesOids.signatureTimestamp).length > 0;
    if (isStamped) added.push([]);
    else {
      const algorithm = strongDigest(digestAlgorithm.oid);
      const question = { algorithm, digest: digest(algorithm, signature) };
      const token = await askTimestamp(authorities, fetcher, question, budget);
      added.push([attributeOf(cadesOids.signatureTimestamp, token)]);
    }
  }
  return assemble(parts, added, noMaterial);
}

async function addArchiveTimestamps(
  message: Uint8Array,
  detached: Uint8Array | undefined,
  { authorities, fetcher }: Extension,
  { budget }: Examination,
): Promise<Uint8Array> {
  const parts = partsOf(message);
  const { signers, content = detached } = parseSignedData(message);
  if (content === undefined) throw new SealgateError('signed_data_missing');
  const added: Uint8Array[][] = [];
  for (const [at, { digestAlgorithm }] of signers.entries()) {
    const signer = parts.signers[at]!;
    const algorithm = strongDigest(digestAlgorithm.oid);
    const index = hashIndex(algorithm, parts, signer);
    const imprint = await archiveDigestV3(algorithm, index, { message: parts, signer, content });
    const token = await askTimestamp(authorities, fetcher, { algorithm, digest: imprint }, budget);
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

/** The hash function of a signer, so that GOST goes with GOST; SHA-256 in place of one that is no longer accepted. */
function strongDigest(oid: string): DigestAlgorithm {
  const own = digestByOid(oid);
  return own !== undefined && currentAlgorithms.digests.has(own) ? own : 'sha256';
}
