import type { CanonicalForm, Namespaces } from './canonical.ts';
import { Canonicaliser } from './canonical.ts';
import { XmlError } from './error.ts';
import {
  parseXmlInPieces,
  type XmlAttribute,
  type XmlElement,
  type XmlHandler,
  type XmlRules,
} from './parse.ts';
import { isSignature } from './signature-element.ts';

/** A processing instruction. */
export interface XmlInstruction {
  readonly target: string;
  readonly body: string;
}

/** An element in its document, with what stands around it. Comments are left out. */
export interface TreeElement {
  readonly element: XmlElement;
  readonly parent: TreeElement | undefined;
  /** Namespaces in scope outside of it and inside. */
  readonly outerScope: Namespaces;
  readonly innerScope: Namespaces;
  readonly children: readonly TreeNode[];
}

export type TreeNode = TreeElement | XmlInstruction | string;

/** A whole document. */
export interface XmlTree {
  readonly root: TreeElement;
  /** Processing instructions before and after the root. */
  readonly before: readonly XmlInstruction[];
  readonly after: readonly XmlInstruction[];
  /** Elements by their identifiers; undefined for one that occurs twice, of which nobody can say what it means. */
  readonly byId: ReadonlyMap<string, TreeElement | undefined>;
  /** Signature elements, in the order of the document. */
  readonly signatures: readonly TreeElement[];
}

/** An element, or where `root` is one of a document, the document with what stands around it. */
export interface NodeSet {
  readonly apex: TreeElement;
  /** Set where the whole document is meant. */
  readonly document: XmlTree | undefined;
  /** Elements that are left out, with all they hold. */
  readonly excluded: ReadonlySet<TreeElement>;
}

export const xmlUri = 'http://www.w3.org/XML/1998/namespace';
const wsuUri = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';

/** Attributes that identify an element without a schema: of XML Signature, SAML, WS-Security and xml:id. */
function isIdentifier({ uri, local }: XmlAttribute): boolean {
  if (uri === '') return local === 'Id' || local === 'ID';
  return (uri === wsuUri && local === 'Id') || (uri === xmlUri && local === 'id');
}

/**
 * Parses a document into a tree, strictly as `parseXml` does; pauses between pieces. Throws an XmlError.
 */
export function* parseTree(octets: Uint8Array, limits: XmlRules): Generator<undefined, XmlTree> {
  const builder = new TreeBuilder();
  yield* parseXmlInPieces(octets, builder, limits);
  return builder.result();
}

const none: Namespaces = new Map();

interface OpenElement extends TreeElement {
  readonly children: TreeNode[];
}

class TreeBuilder implements XmlHandler {
  private readonly path: OpenElement[] = [];
  private readonly before: XmlInstruction[] = [];
  private readonly after: XmlInstruction[] = [];
  private readonly byId = new Map<string, TreeElement | undefined>();
  private readonly signatures: TreeElement[] = [];
  private root: OpenElement | undefined;

  open(element: XmlElement): void {
    const parent = this.path.at(-1);
    const outerScope = parent?.innerScope ?? none;
    const innerScope =
      element.namespaces.size === 0 ? outerScope : new Map([...outerScope, ...element.namespaces]);
    const node: OpenElement = { element, parent, outerScope, innerScope, children: [] };
    for (const attribute of element.attributes) {
      if (!isIdentifier(attribute)) continue;
      const isKnown = this.byId.has(attribute.value);
      this.byId.set(attribute.value, isKnown ? undefined : node);
    }
    if (isSignature(element)) this.signatures.push(node);
    parent?.children.push(node);
    this.root ??= node;
    this.path.push(node);
  }

  close(): void {
    this.path.pop();
  }

  text(text: string): void {
    const children = this.path.at(-1)?.children;
    if (children === undefined) return;
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + text;
    else children.push(text);
  }

  instruction(target: string, body: string): void {
    const parent = this.path.at(-1);
    const instruction = { target, body };
    if (parent !== undefined) parent.children.push(instruction);
    else if (this.root === undefined) this.before.push(instruction);
    else this.after.push(instruction);
  }

  result(): XmlTree {
    if (this.root === undefined) throw new XmlError('document is empty');
    const { root, before, after, byId, signatures } = this;
    return { root, before, after, byId, signatures };
  }
}

/** Whether a node is an element. */
export function isElement(node: TreeNode): node is TreeElement {
  return typeof node === 'object' && 'element' in node;
}

