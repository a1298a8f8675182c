import type { DigestAlgorithm } from '../../algorithm/digest.ts';
import { digestOfPieces } from '../../algorithm/digest-in-slices.ts';
import { inSlices, type Share } from '../../budget/slices.ts';
import { SealgateError } from '../../error.ts';
import { type DetachedContent, inPieces } from '../../signature/content-file.ts';
import type { CanonicalForm } from '../../xml/canonical.ts';
import { inclusiveForm } from '../../xml/canonical-form.ts';
import { XmlError } from '../../xml/error.ts';
import { attributeIn, canonicalSteps, childElements, type TreeElement } from '../../xml/tree.ts';
import type { TimestampKind } from '../report.ts';
import { materialOfToken, type PlacedTimestamp } from '../timestamp.ts';
import { materialIn } from './material.ts';
import {
  childNamed,
  childrenNamed,
  isNamed,
  signatureUri,
  signedPropertiesType,
  xades141Uri,
  xadesUri,
} from './names.ts';
import { type FollowedReference, holdsProperties, type Properties } from './properties.ts';
import { formOf, octetsIn, type XmlSignature } from './structure.ts';

/** A signature whose time-stamps are looked at. */
export interface StampedSignature {
  readonly signature: XmlSignature;
  readonly references: readonly FollowedReference[];
  readonly properties: Properties;
}

/** Time-stamps of XAdES (EN 319 132-1, sections 5.2.8, 5.3, 5.5) in the order in which they stand. */
export function placedTimestamps(stamped: StampedSignature, share: Share): readonly PlacedTimestamp[] {
  const { signedData, unsigned } = stamped.properties;
  const ofContent = signedData === undefined ? [] : childElements(signedData);
  return [
    ...ofContent.flatMap((node) => contentTimestamps(node, stamped)),
    ...unsigned.flatMap((node, at) => unsignedTimestamps(node, at, stamped, share)),
  ];
}

function contentTimestamps(node: TreeElement, { references }: StampedSignature): readonly PlacedTimestamp[] {
  const isAll = isNamed(node, xadesUri, 'AllDataObjectsTimeStamp');
  if (!isAll && !isNamed(node, xadesUri, 'IndividualDataObjectsTimeStamp')) return [];
  const covered = isAll
    ? references.filter(({ type }) => type !== signedPropertiesType)
    : included(node, references);
  return tokensIn(node).map((token) => ({
    kind: 'content',
    token,
    imprints: async (algorithm) => [
      await hashOf(
        algorithm,
        covered.map(({ resolved }) => resolved.octets),
      ),
    ],
    covers: () => [],
  }));
}

