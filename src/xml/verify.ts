import { timingSafeEqual } from 'node:crypto';
import { verificationCost } from '../algorithm/cost.ts';
import { digest } from '../algorithm/digest.ts';
import { type AlgorithmPolicy, describeAccepted, forbiddenBy } from '../algorithm/policy.ts';
import { publicKeyOf } from '../algorithm/public-key.ts';
import {
  digestNames,
  fitsKey,
  type SignatureAlgorithm,
  signatureAlgorithmName,
} from '../algorithm/signature-algorithm.ts';
import { verifySignatureValue } from '../algorithm/verify.ts';
import type { Budget } from '../budget/budget.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { SealgateError } from '../error.ts';
import { type CanonicalForm, Canonicaliser } from './canonical.ts';
import { parseXml, type XmlElement, type XmlHandler, type XmlLimits } from './parse.ts';
import { nameOf, type Reference, readForm, readReference } from './reference.ts';
import { xmlSignatures } from './signature-algorithm.ts';
import {
  attributeOf,
  childrenOf,
  elementsOf,
  isSignature,
  octetsOf,
  type SignatureElement,
  SignatureFinder,
  type XmlNode,
  XmlSignatureError,
} from './signature-element.ts';

/** A document whose signature holds under the key of `signer`; whether the signer is to be trusted is another matter. */
export interface SignedXml {
  /** Exactly the octets that were hashed and signed: the document in canonical form without its signature. */
  readonly content: Uint8Array;
  readonly signer: Certificate;
  /** The certificates that came with the signature, the signer's among them. */
  readonly certificates: readonly Certificate[];
}

const mostCertificates = 8;

/**
 * Verifies an enveloped signature (XML Signature, second edition) of the strictest form: one Signature, child of the
 * root; one Reference, to the whole document; the enveloped transform and at most one canonical form without comments
 * after it; a certificate in KeyInfo. What was signed is returned as octets, and only they may be read afterwards, so
 * that nothing that the signature does not cover can be taken for signed.
 * Throws an XmlError, an XmlSignatureError, `algorithm_forbidden`, `certificate_malformed` or `budget_exhausted`.
 */
export function verifyEnveloped(
  octets: Uint8Array,
  limits: XmlLimits,
  algorithms: AlgorithmPolicy,
  budget: Budget,
): SignedXml {
  budget.spend('octets', octets.length);
  const finder = new SignatureFinder();
  parseXml(octets, finder, limits);
  const signature = finder.result();
  const [signedInfo, value, keyInfo] = childrenOf(signature.node, [
    'SignedInfo',
    'SignatureValue',
    'KeyInfo',
  ]);
  const { form, algorithm, reference } = readSignedInfo(signedInfo!, signature);
  const certificates = readKeyInfo(keyInfo!);
  const signer = verifyValue(
    canonicalNode(signedInfo!, form, signature),
    octetsOf(value!),
    algorithm,
    certificates,
    algorithms,
    budget,
  );
  const content = canonicalContent(octets, limits, reference.form);
  requireDigest(reference.digestName, algorithms);
  const actual = digest(reference.digestName, content);
  if (actual.length !== reference.value.length || !timingSafeEqual(actual, reference.value)) {
    throw new XmlSignatureError('the digest differs: the document was changed after it was signed');
  }
  return { content, signer, certificates };
}

function verifyValue(
  signed: Uint8Array,
  value: Uint8Array,
  algorithm: SignatureAlgorithm,
  certificates: readonly Certificate[],
  algorithms: AlgorithmPolicy,
  budget: Budget,
): Certificate {
  for (const certificate of certificates) {
    budget.payWork(verificationCost(certificate.publicKey, signed.length), 'pool');
    const key = publicKeyOf(certificate.publicKey);
    if (key.family === 'unusable' || !fitsKey(algorithm, key)) continue;
    budget.spend('signatures');
    // XML Signature writes ECDSA as r ‖ s (XML Signature 1.1, section 6.4.3).
    if (!verifySignatureValue(algorithm, key, signed, value, 'ieee-p1363')) continue;
    const forbidden = forbiddenBy(algorithms, algorithm, key);
    if (forbidden !== undefined) throw refusedAlgorithm(forbidden, algorithms);
    return certificate;
  }
  throw new XmlSignatureError(`the signature (${signatureAlgorithmName(algorithm)}) does not hold`);
}

