import { digest } from '../../algorithm/digest.ts';
import { SealgateError } from '../../error.ts';
import type { SignedAttributes } from '../../signature/attributes.ts';
import { type DetachedContent, digestOfContent } from '../../signature/content-file.ts';
import { materialOfToken, type PlacedTimestamp } from '../timestamp.ts';
import {
  type ArchivedSigner,
  archiveImprintsV2,
  archiveImprintV3,
  coveredV2,
  coveredV3,
  referencesImprint,
} from './archive.ts';
import { cadesOids } from './oids.ts';
import { type UnsignedAttribute, valuesOfType } from './parts.ts';

/** A signer whose content may be missing. */
type OpenSigner = Omit<ArchivedSigner, 'content'> & { readonly content: DetachedContent | undefined };

/** Time-stamps over the content, which are signed attributes: they prove nothing of the signature (EN 319 122-1, 5.2.8). */
export function contentTimestamps(
  attributes: SignedAttributes | undefined,
  content: DetachedContent | undefined,
): readonly PlacedTimestamp[] {
  const tokens = attributes?.byOid.get(cadesOids.contentTimestamp)?.values ?? [];
  return tokens.map((token) => ({
    kind: 'content',
    token,
    imprints: async (algorithm) => [await digestOfContent(algorithm, required(content))],
    covers: () => [],
  }));
}

/** Time-stamps among the unsigned attributes of a signer whose signature value is `value`, in their order. */
export function unsignedTimestamps(
  value: Uint8Array,
  placed: OpenSigner,
  hasArchive: boolean,
): readonly PlacedTimestamp[] {
  return placed.signer.unsigned.flatMap((attribute, at) =>
    attribute.values.flatMap(
      (token) => ofAttribute(attribute, token, { value, at, placed, hasArchive }) ?? [],
    ),
  );
}

interface Place {
  readonly value: Uint8Array;
  /** Which of the unsigned attributes it is. */
  readonly at: number;
  readonly placed: OpenSigner;
  readonly hasArchive: boolean;
}

function ofAttribute(
  { oid }: UnsignedAttribute,
  token: Uint8Array,
  { value, at, placed, hasArchive }: Place,
): PlacedTimestamp | undefined {
  const { signer } = placed;
  const stamped = valuesOfType(signer.unsigned, cadesOids.signatureTimestamp);
  switch (oid) {
    case cadesOids.signatureTimestamp:
      return {
        kind: 'signature',
        token,
        imprints: async (algorithm) => [digest(algorithm, value)],
        covers: () => [value],
      };
    case cadesOids.cadesCTimestamp:
      return {
        kind: 'signature-and-references',
        token,
        imprints: async (algorithm) => [referencesImprint(algorithm, value, signer)],
        covers: () => [value, ...stamped],
      };
    case cadesOids.referencesTimestamp:
      return {
        kind: 'references',
        token,
        imprints: async (algorithm) => [referencesImprint(algorithm, undefined, signer)],
        covers: () => [],
      };
    case cadesOids.archiveTimestampV2:
      return hasArchive ? archiveV2(token, value, at, placed) : undefined;
    case cadesOids.archiveTimestampV3:
      return hasArchive ? archiveV3(token, value, placed) : undefined;
    default:
      return undefined;
  }
}

function archiveV2(token: Uint8Array, value: Uint8Array, at: number, placed: OpenSigner): PlacedTimestamp {
  return {
    kind: 'archive',
    token,
    imprints: async (algorithm) =>
      archiveImprintsV2(algorithm, at, { ...placed, content: required(placed.content) }),
    covers: (read) => [value, ...coveredV2(withContent(placed)), ...ownMaterial(read)],
  };
}

function archiveV3(token: Uint8Array, value: Uint8Array, placed: OpenSigner): PlacedTimestamp {
  return {
    kind: 'archive',
    token,
    imprints: async (algorithm) => [
      await archiveImprintV3(algorithm, token, { ...placed, content: required(placed.content) }),
    ],
    covers: (read) => [value, ...coveredV3(token, withContent(placed)), ...ownMaterial(read)],
  };
}

/** What was put into a token when it was made is as old as it. */
function ownMaterial(read: Parameters<PlacedTimestamp['covers']>[0]): readonly Uint8Array[] {
  const { certificates, lists, answers } = materialOfToken(read);
  return [...certificates, ...lists, ...answers];
}

function withContent(placed: OpenSigner): ArchivedSigner {
  return { ...placed, content: required(placed.content) };
}

function required(content: DetachedContent | undefined): DetachedContent {
  if (content === undefined) throw new SealgateError('signed_data_missing');
  return content;
}