/** The references that a time-stamp names, in its order. */
function included(node: TreeElement, references: readonly FollowedReference[]): readonly FollowedReference[] {
  return childrenNamed(node, xadesUri, 'Include').flatMap((include) => {
    const id = (attributeIn(include, 'URI') ?? '').replace(/^#/, '');
    return references.filter((reference) => reference.id === id);
  });
}

function unsignedTimestamps(
  node: TreeElement,
  at: number,
  stamped: StampedSignature,
  share: Share,
): readonly PlacedTimestamp[] {
  const found = kindOf(node);
  if (found === undefined) return [];
  const { signature, properties } = stamped;
  const form = formIn(node);
  const before = properties.unsigned.slice(0, at);
  return tokensIn(node).map((token) => ({
    kind: found,
    token,
    imprints: async (algorithm) => {
      if (form === undefined)
        throw new SealgateError('timestamp_malformed', { problem: 'its canonical form is unknown' });
      const parts = await stampedParts(node, found, before, stamped);
      return Promise.all(parts.map((each) => imprintOf(algorithm, each, form, share)));
    },
    covers: (read) => {
      if (found === 'references') return [];
      const covered = found === 'signature' ? [] : before;
      const { certificates, lists, answers } = materialIn(covered);
      const own = materialOfToken(read);
      return [
        signature.value,
        ...covered.flatMap(tokensIn),
        ...certificates,
        ...lists,
        ...answers,
        ...(found === 'archive' ? [...own.certificates, ...own.lists, ...own.answers] : []),
      ];
    },
  }));
}

const kinds: Readonly<Record<string, TimestampKind>> = {
  SignatureTimeStamp: 'signature',
  SigAndRefsTimeStamp: 'signature-and-references',
  SigAndRefsTimeStampV2: 'signature-and-references',
  RefsOnlyTimeStamp: 'references',
  RefsOnlyTimeStampV2: 'references',
  ArchiveTimeStamp: 'archive',
  ArchiveTimeStampV2: 'archive',
};

function kindOf({ element: { uri, local } }: TreeElement): TimestampKind | undefined {
  return uri === xadesUri || uri === xades141Uri ? kinds[local] : undefined;
}

/** The canonical form that a time-stamp names; inclusive where it names none. */
function formIn(node: TreeElement): CanonicalForm | undefined {
  const method = childNamed(node, signatureUri, 'CanonicalizationMethod');
  return method === undefined ? inclusiveForm : formOf(method);
}

/** What stands in a property as EncapsulatedTimeStamp. */
export function tokensIn(node: TreeElement): readonly Uint8Array[] {
  return childrenNamed(node, xadesUri, 'EncapsulatedTimeStamp').map(octetsIn);
}

/** Octets, or elements that are hashed in canonical form. */
export type Part = TreeElement | DetachedContent;

/** What may have been stamped, each as its parts in order: editions of the standard differ. */
async function stampedParts(
  node: TreeElement,
  kind: TimestampKind,
  before: readonly TreeElement[],
  stamped: StampedSignature,
): Promise<readonly (readonly Part[])[]> {
  const { valueNode } = stamped.signature;
  const named = (...names: readonly string[]) =>
    before.filter(({ element }) => names.includes(element.local));
  switch (kind) {
    case 'signature':
      return [[valueNode]];
    case 'signature-and-references':
      return [
        [valueNode, ...named('SignatureTimeStamp', ...referenceNames)],
        [valueNode, ...named('SignatureTimeStamp'), ...referenceNames.flatMap((name) => named(name))],
      ];
    case 'references':
      return [named(...referenceNames), referenceNames.flatMap((name) => named(name))];
    default:
      return [archivedParts(before, stamped, node.element.uri === xadesUri)];
  }
}

/** What an archive time-stamp behind the properties `before` is over; the older form of XAdES 1.3.2, or that of 1.4.1. */
export function archivedParts(
  before: readonly TreeElement[],
  { signature, references }: StampedSignature,
  isOlder: boolean,
): readonly Part[] {
  const { valueNode, signedInfo, keyInfo, objects } = signature;
  const other = objects.filter((object) => !holdsProperties(object));
  const targets = new Set(references.map(({ resolved }) => resolved.target));
  return [
    ...references.map(({ resolved }) => resolved.octets),
    ...[signedInfo, valueNode],
    ...(keyInfo === undefined ? [] : [keyInfo]),
    ...before,
    ...(isOlder ? other.filter((object) => !targets.has(object)) : other),
  ];
}

const referenceNames = [
  'CompleteCertificateRefs',
  'CompleteCertificateRefsV2',
  'CompleteRevocationRefs',
  'AttributeCertificateRefs',
  'AttributeCertificateRefsV2',
  'AttributeRevocationRefs',
];

/** The hash that a time-stamp over parts, one behind the other, is for. */
export async function imprintOf(
  algorithm: DigestAlgorithm,
  parts: readonly Part[],
  form: CanonicalForm,
  share: Share,
): Promise<Uint8Array> {
  const octets: DetachedContent[] = [];
  for (const part of parts) {
    octets.push('element' in part ? await canonicalOctets(part, form, share) : part);
  }
  return hashOf(algorithm, octets);
}

async function canonicalOctets(apex: TreeElement, form: CanonicalForm, share: Share): Promise<Uint8Array> {
  try {
    const nodes = { apex, document: undefined, excluded: new Set<TreeElement>() };
    return await inSlices(canonicalSteps(nodes, form), share);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new SealgateError('document_malformed', { problem: error.rule }, { cause: error });
  }
}

function hashOf(algorithm: DigestAlgorithm, parts: readonly DetachedContent[]): Promise<Uint8Array> {
  return digestOfPieces(algorithm, inPieces(parts));
}
