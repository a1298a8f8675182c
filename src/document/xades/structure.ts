import type { DigestAlgorithm } from '../../algorithm/digest.ts';
import type { SignatureAlgorithm } from '../../algorithm/signature-algorithm.ts';
import { SealgateError } from '../../error.ts';
import type { CanonicalForm } from '../../xml/canonical.ts';
import { canonicalFormOf } from '../../xml/canonical-form.ts';
import { xmlDigests, xmlSignatures } from '../../xml/signature-algorithm.ts';
import { attributeIn, childElements, isElement, type TreeElement, textIn } from '../../xml/tree.ts';
import { childNamed, isNamed, signatureUri } from './names.ts';

/** Most references of one signature, and most transforms of one reference (XML Signature, best practices). */
const mostReferences = 1024;
const mostTransforms = 5;

/** A Reference (XML Signature, section 4.4.3). */
export interface Reference {
  readonly node: TreeElement;
  readonly id: string | undefined;
  readonly uri: string | undefined;
  readonly type: string | undefined;
  readonly transforms: readonly TreeElement[];
  readonly digest: DigestAlgorithm;
  readonly value: Uint8Array;
}

/** A Signature element, taken apart; nothing verified. */
export interface XmlSignature {
  readonly node: TreeElement;
  readonly signedInfo: TreeElement;
  readonly form: CanonicalForm;
  readonly algorithm: SignatureAlgorithm;
  readonly references: readonly Reference[];
  readonly valueNode: TreeElement;
  readonly value: Uint8Array;
  readonly keyInfo: TreeElement | undefined;
  readonly objects: readonly TreeElement[];
}

/**
 * Takes a Signature element apart, strictly: exactly the children that XML Signature, section 4.2, names, in their order.
 * Throws `document_malformed`, and `algorithm_forbidden` for an algorithm that is unknown.
 */
export function readSignature(node: TreeElement): XmlSignature {
  const [signedInfo, valueNode, ...others] = childElements(node);
  if (signedInfo === undefined || !isNamed(signedInfo, signatureUri, 'SignedInfo'))
    throw malformed('the signature does not begin with SignedInfo');
  if (valueNode === undefined || !isNamed(valueNode, signatureUri, 'SignatureValue'))
    throw malformed('SignedInfo is not followed by SignatureValue');
  const [first] = others;
  const keyInfo = first !== undefined && isNamed(first, signatureUri, 'KeyInfo') ? first : undefined;
  const objects = keyInfo === undefined ? others : others.slice(1);
  if (!objects.every((each) => isNamed(each, signatureUri, 'Object')))
    throw malformed('the signature holds something else than objects behind its value');
  return {
    node,
    signedInfo,
    ...readSignedInfo(signedInfo),
    valueNode,
    value: octetsIn(valueNode),
    keyInfo,
    objects,
  };
}

function readSignedInfo(signedInfo: TreeElement) {
  const [canonical, method, ...nodes] = childElements(signedInfo);
  if (canonical === undefined || !isNamed(canonical, signatureUri, 'CanonicalizationMethod'))
    throw malformed('SignedInfo does not begin with CanonicalizationMethod');
  if (method === undefined || !isNamed(method, signatureUri, 'SignatureMethod'))
    throw malformed('SignedInfo names no SignatureMethod');
  if (nodes.length === 0 || nodes.length > mostReferences)
    throw malformed(`SignedInfo has ${nodes.length} references`);
  const form = formOf(canonical);
  if (form === undefined) throw malformed('the canonical form of SignedInfo is not accepted');
  const uri = attributeIn(method, 'Algorithm') ?? '';
  const algorithm = xmlSignatures.get(uri);
  if (algorithm === undefined) throw unknown(uri, 'signature');
  return { form, algorithm, references: nodes.map(readReference) };
}

function readReference(node: TreeElement): Reference {
  if (!isNamed(node, signatureUri, 'Reference'))
    throw malformed('SignedInfo holds something else than references');
  const children = [...childElements(node)];
  const first = children[0];
  const transforms =
    first !== undefined && isNamed(first, signatureUri, 'Transforms') ? children.shift() : undefined;
  const [method, value, more] = children;
  const isWhole =
    method !== undefined &&
    isNamed(method, signatureUri, 'DigestMethod') &&
    value !== undefined &&
    isNamed(value, signatureUri, 'DigestValue') &&
    more === undefined;
  if (!isWhole) throw malformed('a reference does not have exactly one digest');
  const uri = attributeIn(method, 'Algorithm') ?? '';
  const digest = xmlDigests.get(uri);
  if (digest === undefined) throw unknown(uri, 'message-digest');
  const steps = transforms === undefined ? [] : childElements(transforms);
  if (steps.length > mostTransforms)
    throw malformed(`a reference has more than ${mostTransforms} transforms`);
  return {
    node,
    id: attributeIn(node, 'Id'),
    uri: attributeIn(node, 'URI'),
    type: attributeIn(node, 'Type'),
    transforms: steps,
    digest,
    value: octetsIn(value),
  };
}

const withComments = /#?WithComments$/;

/**
 * The canonical form that an element names, or undefined. Those with comments are taken as those without: comments are
 * read by nobody, and a signature over some does not hold.
 */
export function formOf(node: TreeElement): CanonicalForm | undefined {
  const [parameter, more] = childElements(node);
  if (more !== undefined) return undefined;
  const uri = attributeIn(node, 'Algorithm') ?? '';
  const plain = uri.replace(withComments, '');
  const isExclusive = plain === 'http://www.w3.org/2001/10/xml-exc-c14n';
  return canonicalFormOf(isExclusive ? `${plain}#` : plain, parameter?.element);
}

/** Octets of base64 text in an element that holds nothing else. Throws `document_malformed`. */
export function octetsIn(node: TreeElement): Uint8Array {
  if (node.children.some(isElement)) throw malformed(`${node.element.local} holds elements`);
  const text = textIn(node).replace(/[\t\n\r ]/g, '');
  const octets = Buffer.from(text, 'base64');
  if (text === '' || octets.toString('base64').replace(/=+$/, '') !== text.replace(/=+$/, ''))
    throw malformed(`${node.element.local} is no base64`);
  return octets;
}

/** The only element of a name below a signature that is asked for; see `childNamed`. */
export function objectNamed(signature: XmlSignature, uri: string, local: string): TreeElement | undefined {
  const found = signature.objects.flatMap((each) => childNamed(each, uri, local) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

function malformed(problem: string): SealgateError<'document_malformed'> {
  return new SealgateError('document_malformed', { problem });
}

function unknown(
  algorithm: string,
  where: 'signature' | 'message-digest',
): SealgateError<'algorithm_forbidden'> {
  const accepted = [...(where === 'signature' ? xmlSignatures : xmlDigests).keys()].join(', ');
  return new SealgateError('algorithm_forbidden', { algorithm, where, accepted });
}
