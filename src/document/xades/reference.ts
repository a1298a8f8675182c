import { SealgateError } from '../../error.ts';
import type { ContentFile, DetachedContent } from '../../signature/content-file.ts';
import type { CanonicalForm } from '../../xml/canonical.ts';
import { inclusiveForm } from '../../xml/canonical-form.ts';
import { XmlError } from '../../xml/error.ts';
import type { XmlRules } from '../../xml/parse.ts';
import { SmevTransformer } from '../../xml/smev.ts';
import {
  attributeIn,
  canonicalSteps,
  childElements,
  type NodeSet,
  parseTree,
  pathOfElement,
  type TreeElement,
  tell,
  textIn,
  type XmlTree,
} from '../../xml/tree.ts';
import type { NamedContent } from '../examined.ts';
import { signatureUri } from './names.ts';
import { formOf, type Reference } from './structure.ts';

/** What an XML document may hold at most. */
export const documentXmlLimits: XmlRules = {
  octets: 256 * 1024 * 1024,
  depth: 128,
  elements: 1_000_000,
  attributes: 256,
  encodings: new Set([
    ...['utf-8', 'us-ascii', 'windows-1250', 'windows-1251', 'windows-1252'],
    ...['iso-8859-1', 'iso-8859-2', 'iso-8859-5', 'iso-8859-15'],
  ]),
};

/** Where references lead. */
export interface ReferenceScope {
  readonly tree: XmlTree;
  readonly contents: readonly NamedContent[];
  /** The Signature element that they belong to. */
  readonly signature: TreeElement;
}

/** What a reference is to, with the very octets that are hashed. */
export interface ResolvedReference {
  readonly octets: DetachedContent;
  /** The element that it is to; undefined for a document beside. */
  readonly target: TreeElement | undefined;
  /** Name of a document beside, or path of the element. */
  readonly name: string;
  /** Whether it is to all of its target but signatures. */
  readonly isWhole: boolean;
}

type Step =
  | { readonly kind: 'nodes'; readonly nodes: NodeSet }
  | { readonly kind: 'octets'; readonly octets: Uint8Array }
  | { readonly kind: 'file'; readonly file: ContentFile };

/**
 * Follows a reference and applies its transforms (XML Signature, section 4.4.3.2); pauses on the way. Nothing is fetched,
 * and no transform but those named here is run. Throws `signed_data_missing` where it leads nowhere, and
 * `document_malformed`.
 */
export function* resolveReference(
  reference: Reference,
  scope: ReferenceScope,
): Generator<undefined, ResolvedReference> {
  const start = startOf(reference.uri, scope);
  try {
    let step = start.step;
    let isWhole = true;
    for (const transform of reference.transforms) {
      const applied = yield* apply(transform, step, scope);
      step = applied.step;
      isWhole &&= applied.keepsAll;
    }
    const octets = yield* octetsOf(step);
    return { octets, target: start.target, name: start.name, isWhole };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw malformed(error.rule, error);
  }
}

function* octetsOf(step: Step): Generator<undefined, DetachedContent> {
  switch (step.kind) {
    case 'octets':
      return step.octets;
    case 'file':
      return step.file;
    case 'nodes':
      return yield* canonicalSteps(step.nodes, inclusiveForm);
  }
}

function startOf(uri: string | undefined, { tree, contents }: ReferenceScope) {
  const nodes = (apex: TreeElement, document: XmlTree | undefined): Step => ({
    kind: 'nodes',
    nodes: { apex, document, excluded: new Set() },
  });
  // The pointer differs from the empty reference in comments alone, which are left out here.
  if (uri === '' || uri === '#xpointer(/)') {
    return { step: nodes(tree.root, tree), target: tree.root, name: pathOfElement(tree.root) };
  }
  const id = uri === undefined ? undefined : idIn(uri);
  if (id !== undefined) {
    const target = tree.byId.get(id);
    if (target === undefined && tree.byId.has(id)) throw malformed(`the identifier ${id} occurs twice`);
    if (target === undefined) throw new SealgateError('signed_data_missing', { files: [`#${id}`] });
    return { step: nodes(target, undefined), target, name: pathOfElement(target) };
  }
  const content = contentOf(uri, contents);
  if (content === undefined) {
    throw new SealgateError('signed_data_missing', uri === undefined ? {} : { files: [uri] });
  }
  const { octets } = content;
  const step: Step =
    octets instanceof Uint8Array ? { kind: 'octets', octets } : { kind: 'file', file: octets };
  return { step, target: undefined, name: content.name ?? uri ?? '' };
}

/** The identifier in a reference within the document, also in the form of XPointer. */
function idIn(uri: string): string | undefined {
  const pointer = /^#xpointer\(id\((['"])([^'"]+)\1\)\)$/.exec(uri);
  if (pointer !== null) return pointer[2];
  return uri.startsWith('#') ? uri.slice(1) : undefined;
}

