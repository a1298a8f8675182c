import { type DigestAlgorithm, digestOnce } from '../../algorithm/digest.ts';
import { compareOctets } from '../../asn1/writer.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { SealgateError } from '../../error.ts';
import { xmlDigests } from '../../xml/signature-algorithm.ts';
import { attributeIn, childElements, isWithinElement, type TreeElement, textIn } from '../../xml/tree.ts';
import { readIssuerSerial } from './issuer-serial.ts';
import { childNamed, childrenNamed, isNamed, signatureUri, signedPropertiesType, xadesUri } from './names.ts';
import type { ResolvedReference } from './reference.ts';
import { objectNamed, octetsIn, type Reference, type XmlSignature } from './structure.ts';

/** The properties of XAdES of one signature (EN 319 132-1); the unsigned ones are anybody's. */
export interface Properties {
  readonly signed: TreeElement;
  readonly signedSignature: TreeElement | undefined;
  readonly signedData: TreeElement | undefined;
  /** In their order. */
  readonly unsigned: readonly TreeElement[];
}

/** A reference with what it led to. */
export interface FollowedReference extends Reference {
  readonly resolved: ResolvedReference;
}

/**
 * The properties of a signature, where exactly one reference of their type is to the signed ones, they stand in this very
 * signature, and name it as their target. Undefined otherwise: it is no XAdES then.
 */
export function propertiesOf(
  signature: XmlSignature,
  references: readonly FollowedReference[],
): Properties | undefined {
  const qualifying = objectNamed(signature, xadesUri, 'QualifyingProperties');
  const signed = childNamed(qualifying, xadesUri, 'SignedProperties');
  const id = attributeIn(signature.node, 'Id');
  if (qualifying === undefined || signed === undefined || id === undefined) return undefined;
  const [reference, another] = references.filter(({ type }) => type === signedPropertiesType);
  const isBound =
    reference?.resolved.target === signed && another === undefined && reference.resolved.isWhole;
  if (!isBound || attributeIn(qualifying, 'Target') !== `#${id}`) return undefined;
  return { signed, ...partsOf(signed), unsigned: unsignedIn(qualifying) };
}

function partsOf(signed: TreeElement) {
  return {
    signedSignature: childNamed(signed, xadesUri, 'SignedSignatureProperties'),
    signedData: childNamed(signed, xadesUri, 'SignedDataObjectProperties'),
  };
}

/** Unsigned properties of a signature, whether it is XAdES or not. */
function unsignedIn(qualifying: TreeElement): readonly TreeElement[] {
  const unsigned = childNamed(qualifying, xadesUri, 'UnsignedProperties');
  const ofSignature = childNamed(unsigned, xadesUri, 'UnsignedSignatureProperties');
  return ofSignature === undefined ? [] : childElements(ofSignature);
}

/** The time that the signer claims, ms since the epoch; undefined where there is none that can be read. */
export function signingTimeIn({ signedSignature }: Properties): number | undefined {
  const node = childNamed(signedSignature, xadesUri, 'SigningTime');
  const time = node === undefined ? Number.NaN : Date.parse(textIn(node).trim());
  return Number.isNaN(time) ? undefined : time;
}

/** A hash of the signer's certificate, and issuer and serial number where they stand beside it. */
interface CertificateMark {
  readonly digest: DigestAlgorithm | undefined;
  readonly value: Uint8Array;
  /** The Cert element. */
  readonly node: TreeElement;
}

/** The marks in SigningCertificate and SigningCertificateV2; the signer's is the first. */
export function signingCertificates({ signedSignature }: Properties): readonly CertificateMark[] {
  if (signedSignature === undefined) return [];
  return ['SigningCertificateV2', 'SigningCertificate'].flatMap((name) =>
    childrenNamed(signedSignature, xadesUri, name).flatMap((list) =>
      childrenNamed(list, xadesUri, 'Cert').slice(0, 1).flatMap(markIn),
    ),
  );
}

function markIn(node: TreeElement): readonly CertificateMark[] {
  const digest = childNamed(node, xadesUri, 'CertDigest');
  const method = childNamed(digest, signatureUri, 'DigestMethod');
  const value = childNamed(digest, signatureUri, 'DigestValue');
  if (method === undefined || value === undefined)
    throw new SealgateError('document_malformed', { problem: 'a signing certificate has no hash' });
  const uri = attributeIn(method, 'Algorithm') ?? '';
  return [{ digest: xmlDigests.get(uri), value: octetsIn(value), node }];
}

/** In what a mark differs from a certificate; undefined where it names this very one. */
export function differenceFrom(
  { digest, value, node }: CertificateMark,
  certificate: Certificate,
): 'certificate-digest' | 'issuer-and-serial-number' | undefined {
  if (digest === undefined || compareOctets(digestOnce(digest, certificate.der), value) !== 0)
    return 'certificate-digest';
  return readIssuerSerial(node, certificate) ? undefined : 'issuer-and-serial-number';
}

/** Whether KeyInfo is itself signed, which binds the certificate in it as well (EN 319 132-1, section 6.3). */
export function isKeyInfoSigned(
  { keyInfo }: XmlSignature,
  references: readonly FollowedReference[],
): boolean {
  return (
    keyInfo !== undefined &&
    references.some(
      ({ resolved: { target, isWhole } }) =>
        isWhole && target !== undefined && isWithinElement(keyInfo, target),
    )
  );
}

/** Whether an object is the one that holds the properties. */
export function holdsProperties(object: TreeElement): boolean {
  return childElements(object).some((child) => isNamed(child, xadesUri, 'QualifyingProperties'));
}
