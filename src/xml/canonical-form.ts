import type { CanonicalForm } from './canonical.ts';
import type { XmlElement } from './parse.ts';

const inclusiveUris = new Set([
  'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
  'http://www.w3.org/2006/12/xml-c14n11',
]);
const exclusiveUri = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const mostPrefixes = 16;

/** Canonical XML 1.0: what applies where no form is named (XML Signature, section 4.4.3.2). */
export const inclusiveForm: CanonicalForm = { kind: 'inclusive' };

/**
 * The canonical form of a name, with the element inside of the algorithm where there is one: InclusiveNamespaces of the
 * exclusive form (RFC 3741, section 5). Undefined where it is unknown or has another parameter.
 */
export function canonicalFormOf(uri: string, parameter: XmlElement | undefined): CanonicalForm | undefined {
  if (inclusiveUris.has(uri)) return parameter === undefined ? inclusiveForm : undefined;
  if (uri !== exclusiveUri) return undefined;
  if (parameter === undefined) return { kind: 'exclusive', prefixes: new Set() };
  if (parameter.uri !== exclusiveUri || parameter.local !== 'InclusiveNamespaces') return undefined;
  const [list, another] = parameter.attributes;
  if (list?.uri !== '' || list.local !== 'PrefixList' || another !== undefined) return undefined;
  const listed = list.value.split(/[\t\n\r ]+/).filter((prefix) => prefix !== '');
  if (listed.length > mostPrefixes) return undefined;
  return {
    kind: 'exclusive',
    prefixes: new Set(listed.map((prefix) => (prefix === '#default' ? '' : prefix))),
  };
}
