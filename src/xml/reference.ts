import type { CanonicalForm } from './canonical.ts';
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
const inclusiveUris = new Set([
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/2006/12/xml-c14n11',
]);
const exclusiveUri = 'http://www.w3.org/2001/10/xml-exc-c14n#';
/** Inclusive Canonical XML, where no form is named. */
export const inclusive: CanonicalForm = { kind: 'inclusive' };
const mostPrefixes = 16;

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
    second === undefined ? inclusive : nameOf(second) === 'Transform' ? readForm(second) : undefined;
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
  if (inclusiveUris.has(uri)) return parameter === undefined ? inclusive : undefined;
  if (uri !== exclusiveUri || more !== undefined) return undefined;
  if (parameter === undefined) return { kind: 'exclusive', prefixes: new Set() };
  if (parameter.element.uri !== exclusiveUri || parameter.element.local !== 'InclusiveNamespaces')
    return undefined;
  const listed = attributeOf(parameter, 'PrefixList')
    .split(/[\t\n\r ]+/)
    .filter((prefix) => prefix !== '');
  if (listed.length > mostPrefixes) return undefined;
  return {
    kind: 'exclusive',
    prefixes: new Set(listed.map((prefix) => (prefix === '#default' ? '' : prefix))),
  };
}
