import type { NamedContent } from '../document/examined.ts';
import { signatureUri } from '../document/xades/names.ts';
import { SealgateError } from '../error.ts';
import type { Signer } from '../token/signer.ts';
import { inserted, placesOf } from '../xml/places.ts';
import { isElement, type TreeElement, type XmlTree } from '../xml/tree.ts';
import { requireUnbroken } from './unbroken.ts';
import { completed, treeOf } from './xml-complete.ts';
import {
  exclusive,
  referenceTo,
  signatureParts,
  skeletonOf,
  type XmlOptions,
  xadesSkeleton,
} from './xml-skeleton.ts';

const enveloped = `${signatureUri}enveloped-signature`;
const smev = 'urn://smev-gov-ru/xmldsig/transform';

/**
 * Signs a whole XML document as XAdES-BES (EN 319 132-1, level B), enveloped: the signature becomes the last child of the
 * root, and no other octet changes. Throws `signing_breaks_signature` where one that is there covers that,
 * `document_malformed`, `mechanism_unsupported` for a scheme without a name in XML signatures, an Error if the signer has
 * no certificate, and the failures of `signer.sign`.
 */
export async function signXml(
  document: Uint8Array,
  signer: Signer,
  options: XmlOptions,
): Promise<Uint8Array> {
  const tree = await treeOf(document);
  const place = placesOf(document, tree).get(tree.root)!;
  if (place.isEmptyTag) throw malformed('the root is an empty-element tag, so that nothing can stand in it');
  const parts = signatureParts(signer, options);
  const references = [referenceTo('', [enveloped, exclusive], parts.digestUri)];
  const skeleton = xadesSkeleton(references, parts);
  const signed = await completed(inserted(document, place.closing, skeleton), signer, parts, []);
  await requireUnbroken(document, signed);
  return signed;
}

/** A document beside a signature, whose name its reference has. */
export interface ReferredContent extends NamedContent {
  readonly name: string;
}

/** Signs documents beside as XAdES-BES, detached: the file that a container of ASiC-E holds (EN 319 162-1, annex A.3). */
export async function signXmlBeside(
  contents: readonly ReferredContent[],
  signer: Signer,
  options: XmlOptions,
): Promise<Uint8Array> {
  const parts = signatureParts(signer, options);
  const references = contents.map(({ name }) =>
    referenceTo(name.split('/').map(encodeURIComponent).join('/'), [], parts.digestUri),
  );
  const skeleton = xadesSkeleton(references, parts);
  const asic = 'http://uri.etsi.org/02918/v1.2.1#';
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<asic:XAdESSignatures xmlns:asic="${asic}">${skeleton}</asic:XAdESSignatures>\n`;
  return completed(Buffer.from(text), signer, parts, contents);
}

/** Where a signature of SMEV 3 stands: the element of that name behind what it signs. */
const smevSignature = /Signature$/;

/**
 * Signs the element `id` of a message as SMEV 3 asks for it: exclusive form, then its own transform. The signature goes
 * into the empty element of a name in «Signature» that follows the signed one, such as CallerInformationSystemSignature.
 * Throws `document_malformed` where there is none, and as `signXml` does.
 */
export async function signSmev(
  message: Uint8Array,
  id: string,
  signer: Signer,
  options: XmlOptions,
): Promise<Uint8Array> {
  const tree = await treeOf(message);
  const target = tree.byId.get(id);
  if (target === undefined) throw malformed(`there is no single element ${id}`);
  const siblings = target.parent?.children ?? [];
  const place = siblings.slice(siblings.indexOf(target) + 1).find(isElement);
  if (place === undefined || !smevSignature.test(place.element.local) || place.children.length > 0)
    throw malformed(`the element ${id} is not followed by an empty one for its signature`);
  const parts = signatureParts(signer, options);
  const references = [referenceTo(`#${id}`, [exclusive, smev], parts.digestUri)];
  const skeleton = skeletonOf(references, parts);
  return completed(within(message, tree, place, skeleton), signer, parts, []);
}

function within(octets: Uint8Array, tree: XmlTree, node: TreeElement, text: string): Buffer {
  const place = placesOf(octets, tree).get(node)!;
  if (!place.isEmptyTag) return inserted(octets, place.opened, text);
  const { prefix, local } = node.element;
  const name = prefix === '' ? local : `${prefix}:${local}`;
  const tag = Buffer.concat([octets.subarray(0, place.end - 2), Buffer.from(`>${text}</${name}>`)]);
  return Buffer.concat([tag, octets.subarray(place.end)]);
}

function malformed(problem: string): SealgateError<'document_malformed'> {
  return new SealgateError('document_malformed', { problem });
}
