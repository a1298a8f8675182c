import { signatureUri } from '../../xml/signature-element.ts';
import { childElements, type TreeElement } from '../../xml/tree.ts';

export { signatureUri };

/** Namespaces of XAdES (EN 319 132-1). */
export const xadesUri = 'http://uri.etsi.org/01903/v1.3.2#';
export const xades141Uri = 'http://uri.etsi.org/01903/v1.4.1#';

/** Types of references. */
export const signedPropertiesType = 'http://uri.etsi.org/01903#SignedProperties';
export const counterSignedType = 'http://uri.etsi.org/01903#CountersignedSignature';
export const objectType = `${signatureUri}Object`;

/** Whether an element is the one of that name. */
export function isNamed({ element }: TreeElement, uri: string, local: string): boolean {
  return element.uri === uri && element.local === local;
}

/** The children of that name. */
export function childrenNamed(parent: TreeElement, uri: string, local: string): readonly TreeElement[] {
  return childElements(parent).filter((child) => isNamed(child, uri, local));
}

/** The only child of that name; undefined where there is none or several. */
export function childNamed(
  parent: TreeElement | undefined,
  uri: string,
  local: string,
): TreeElement | undefined {
  if (parent === undefined) return undefined;
  const [child, another] = childrenNamed(parent, uri, local);
  return another === undefined ? child : undefined;
}
