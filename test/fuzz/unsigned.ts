import { X509Certificate } from 'node:crypto';
import { tag } from '../../src/asn1/tag.ts';
import { type Node, readTree, writeTree } from './mutation/tree.ts';

/**
 * A message or answer without what nobody has signed and what BER leaves open: the certificates and attributes beside
 * the signature are those of the original again, and every length is minimal. Where a peer refuses the mutation, and not
 * this, what it refuses is not what the verdict rests on. Undefined where it is neither.
 */
export function signedPartsOf(octets: Uint8Array, original: Uint8Array): Uint8Array | undefined {
  const [tree, first] = [readTree(octets), readTree(original)];
  if (tree === undefined || first === undefined) return undefined;
  if (tree[0]?.children?.[0]?.identifier === tag.enumerated) keepReadableCertificates(tree);
  else if (tree[0]?.children?.[0]?.identifier === tag.oid) restoreUnsigned(tree, first);
  else return undefined;
  return writeTree(tree);
}

const [implicit0, implicit1] = [0xa0, 0xa1];

/** ContentInfo, its SignedData (RFC 5652, section 5.1). */
function signedDataOf(tree: readonly Node[]): Node | undefined {
  return tree[0]?.children?.[1]?.children?.[0];
}

function restoreUnsigned(tree: readonly Node[], original: readonly Node[]): void {
  const [signedData, first] = [signedDataOf(tree), signedDataOf(original)];
  if (signedData === undefined || first === undefined) return;
  restore(signedData, first, 3, [implicit0, implicit1]);
  const [signer, firstSigner] = [signedData, first].map((each) => each.children?.at(-1)?.children?.[0]);
  if (signer !== undefined && firstSigner !== undefined) restore(signer, firstSigner, 6, [implicit1]);
}

/** Puts the children with those tags, from the place `from` on, back as they were in the original. */
function restore(node: Node, original: Node, from: number, tags: readonly number[]): void {
  const isUnsigned = ({ identifier }: Node, at: number) => at >= from && tags.includes(identifier);
  const kept = (node.children ?? []).filter((child, at) => !isUnsigned(child, at));
  const unsigned = (original.children ?? []).filter(isUnsigned);
  const place = unsigned.length > 0 ? (original.children ?? []).findIndex(isUnsigned) : kept.length;
  node.children = [...kept.slice(0, place), ...unsigned, ...kept.slice(place)];
}

/** BasicOCSPResponse's certificates (RFC 6960, section 4.2.1): those stay that are certificates. */
function keepReadableCertificates(tree: readonly Node[]): void {
  const basic = tree[0]?.children?.[1]?.children?.[0]?.children?.[1]?.children?.[0];
  const certificates = basic?.children?.[3]?.children?.[0];
  if (certificates?.children === undefined) return;
  certificates.children = certificates.children.filter((each) => isCertificate(writeTree([each])));
}

function isCertificate(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).subject !== undefined;
  } catch {
    return false;
  }
}