/** How many nodes and attributes are told between two pauses. */
const toldAtOnce = 1000;

/** A set of nodes in canonical form; pauses between parts of it. Throws an XmlError. */
export function* canonicalSteps(
  { apex, document, excluded }: NodeSet,
  form: CanonicalForm,
): Generator<undefined, Buffer> {
  const canonicaliser = new Canonicaliser(form, apex.outerScope);
  for (const { target, body } of document?.before ?? []) canonicaliser.instruction(target, body);
  const inherited = form.kind === 'inclusive' ? inheritedAttributes(apex) : [];
  yield* tell(apex, canonicaliser, excluded, inherited);
  for (const { target, body } of document?.after ?? []) canonicaliser.instruction(target, body);
  return canonicaliser.result();
}

/** Tells an element to a handler, without those that are excluded. */
export function* tell(
  apex: TreeElement,
  handler: Required<XmlHandler>,
  excluded: ReadonlySet<TreeElement>,
  inherited: readonly XmlAttribute[] = [],
): Generator<undefined, undefined> {
  if (excluded.has(apex)) return undefined;
  const open = ({ element }: TreeElement, more: readonly XmlAttribute[]) =>
    handler.open(more.length === 0 ? element : { ...element, attributes: [...element.attributes, ...more] });
  open(apex, inherited);
  const stack = [{ node: apex, next: 0 }];
  for (let count = 0; stack.length > 0; count++) {
    if (count >= toldAtOnce) {
      count = 0;
      yield undefined;
    }
    const top = stack.at(-1)!;
    const child = top.node.children[top.next++];
    if (child === undefined) {
      handler.close();
      stack.pop();
    } else if (typeof child === 'string') handler.text(child);
    else if (!isElement(child)) handler.instruction(child.target, child.body);
    else if (!excluded.has(child)) {
      open(child, []);
      count += child.element.attributes.length;
      stack.push({ node: child, next: 0 });
    }
  }
  return undefined;
}

/**
 * Attributes of the xml namespace that an element inherits in inclusive forms (Canonical XML 1.0, section 2.4). Throws
 * an XmlError on xml:base and xml:id, in which the versions differ.
 */
function inheritedAttributes(apex: TreeElement): readonly XmlAttribute[] {
  const found = new Map<string, XmlAttribute>();
  const own = new Set(apex.element.attributes.filter(({ uri }) => uri === xmlUri).map(({ local }) => local));
  for (let above = apex.parent; above !== undefined; above = above.parent) {
    for (const attribute of above.element.attributes) {
      if (attribute.uri !== xmlUri || own.has(attribute.local) || found.has(attribute.local)) continue;
      if (attribute.local === 'base' || attribute.local === 'id')
        throw new XmlError(`xml:${attribute.local} is inherited`);
      found.set(attribute.local, attribute);
    }
  }
  return [...found.values()];
}

/** The text in an element and all that it holds, without those that are excluded. */
export function textIn(apex: TreeElement, excluded: ReadonlySet<TreeElement> = new Set()): string {
  if (excluded.has(apex)) return '';
  return apex.children
    .map((child) => (typeof child === 'string' ? child : isElement(child) ? textIn(child, excluded) : ''))
    .join('');
}

/** The element children of an element. */
export function childElements(parent: TreeElement): readonly TreeElement[] {
  return parent.children.filter(isElement);
}

/** Value of an attribute without a namespace. */
export function attributeIn({ element }: TreeElement, name: string): string | undefined {
  return element.attributes.find(({ uri, local }) => uri === '' && local === name)?.value;
}

/** Every element below `apex`, itself first, in the order of the document. */
export function* elementsBelow(apex: TreeElement): Generator<TreeElement, undefined> {
  const left: TreeElement[] = [apex];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    yield node;
    for (const child of childElements(node).toReversed()) left.push(child);
  }
  return undefined;
}

/** Whether `node` is `apex` or stands below it. */
export function isWithinElement(node: TreeElement, apex: TreeElement): boolean {
  for (let at: TreeElement | undefined = node; at !== undefined; at = at.parent) if (at === apex) return true;
  return false;
}

/** Where an element stands, for people: the names on the way from the root. */
export function pathOfElement(node: TreeElement): string {
  const { prefix, local } = node.element;
  const name = prefix === '' ? local : `${prefix}:${local}`;
  return node.parent === undefined ? `/${name}` : `${pathOfElement(node.parent)}/${name}`;
}
