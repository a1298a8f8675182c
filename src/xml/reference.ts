import type { CanonicalForm } from './canonical.ts';
import { canonicalFormOf, inclusiveForm } from './canonical-form.ts';
import { xmlDigests } from './signature-algorithm.ts';
import {
  attributeOf,
  childrenOf,
  elementsOf,
  octetsOf,
  signatureUri,
  type XmlNode,
  XmlSignatureError,
} from './signature-element.ts';

const enveloped = `${signatureUri}enveloped-signature`;

/** What a signature covers: the whole document, in a canonical form, by its digest (XML Signature, section 4.4.3). */
export interface Reference {
  readonly form: CanonicalForm;
  readonly digestName: NonNullable<ReturnType<typeof xmlDigests.get>>;
  readonly value: Uint8Array;
}

/** Reads a Reference. Throws an XmlSignatureError where it is of another form. */
export function readReference(node: XmlNode): Reference {
  if (attributeOf(node, 'URI') !== '')
    throw new XmlSignatureError('the reference is not to the whole document');
  const [transforms, digestMethod, digestValue] = childrenOf(node, [
    'Transforms',
    'DigestMethod',
    'DigestValue',
  ]);
  const [first, second, third] = elementsOf(transforms!);
  if (first === undefined || third !== undefined || nameOf(first) !== 'Transform') {
    throw new XmlSignatureError('transforms are not those of an enveloped signature');
  }
  if (attributeOf(first, 'Algorithm') !== enveloped || elementsOf(first).length > 0) {
    throw new XmlSignatureError('the first transform is not that of an enveloped signature');
  }
  // Where no form is named, inclusive Canonical XML 1.0 it is (XML Signature, section 4.4.3.2).
  const form =
    second === undefined ? inclusiveForm : nameOf(second) === 'Transform' ? readForm(second) : undefined;
  if (form === undefined) throw new XmlSignatureError('the second transform is no accepted canonical form');
  const uri = attributeOf(digestMethod!, 'Algorithm');
  childrenOf(digestMethod!, []);
  const digestName = xmlDigests.get(uri);
  if (digestName === undefined) throw new XmlSignatureError(`digest algorithm ${uri} is unknown`);
  return { form, digestName, value: octetsOf(digestValue!) };
}

/** The local name of an element of XML Signature; empty of any other. */
export function nameOf({ element }: XmlNode): string {
  return element.uri === signatureUri ? element.local : '';
}

/** The canonical form that a CanonicalizationMethod or a Transform names, or undefined. */
export function readForm(node: XmlNode): CanonicalForm | undefined {
  const uri = attributeOf(node, 'Algorithm');
  const [parameter, more] = elementsOf(node);
  return more === undefined ? canonicalFormOf(uri, parameter?.element) : undefined;
}
