import { isFailure } from '../../error.ts';
import { attributeIn, elementsBelow, type TreeElement, type XmlTree } from '../../xml/tree.ts';
import type { Material } from '../examined.ts';
import { childrenNamed, isNamed, signatureUri, xadesUri } from './names.ts';
import { octetsIn, type XmlSignature } from './structure.ts';

/** Most values of each kind that one signature may bring. */
const mostValues = 64;

const wsseUri = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';

/** The certificates in KeyInfo, and those to which it refers in WS-Security, DER; nothing verified. */
export function keyInfoCertificates({ keyInfo }: XmlSignature, tree: XmlTree): readonly Uint8Array[] {
  if (keyInfo === undefined) return [];
  const own = childrenNamed(keyInfo, signatureUri, 'X509Data').flatMap((data) =>
    childrenNamed(data, signatureUri, 'X509Certificate'),
  );
  const referred = childrenNamed(keyInfo, wsseUri, 'SecurityTokenReference').flatMap((token) =>
    childrenNamed(token, wsseUri, 'Reference').flatMap((reference) => {
      const target = tree.byId.get((attributeIn(reference, 'URI') ?? '').replace(/^#/, ''));
      return target !== undefined && isNamed(target, wsseUri, 'BinarySecurityToken') ? [target] : [];
    }),
  );
  return [...own, ...referred].slice(0, mostValues).flatMap(readable);
}

/** Certificates, lists and answers in the unsigned properties of a signature; what cannot be read is passed over. */
export function materialIn(properties: readonly TreeElement[]): Material {
  const found = (name: string) =>
    properties
      .filter((each) => !isNamed(each, xadesUri, 'CounterSignature'))
      .flatMap((each) => [...elementsBelow(each)])
      .filter((each) => isNamed(each, xadesUri, name))
      .slice(0, mostValues)
      .flatMap(readable);
  return {
    certificates: found('EncapsulatedX509Certificate'),
    lists: found('EncapsulatedCRLValue'),
    answers: found('EncapsulatedOCSPValue'),
  };
}

function readable(node: TreeElement): readonly Uint8Array[] {
  try {
    return [octetsIn(node)];
  } catch (error) {
    if (isFailure(error)) return [];
    throw error;
  }
}
