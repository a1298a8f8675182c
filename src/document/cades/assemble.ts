import { Reader } from '../../asn1/reader.ts';
import { contextConstructed, tag } from '../../asn1/tag.ts';
import { compareOctets, encode, encodeOid, encodeSequence, encodeSetOf } from '../../asn1/writer.ts';
import { contentOids, revocationInfoOids } from '../../signature/oids.ts';
import { parseSignedData } from '../../signature/signed-data.ts';
import { readTimestampInfo } from '../../timestamp/info.ts';
import type { Material } from '../examined.ts';
import { cadesOids } from './oids.ts';
import { type MessageParts, partsOf, type SignerParts, type UnsignedAttribute } from './parts.ts';

/** Version of SignedData with revocation values of other kinds than lists (RFC 5652, section 5.1). */
const versionWithOther = encode(tag.integer, Uint8Array.of(5));

/** An unsigned attribute with one value. */
export function attributeOf(oid: string, value: Uint8Array): Uint8Array {
  return encodeSequence(encodeOid(oid), encodeSetOf([value]));
}

/** A signature that is added to a message, all DER. */
export interface AddedSigner {
  readonly signerInfo: Uint8Array;
  readonly digestAlgorithm: Uint8Array;
}

/**
 * Puts a message together again, every part in the very octets in which it came. `added` are unsigned attributes for each
 * signer, `material` goes into SignedData, as far as it is not there; `another` signs beside those that there are.
 */
export function assemble(
  message: MessageParts,
  added: readonly (readonly Uint8Array[])[],
  material: Material,
  another?: AddedSigner,
): Uint8Array {
  const certificates = distinct([...message.certificates, ...material.certificates]);
  const answers = material.answers.map((der) =>
    encode(contextConstructed(1), encodeOid(revocationInfoOids.ocspResponse), der),
  );
  const revocations = distinct([...message.revocations, ...material.lists, ...answers]);
  const hasOther = revocations.some((choice) => choice[0] === contextConstructed(1));
  const signers = message.signers.map((signer, at) => signerOf(signer, added[at] ?? []));
  const signedData = encodeSequence(
    hasOther ? versionWithOther : message.version,
    another === undefined ? message.digestAlgorithms : withAlgorithm(message, another),
    message.contentInfo,
    ...(certificates.length === 0 ? [] : [encode(contextConstructed(0), ...certificates)]),
    ...(revocations.length === 0 ? [] : [encode(contextConstructed(1), ...revocations)]),
    encode(tag.set, ...signers, ...(another === undefined ? [] : [another.signerInfo])),
  );
  return encodeSequence(encodeOid(contentOids.signedData), encode(contextConstructed(0), signedData));
}

function withAlgorithm({ digestAlgorithms }: MessageParts, { digestAlgorithm }: AddedSigner): Uint8Array {
  const known: Uint8Array[] = [];
  for (const set = Reader.ber(digestAlgorithms).set(); !set.isAtEnd; ) known.push(set.raw());
  return encodeSetOf(distinct([...known, digestAlgorithm]));
}

function signerOf({ signed, unsigned }: SignerParts, added: readonly Uint8Array[]): Uint8Array {
  const old = unsigned.map(({ encoding }) => encoding);
  const attributes = [...old, ...added];
  const set = attributes.length === 0 ? [] : [encodeAttributes(old, attributes)];
  return encodeSequence(...signed, ...set);
}

/**
 * Time-stamps of older kinds are over attributes in the order in which they stand. So that they keep it, attributes are
 * sorted as DER asks only where those that were there come out in their order.
 */
function encodeAttributes(old: readonly Uint8Array[], attributes: readonly Uint8Array[]): Uint8Array {
  const isSorted = old.every((each, at) => at === 0 || compareOctets(old[at - 1]!, each) <= 0);
  if (isSorted) return encodeSetOf(attributes, contextConstructed(1));
  return encode(contextConstructed(1), ...attributes);
}

/** A signer with evidence put into the newest of its archive time-stamps. Throws `signature_malformed`. */
export function withinNewestArchive(signer: SignerParts, material: Material): SignerParts {
  const archives = signer.unsigned.filter(
    ({ oid }) => oid === cadesOids.archiveTimestampV2 || oid === cadesOids.archiveTimestampV3,
  );
  const newest = archives.reduce<UnsignedAttribute | undefined>(
    (found, each) => (found === undefined || timeOf(each) > timeOf(found) ? each : found),
    undefined,
  );
  const [token, ...others] = newest?.values ?? [];
  if (newest === undefined || token === undefined) return signer;
  const values = [assemble(partsOf(token), [], material), ...others];
  const encoding = encodeSequence(newest.type, encodeSetOf(values));
  return {
    ...signer,
    unsigned: signer.unsigned.map((each) => (each === newest ? { ...newest, encoding } : each)),
  };
}

/** When the first token of an attribute was made, ms since the epoch. */
function timeOf({ values }: UnsignedAttribute): number {
  const content = values[0] === undefined ? undefined : parseSignedData(values[0]).content;
  return content === undefined ? 0 : readTimestampInfo(content).time;
}

function distinct(encodings: readonly Uint8Array[]): readonly Uint8Array[] {
  return [...new Map(encodings.map((octets) => [Buffer.from(octets).toString('latin1'), octets])).values()];
}
