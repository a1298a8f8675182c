import { type DigestAlgorithm, digest, digestByOid } from '../../algorithm/digest.ts';
import { readAlgorithmIdentifier } from '../../algorithm/identifier.ts';
import { EncodingError } from '../../asn1/error.ts';
import { Reader } from '../../asn1/reader.ts';
import { tag } from '../../asn1/tag.ts';
import { SealgateError } from '../../error.ts';
import { cadesOids } from './oids.ts';
import { type MessageParts, partsOf, type SignerParts, type UnsignedAttribute } from './parts.ts';

/** Most hashes in one part of an index. */
const mostHashes = 512;

/** ATSHashIndex (EN 319 122-1, section 5.5.2): what of a message an archive time-stamp covers. */
interface HashIndex {
  /** The attribute's value as it stands in the token. */
  readonly encoding: Uint8Array;
  readonly version: 1 | 2 | 3;
  readonly algorithm: DigestAlgorithm;
  readonly certificates: ReadonlySet<string>;
  readonly revocations: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
}

/** What an archive time-stamp covers by its index. */
export interface Indexed {
  readonly certificates: readonly Uint8Array[];
  readonly revocations: readonly Uint8Array[];
  readonly attributes: readonly { readonly attribute: UnsignedAttribute; readonly value: Uint8Array }[];
}

const versions = [
  [cadesOids.hashIndexV3, 3],
  [cadesOids.hashIndexV2, 2],
  [cadesOids.hashIndexV1, 1],
] as const;

/** The index in a token, as it stands there. Throws `timestamp_mismatch` where there is none. */
export function indexIn(token: Uint8Array): Uint8Array {
  return readIndex(token).encoding;
}

/**
 * What the index in a token lists of a message and one of its signers. Throws `timestamp_mismatch` where there is no
 * index, or one that lists what is not there: something was taken away or exchanged since.
 */
export function indexedBy(token: Uint8Array, message: MessageParts, signer: SignerParts): Indexed {
  const index = readIndex(token);
  const left = {
    certificates: new Set(index.certificates),
    revocations: new Set(index.revocations),
    attributes: new Set(index.attributes),
  };
  const isListed = (part: keyof typeof left, octets: readonly Uint8Array[]): boolean => {
    const key = keyOf(digest(index.algorithm, Buffer.concat(octets)));
    left[part].delete(key);
    return index[part].has(key);
  };
  const certificates = message.certificates.filter((each) => isListed('certificates', [each]));
  const revocations = message.revocations.filter((each) => isListed('revocations', [each]));
  const attributes = signer.unsigned.flatMap((attribute) =>
    attribute.values
      .filter((value) =>
        isListed('attributes', index.version === 1 ? [attribute.encoding] : [attribute.type, value]),
      )
      .map((value) => ({ attribute, value })),
  );
  const missing = (['certificates', 'revocations', 'attributes'] as const).find(
    (part) => left[part].size > 0,
  );
  if (missing !== undefined) throw mismatch(`its index lists ${missing} that are not there`);
  return { certificates, revocations, attributes };
}

function readIndex(token: Uint8Array): HashIndex {
  const unsigned = partsOf(token).signers[0]?.unsigned ?? [];
  for (const [oid, version] of versions) {
    const [value, another] = unsigned.flatMap((each) => (each.oid === oid ? each.values : []));
    if (value === undefined) continue;
    if (another !== undefined) throw mismatch('it has several indexes');
    try {
      return parseIndex(value, version);
    } catch (error) {
      if (!(error instanceof EncodingError)) throw error;
      throw mismatch('its index cannot be read', error);
    }
  }
  throw mismatch('it has no index of what it covers');
}

function parseIndex(value: Uint8Array, version: HashIndex['version']): HashIndex {
  const fields = Reader.ber(value).sequence();
  const parts: Reader[] = [];
  let algorithm: DigestAlgorithm = 'sha256';
  while (!fields.isAtEnd) {
    const encoding = fields.raw();
    const inner = Reader.ber(encoding).sequence();
    // An AlgorithmIdentifier begins with an identifier; version 1 may leave it out, and then it is SHA-256.
    if (parts.length === 0 && inner.peek() === tag.oid) algorithm = algorithmOf(encoding);
    else parts.push(inner);
  }
  const [certificates, revocations, attributes] = parts.map(readHashes);
  if (certificates === undefined || revocations === undefined || attributes === undefined || parts.length > 3)
    return fields.refuse('index does not have three parts');
  return { encoding: value, version, algorithm, certificates, revocations, attributes };
}

function algorithmOf(encoding: Uint8Array): DigestAlgorithm {
  const reader = Reader.ber(encoding);
  const { oid } = readAlgorithmIdentifier(reader);
  return digestByOid(oid) ?? reader.refuse(`hash function ${oid} is unknown`);
}

function readHashes(fields: Reader): ReadonlySet<string> {
  const hashes = new Set<string>();
  for (let count = 0; !fields.isAtEnd; count++) {
    if (count >= mostHashes) fields.refuse(`index lists more than ${mostHashes} things`);
    hashes.add(keyOf(fields.octetString()));
  }
  return hashes;
}

function keyOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}

function mismatch(problem: string, cause?: unknown): SealgateError<'timestamp_mismatch'> {
  return new SealgateError('timestamp_mismatch', { problem }, { cause });
}