function requireDigest(name: Reference['digestName'], algorithms: AlgorithmPolicy): void {
  if (!algorithms.digests.has(name)) throw refusedAlgorithm(digestNames[name], algorithms);
}

function refusedAlgorithm(algorithm: string, algorithms: AlgorithmPolicy): SealgateError {
  return new SealgateError('algorithm_forbidden', {
    algorithm,
    accepted: describeAccepted(algorithms),
    where: 'xml-signature',
  });
}

function readSignedInfo(node: XmlNode, signature: SignatureElement) {
  const [method, signatureMethod, referenceNode] = childrenOf(node, [
    'CanonicalizationMethod',
    'SignatureMethod',
    'Reference',
  ]);
  const form = readForm(method!);
  if (form === undefined) throw new XmlSignatureError('the canonical form of SignedInfo is not accepted');
  if (form.kind === 'inclusive' && signature.hasXmlAttributes) {
    throw new XmlSignatureError('attributes of the xml namespace around the signature are not accepted');
  }
  const uri = attributeOf(signatureMethod!, 'Algorithm');
  childrenOf(signatureMethod!, []);
  const algorithm = xmlSignatures.get(uri);
  if (algorithm === undefined) throw new XmlSignatureError(`signature algorithm ${uri} is unknown`);
  return { form, algorithm, reference: readReference(referenceNode!) };
}

function readKeyInfo(node: XmlNode): readonly Certificate[] {
  const data = elementsOf(node).filter((child) => nameOf(child) === 'X509Data');
  const encoded = data.flatMap(elementsOf).filter((child) => nameOf(child) === 'X509Certificate');
  if (encoded.length === 0) throw new XmlSignatureError('the signature comes without a certificate');
  if (encoded.length > mostCertificates) {
    throw new XmlSignatureError(`the signature comes with more than ${mostCertificates} certificates`);
  }
  return encoded.map((child) => parseCertificate(octetsOf(child)));
}

/** SignedInfo as it was signed: part of the document, in the namespaces around it. */
function canonicalNode(node: XmlNode, form: CanonicalForm, signature: SignatureElement): Uint8Array {
  const canonicaliser = new Canonicaliser(form, signature.inScope);
  const tell = ({ element, children }: XmlNode): void => {
    canonicaliser.open(element);
    for (const child of children) {
      if (typeof child === 'string') canonicaliser.text(child);
      else tell(child);
    }
    canonicaliser.close();
  };
  tell(node);
  return canonicaliser.result();
}

/** The document without its signature; comments fall away, because the reference is to "" (section 4.4.3.2). */
function canonicalContent(octets: Uint8Array, limits: XmlLimits, form: CanonicalForm): Uint8Array {
  const canonicaliser = new Canonicaliser(form);
  parseXml(octets, new WithoutSignature(canonicaliser), limits);
  return canonicaliser.result();
}

class WithoutSignature implements XmlHandler {
  private readonly inner: Canonicaliser;
  /** Open elements inside of the signature, itself included. */
  private inside = 0;

  constructor(inner: Canonicaliser) {
    this.inner = inner;
  }

  open(element: XmlElement): void {
    if (this.inside > 0 || isSignature(element)) this.inside++;
    else this.inner.open(element);
  }

  close(): void {
    if (this.inside > 0) this.inside--;
    else this.inner.close();
  }

  text(text: string): void {
    if (this.inside === 0) this.inner.text(text);
  }

  instruction(target: string, body: string): void {
    if (this.inside === 0) this.inner.instruction(target, body);
  }
}
