import { fieldOctets } from '../algorithm/ecdsa.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import { parsePublicKeyInfo } from '../algorithm/public-key-info.ts';
import { Reader } from '../asn1/reader.ts';
import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { inSlices } from '../budget/slices.ts';
import type { NamedContent } from '../document/examined.ts';
import { asDocument } from '../document/xades/examine.ts';
import { isNamed, signatureUri } from '../document/xades/names.ts';
import { documentXmlLimits, resolveReference } from '../document/xades/reference.ts';
import { readSignature } from '../document/xades/structure.ts';
import { digestOfContent } from '../signature/content-file.ts';
import { partsOf } from '../token/scheme.ts';
import type { SignatureScheme, Signer } from '../token/signer.ts';
import { placesOf } from '../xml/places.ts';
import { canonicalSteps, elementsBelow, parseTree, type TreeElement, type XmlTree } from '../xml/tree.ts';
import { base64, type SignatureParts } from './xml-skeleton.ts';

/** A document with the values of the signature that bears the mark: the hashes first, since the value is over them. */
export async function completed(
  skeleton: Uint8Array,
  signer: Signer,
  { mark, scheme }: SignatureParts,
  contents: readonly NamedContent[],
): Promise<Uint8Array> {
  const tree = await treeOf(skeleton);
  const signature = readSignature(signatureOf(tree, mark));
  const hashes: string[] = [];
  for (const reference of signature.references) {
    const scope = { tree, contents, signature: signature.node };
    const resolved = await inSlices(
      resolveReference(reference, scope),
      new Budget(documentCommandLimits).share,
    );
    hashes.push(base64(await digestOfContent(reference.digest, resolved.octets)));
  }
  const digested = filled(skeleton, tree, signature.node, 'DigestValue', hashes);
  const final = await treeOf(digested);
  const { node, signedInfo, form } = readSignature(signatureOf(final, mark));
  const nodes = { apex: signedInfo, document: undefined, excluded: new Set<TreeElement>() };
  const share = new Budget(documentCommandLimits).share;
  const octets = await asDocument(inSlices(canonicalSteps(nodes, form), share));
  const value = encodedValue(await signer.sign(octets, scheme), scheme, signer);
  return filled(digested, final, node, 'SignatureValue', [base64(value)]);
}

function signatureOf({ byId }: XmlTree, mark: string): TreeElement {
  const node = byId.get(`signature-${mark}`);
  if (node === undefined) throw new Error('the signature was put into the document');
  return node;
}

/** Puts values in place of what stands for them, in the order of the elements of that name. */
function filled(
  octets: Uint8Array,
  tree: XmlTree,
  signature: TreeElement,
  local: string,
  values: readonly string[],
): Buffer {
  const places = placesOf(octets, tree);
  const nodes = [...elementsBelow(signature)].filter((node) => isNamed(node, signatureUri, local));
  const parts: Uint8Array[] = [];
  let at = 0;
  for (const [index, value] of values.entries()) {
    const { opened, closing } = places.get(nodes[index]!)!;
    parts.push(octets.subarray(at, opened), Buffer.from(value));
    at = closing;
  }
  return Buffer.concat([...parts, octets.subarray(at)]);
}

/** XML Signature writes ECDSA as r ‖ s, each as long as the order (XML Signature 1.1, section 6.4.3). */
function encodedValue(signature: Uint8Array, scheme: SignatureScheme, { publicKey }: Signer): Uint8Array {
  if (partsOf(scheme).family !== 'ec') return signature;
  const key = publicKeyOf(parsePublicKeyInfo(publicKey));
  const coordinate = key.family === 'ec' ? fieldOctets[key.curve] : 0;
  const fields = Reader.der(signature).sequence();
  return Buffer.concat([fields.integer(), fields.integer()].map((number) => padded(number, coordinate)));
}

function padded(number: Uint8Array, length: number): Buffer {
  const digits = Buffer.from(number).subarray(Math.max(0, number.length - length));
  return Buffer.concat([Buffer.alloc(length - digits.length), digits]);
}

/** Parses a document that is to be signed. Throws `document_malformed`. */
export function treeOf(octets: Uint8Array): Promise<XmlTree> {
  const { share } = new Budget(documentCommandLimits);
  return asDocument(inSlices(parseTree(octets, documentXmlLimits), share));
}