/** A document beside, by its name; without a name where it is the only one, and there is but one that can be meant. */
function contentOf(uri: string | undefined, contents: readonly NamedContent[]): NamedContent | undefined {
  const [only, another] = contents;
  if (uri === undefined) return another === undefined ? only : undefined;
  const name = decoded(uri);
  const named = contents.find((each) => each.name === name || each.name === uri);
  if (named !== undefined) return named;
  return another === undefined && only?.name === undefined ? only : undefined;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

const base64Uri = `${signatureUri}base64`;
const envelopedUri = `${signatureUri}enveloped-signature`;
const filterUri = 'http://www.w3.org/2002/06/xmldsig-filter2';
const xpathUri = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
const smevUri = 'urn://smev-gov-ru/xmldsig/transform';

/** What transforms work on: it is at hand. */
type TransformedStep = Exclude<Step, { readonly kind: 'file' }>;

interface Applied {
  readonly step: Step;
  /** Nothing was left out but signatures. */
  readonly keepsAll: boolean;
}

function* apply(transform: TreeElement, step: Step, scope: ReferenceScope): Generator<undefined, Applied> {
  if (step.kind === 'file')
    throw malformed('a document of this length is signed without transforms or not at all');
  const kept = (next: Step): Applied => ({ step: next, keepsAll: true });
  const form = formOf(transform);
  if (form !== undefined) return kept(yield* canonical(step, form));
  const uri = attributeIn(transform, 'Algorithm') ?? '';
  switch (uri) {
    case envelopedUri:
      return kept(without(step, [scope.signature]));
    case base64Uri:
      return kept({ kind: 'octets', octets: decodedBase64(step) });
    case smevUri:
      return kept({ kind: 'octets', octets: yield* smev(step) });
    case filterUri:
      return kept(without(step, subtracted(transform, scope)));
    case xpathUri:
      return kept(without(step, notSelected(transform, scope)));
    default:
      throw malformed(`transform ${uri} is not accepted`);
  }
}

function* canonical(step: TransformedStep, form: CanonicalForm): Generator<undefined, Step> {
  return { kind: 'octets', octets: yield* canonicalSteps(yield* nodesOf(step), form) };
}

/** Octets are parsed again where a transform asks for nodes (XML Signature, section 4.4.3.2). */
function* nodesOf(step: TransformedStep): Generator<undefined, NodeSet> {
  if (step.kind === 'nodes') return step.nodes;
  const document = yield* parseTree(step.octets, documentXmlLimits);
  return { apex: document.root, document, excluded: new Set() };
}

function* smev(step: TransformedStep): Generator<undefined, Uint8Array> {
  const { apex, excluded } = yield* nodesOf(step);
  const transformer = new SmevTransformer();
  yield* tell(apex, transformer, excluded);
  return transformer.result();
}

function without(step: TransformedStep, elements: readonly TreeElement[]): Step {
  if (step.kind === 'octets') throw malformed('a transform of nodes follows one that makes octets');
  const { nodes } = step;
  return { kind: 'nodes', nodes: { ...nodes, excluded: new Set([...nodes.excluded, ...elements]) } };
}

function decodedBase64(step: TransformedStep): Uint8Array {
  const text =
    step.kind === 'nodes'
      ? textIn(step.nodes.apex, step.nodes.excluded)
      : Buffer.from(step.octets).toString('latin1');
  const plain = text.replace(/[\t\n\r ]/g, '');
  const octets = Buffer.from(plain, 'base64');
  if (octets.toString('base64').replace(/=+$/, '') !== plain.replace(/=+$/, ''))
    throw malformed('what is to be decoded is no base64');
  return octets;
}

/** Ways to say all signatures; `expressionIn` writes a name in a comparison as it writes one in a step. */
const everySignature: ReadonlySet<string> = new Set([
  '/descendant::SIGNATURE',
  '//SIGNATURE',
  "/descendant::*[name()='SIGNATURE']",
]);

/** XPath Filter 2.0, in the forms that leave out signatures and nothing else. */
function subtracted(transform: TreeElement, scope: ReferenceScope): readonly TreeElement[] {
  const [xpath, more] = childElements(transform);
  if (xpath === undefined || more !== undefined || attributeIn(xpath, 'Filter') !== 'subtract')
    throw malformed('an XPath filter is not accepted');
  const text = expressionIn(xpath);
  if (text === 'here()/ancestor::SIGNATURE[1]') return [scope.signature];
  if (everySignature.has(text)) return scope.tree.signatures;
  if (text === '/*/SIGNATURE')
    return scope.tree.signatures.filter(({ parent }) => parent === scope.tree.root);
  throw malformed('an XPath filter is not accepted');
}

/** XPath 1.0, in the form that leaves out signatures and nothing else. */
function notSelected(transform: TreeElement, { tree }: ReferenceScope): readonly TreeElement[] {
  const [xpath, more] = childElements(transform);
  if (xpath === undefined || more !== undefined || expressionIn(xpath) !== 'not(ancestor-or-self::SIGNATURE)')
    throw malformed('an XPath transform is not accepted');
  return tree.signatures;
}

/** An expression without white space, in which the name of the Signature element stands as SIGNATURE. */
function expressionIn(xpath: TreeElement): string {
  return textIn(xpath)
    .replace(/\s+/g, '')
    .replace(/([A-Za-z_][\w.-]*):Signature\b/g, (whole, prefix: string) =>
      xpath.innerScope.get(prefix) === signatureUri ? 'SIGNATURE' : whole,
    );
}

function malformed(problem: string, cause?: unknown): SealgateError<'document_malformed'> {
  return new SealgateError('document_malformed', { problem }, { cause });
}
