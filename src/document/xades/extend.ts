import { inSlices } from '../../budget/slices.ts';
import { isFailure, SealgateError } from '../../error.ts';
import { inserted, placesOf } from '../../xml/places.ts';
import { parseTree, type TreeElement, type XmlTree } from '../../xml/tree.ts';
import type { Material } from '../examined.ts';
import { type Extender, type Extending, stampDigest, stampOver } from '../extender.ts';
import { asDocument, followAll, isOwnSignature } from './examine.ts';
import { childNamed, signatureUri, xades141Uri, xadesUri } from './names.ts';
import { propertiesOf } from './properties.ts';
import { documentXmlLimits } from './reference.ts';
import { objectNamed, readSignature } from './structure.ts';
import { archivedParts, imprintOf, type StampedSignature } from './timestamps.ts';

/**
 * Extends every XAdES signature of a document (EN 319 132-1) by unsigned properties, put in where they belong and
 * nothing else touched. Steps throw `document_malformed`, and what keeps a signature from being followed.
 */
export const xmlExtender: Extender = {
  stampSignatures: (document, extending) =>
    forEachSignature(document, extending, async (stamped) => {
      const isStamped = stamped.properties.unsigned.some(
        ({ element }) => element.local === 'SignatureTimeStamp',
      );
      return isStamped
        ? ''
        : stampOf(stamped, 'xades:SignatureTimeStamp', [stamped.signature.valueNode], extending);
    }),
  addEvidence: (document, material, extending) =>
    forEachSignature(document, extending, async (stamped) => evidenceOf(stamped, material)),
  stampArchive: (document, extending) =>
    forEachSignature(document, extending, async (stamped) => {
      const parts = archivedParts(stamped.properties.unsigned, stamped, false);
      return stampOf(stamped, 'xades141:ArchiveTimeStamp', parts, extending);
    }),
};

/** A document with what `make` makes for each of its signatures added to that one's unsigned properties. */
async function forEachSignature(
  document: Uint8Array,
  extending: Extending,
  make: (stamped: StampedSignature) => Promise<string>,
): Promise<Uint8Array> {
  let octets = document;
  const { length } = (await treeOf(document, extending)).signatures.filter(isOwnSignature);
  for (let at = 0; at < length; at++) {
    // What is put in moves all that stands behind it.
    const tree = await treeOf(octets, extending);
    const stamped = await followed(tree.signatures.filter(isOwnSignature)[at]!, tree, extending);
    const text = await make(stamped);
    if (text !== '') octets = withProperty(octets, tree, stamped, text);
  }
  return octets;
}

function treeOf(octets: Uint8Array, { budget }: Extending): Promise<XmlTree> {
  return asDocument(inSlices(parseTree(octets, documentXmlLimits), budget.share));
}

async function followed(
  node: TreeElement,
  tree: XmlTree,
  { contents, budget }: Extending,
): Promise<StampedSignature> {
  const signature = readSignature(node);
  const references = await followAll(signature, tree, { contents, known: [], budget });
  if (isFailure(references)) throw references;
  const properties = propertiesOf(signature, references);
  if (properties === undefined)
    throw new SealgateError('document_malformed', { problem: 'a signature has no properties of XAdES' });
  return { signature, references, properties };
}

const namespaces = `xmlns:xades="${xadesUri}" xmlns:xades141="${xades141Uri}" xmlns:ds="${signatureUri}"`;
/** Does not depend on what stands around. */
const stampForm = 'http://www.w3.org/2001/10/xml-exc-c14n#';

async function stampOf(
  { signature }: StampedSignature,
  name: string,
  parts: Parameters<typeof imprintOf>[1],
  extending: Extending,
): Promise<string> {
  const algorithm = stampDigest('digest' in signature.algorithm ? signature.algorithm.digest : undefined);
  const form = { kind: 'exclusive', prefixes: new Set<string>() } as const;
  const imprint = await imprintOf(algorithm, parts, form, extending.budget.share);
  const token = await stampOver(extending, algorithm, imprint);
  return [
    `<${name} ${namespaces}>`,
    `<ds:CanonicalizationMethod Algorithm="${stampForm}"/>`,
    `<xades:EncapsulatedTimeStamp>${base64(token)}</xades:EncapsulatedTimeStamp>`,
    `</${name}>`,
  ].join('');
}

/** Values of their own stand once in a signature; further ones stand in TimeStampValidationData (section 5.5.1). */
function evidenceOf({ properties }: StampedSignature, material: Material): string {
  const certificates = material.certificates.map(
    (der) => `<xades:EncapsulatedX509Certificate>${base64(der)}</xades:EncapsulatedX509Certificate>`,
  );
  const lists = wrapped(
    'CRLValues',
    material.lists.map((der) => `<xades:EncapsulatedCRLValue>${base64(der)}</xades:EncapsulatedCRLValue>`),
  );
  const answers = wrapped(
    'OCSPValues',
    material.answers.map(
      (der) => `<xades:EncapsulatedOCSPValue>${base64(der)}</xades:EncapsulatedOCSPValue>`,
    ),
  );
  const values = [
    wrapped('CertificateValues', certificates),
    wrapped(
      'RevocationValues',
      [lists, answers].filter((each) => each !== ''),
    ),
  ].filter((each) => each !== '');
  if (values.length === 0) return '';
  const isFirst = !properties.unsigned.some(({ element }) =>
    ['CertificateValues', 'RevocationValues'].includes(element.local),
  );
  if (isFirst) return values.map((each) => each.replace('>', ` ${namespaces}>`)).join('');
  const name = 'xades141:TimeStampValidationData';
  return `<${name} ${namespaces}>${values.join('')}</${name}>`;
}

function wrapped(name: string, items: readonly string[]): string {
  return items.length === 0 ? '' : `<xades:${name}>${items.join('')}</xades:${name}>`;
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64');
}

/** Puts a property behind the unsigned ones that there are, with the elements around it where there are none. */
function withProperty(
  octets: Uint8Array,
  tree: XmlTree,
  { signature, properties }: StampedSignature,
  text: string,
): Uint8Array {
  const qualifying = objectNamed(signature, xadesUri, 'QualifyingProperties');
  const unsigned = childNamed(qualifying, xadesUri, 'UnsignedProperties');
  const ofSignature = childNamed(unsigned, xadesUri, 'UnsignedSignatureProperties');
  const inner = `<xades:UnsignedSignatureProperties ${namespaces}>${text}</xades:UnsignedSignatureProperties>`;
  const places = placesOf(octets, tree);
  if (ofSignature !== undefined) return within(octets, ofSignature, places, 'closing', text);
  if (unsigned !== undefined) return within(octets, unsigned, places, 'opened', inner);
  const all = `<xades:UnsignedProperties ${namespaces}>${inner}</xades:UnsignedProperties>`;
  return inserted(octets, places.get(properties.signed)!.end, all);
}

function within(
  octets: Uint8Array,
  node: TreeElement,
  places: ReturnType<typeof placesOf>,
  where: 'opened' | 'closing',
  text: string,
): Uint8Array {
  const place = places.get(node)!;
  if (!place.isEmptyTag) return inserted(octets, place[where], text);
  const { prefix, local } = node.element;
  const name = prefix === '' ? local : `${prefix}:${local}`;
  const opened = Buffer.concat([octets.subarray(0, place.end - 2), Buffer.from('>')]);
  return Buffer.concat([opened, Buffer.from(`${text}</${name}>`), octets.subarray(place.end)]);
}
