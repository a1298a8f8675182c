import { hasXmlAttributes, type Namespaces } from './canonical.ts';
import { XmlError } from './error.ts';
import type { XmlElement, XmlHandler } from './parse.ts';

/** Namespace of XML Signature. */
export const signatureUri = 'http://www.w3.org/2000/09/xmldsig#';

/** A signature that is missing, misplaced, of a form that is not accepted, or that does not hold. */
export class XmlSignatureError extends Error {
  override readonly name = 'XmlSignatureError';
  readonly rule: string;

  constructor(rule: string, options?: ErrorOptions) {
    super(rule, options);
    this.rule = rule;
  }
}

/** An element with what it holds, for the small part of a document that is the signature. */
export interface XmlNode {
  readonly element: XmlElement;
  readonly children: (XmlNode | string)[];
}

/** The one signature of a document, with what its form depends on around it. */
export interface SignatureElement {
  readonly node: XmlNode;
  /** Namespaces in scope inside of the Signature element. */
  readonly inScope: Namespaces;
  /** Whether root or signature have attributes of the xml namespace, which inclusive canonical forms inherit. */
  readonly hasXmlAttributes: boolean;
}

const mostNodes = 500;
const mostCharacters = 1_000_000;
/** The root is at depth 1. */
const signatureDepth = 2;

/** Whether an element is an XML signature. */
export function isSignature({ uri, local }: XmlElement): boolean {
  return uri === signatureUri && local === 'Signature';
}

/**
 * Finds the signature of a document. Throws an XmlSignatureError unless there is exactly one Signature element and
 * it is a child of the root: further ones, moved or hidden ones are how signed content is exchanged for other.
 */
export class SignatureFinder implements XmlHandler {
  private depth = 0;
  private found: XmlNode | undefined;
  private readonly path: XmlNode[] = [];
  private root: XmlElement | undefined;
  private nodes = 0;
  private characters = 0;

  open(element: XmlElement): void {
    this.depth++;
    this.root ??= element;
    if (isSignature(element)) this.checkPlace();
    else if (this.path.length === 0) return;
    const node: XmlNode = { element, children: [] };
    this.nodes++;
    if (this.nodes > mostNodes) throw new XmlError('the signature has too many elements');
    if (this.path.length === 0) this.found = node;
    this.path.at(-1)?.children.push(node);
    this.path.push(node);
  }

  close(): void {
    this.depth--;
    this.path.pop();
  }

  text(text: string): void {
    const node = this.path.at(-1);
    if (node === undefined) return;
    this.characters += text.length;
    if (this.characters > mostCharacters) throw new XmlError('the signature is too long');
    node.children.push(text);
  }

  instruction(): void {
    if (this.path.length > 0) throw new XmlSignatureError('the signature holds a processing instruction');
  }

  /** The signature, once the document is over. */
  result(): SignatureElement {
    if (this.found === undefined || this.root === undefined) {
      throw new XmlSignatureError('the document has no signature');
    }
    return {
      node: this.found,
      inScope: new Map([...this.root.namespaces, ...this.found.element.namespaces]),
      hasXmlAttributes: hasXmlAttributes(this.root) || hasXmlAttributes(this.found.element),
    };
  }

  private checkPlace(): void {
    if (this.found !== undefined) throw new XmlSignatureError('there is more than one signature');
    if (this.depth !== signatureDepth)
      throw new XmlSignatureError('the signature is not a child of the root');
  }
}

/**
 * The children of an element: exactly those named, in that order, in the namespace of signatures, and no text.
 * A name that ends in `?` may be left out. Throws an XmlSignatureError.
 */
export function childrenOf(node: XmlNode, names: readonly string[]): (XmlNode | undefined)[] {
  const children = elementsOf(node);
  const found = names.map((name) => {
    const isOptional = name.endsWith('?');
    const local = isOptional ? name.slice(0, -1) : name;
    const next = children[0];
    if (next?.element.local === local && next.element.uri === signatureUri) return children.shift();
    if (isOptional) return undefined;
    throw new XmlSignatureError(`${node.element.local} holds no ${local} where it belongs`);
  });
  const left = children[0];
  if (left !== undefined) throw new XmlSignatureError(`${node.element.local} holds ${left.element.local}`);
  return found;
}

/** The element children of a node, which must hold no other text than white space. */
export function elementsOf(node: XmlNode): XmlNode[] {
  const children: XmlNode[] = [];
  for (const child of node.children) {
    if (typeof child !== 'string') children.push(child);
    else if (/[^\t\n\r ]/.test(child)) throw new XmlSignatureError(`${node.element.local} holds text`);
  }
  return children;
}

/** The text of an element that must hold nothing else. */
export function textOf(node: XmlNode): string {
  const pieces = node.children.map((child) => {
    if (typeof child === 'string') return child;
    throw new XmlSignatureError(`${node.element.local} holds an element`);
  });
  return pieces.join('');
}

/** Value of an attribute; attributes beside `name` and Id are refused, and so is its absence. */
export function attributeOf(node: XmlNode, name: string): string {
  const { local, attributes } = node.element;
  const other = attributes.find(
    (attribute) => attribute.uri !== '' || ![name, 'Id'].includes(attribute.local),
  );
  if (other !== undefined) throw new XmlSignatureError(`${local} has the attribute ${other.local}`);
  const value = attributes.find((attribute) => attribute.local === name)?.value;
  if (value === undefined) throw new XmlSignatureError(`${local} has no attribute ${name}`);
  return value;
}

/** Octets of base64 text, in which white space is allowed and nothing else. */
export function octetsOf(node: XmlNode): Uint8Array {
  const text = textOf(node).replace(/[\t\n\r ]/g, '');
  const octets = Buffer.from(text, 'base64');
  if (text === '' || octets.toString('base64') !== text) {
    throw new XmlSignatureError(`${node.element.local} is no base64`);
  }
  return octets;
}
