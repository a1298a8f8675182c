import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { XmlError } from './error.ts';

/** An attribute that is no namespace declaration. */
export interface XmlAttribute {
  readonly prefix: string;
  readonly local: string;
  /** Namespace; empty where there is none. */
  readonly uri: string;
  readonly value: string;
}

/** The start of an element. */
export interface XmlElement {
  readonly prefix: string;
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  /** Namespaces that this very element declares, by prefix. */
  readonly namespaces: ReadonlyMap<string, string>;
}

/** Receives a document in its order. Comments are never told: nothing may depend on them. */
export interface XmlHandler {
  open(element: XmlElement): void;
  close(): void;
  /** Character data, possibly in several pieces. */
  text(text: string): void;
  instruction?(target: string, body: string): void;
}

/** What a document may hold at most. */
export interface XmlLimits {
  readonly octets: number;
  readonly depth: number;
  readonly elements: number;
  /** Of one element, namespace declarations included. */
  readonly attributes: number;
}

const xmlnsUri = 'http://www.w3.org/2000/xmlns/';
const declaration = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;
/** UTF-8, and the encoding of the tax service's forms. Others would only widen what has to be trusted. */
const encodings = new Set(['utf-8', 'windows-1251']);
/** Characters that go to the parser at a time. */
const pieceLength = 65_536;
const none: readonly XmlAttribute[] = [];
const noNamespaces: ReadonlyMap<string, string> = new Map();

/**
 * Parses a document and tells it to `handler` (XML 1.0, fifth edition; Namespaces in XML 1.0). Strict: whatever is
 * not well-formed is refused. A document type declaration is refused, and with it every entity of its own, external
 * ones included; so is XML 1.1 and any encoding but UTF-8 and windows-1251. Throws an XmlError, after which the
 * handler has seen the beginning of a document that must not be used.
 */
export function parseXml(octets: Uint8Array, handler: XmlHandler, limits: XmlLimits): void {
  const pieces = parseXmlInPieces(octets, handler, limits);
  while (!pieces.next().done);
}

/** As `parseXml`, with a pause after every piece of a millisecond or so, for whoever must not be held up. */
export function* parseXmlInPieces(
  octets: Uint8Array,
  handler: XmlHandler,
  limits: XmlLimits,
): Generator<undefined, undefined> {
  if (octets.length > limits.octets) throw new XmlError(`document is larger than ${limits.octets} octets`);
  const text = decode(octets);
  const parser = new SaxesParser({ xmlns: true, position: true });
  const refuse = (rule: string): never => {
    throw new XmlError(rule, parser.line);
  };
  parser.on('error', (error) => refuse(error.message.replace(/^[\d:]*\s*/, '').replace(/\.$/, '')));
  parser.on('doctype', () => refuse('document type declarations are refused'));
  parser.on('xmldecl', ({ version }) => {
    if (version !== '1.0') refuse('only XML 1.0 is read');
  });
  let depth = 0;
  let elements = 0;
  let attributes = 0;
  parser.on('opentagstart', () => {
    depth++;
    elements++;
    attributes = 0;
    if (depth > limits.depth) refuse(`elements are nested more than ${limits.depth} deep`);
    if (elements > limits.elements) refuse(`there are more than ${limits.elements} elements`);
  });
  parser.on('attribute', () => {
    attributes++;
    if (attributes > limits.attributes) refuse(`an element has more than ${limits.attributes} attributes`);
  });
  parser.on('opentag', (tag) => handler.open(elementOf(tag)));
  parser.on('closetag', () => {
    depth--;
    handler.close();
  });
  const onText = (piece: string): void => {
    // White space outside of the root element is no content.
    if (depth > 0) handler.text(piece);
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('processinginstruction', ({ target, body }) => handler.instruction?.(target, body));
  try {
    for (let at = 0; at < text.length; at += pieceLength) {
      parser.write(text.slice(at, at + pieceLength));
      yield undefined;
    }
    parser.close();
  } catch (error) {
    // A handler that refuses does not know where in the document it is.
    if (!(error instanceof XmlError) || error.line !== undefined) throw error;
    throw new XmlError(error.rule, parser.line, { cause: error });
  }
  return undefined;
}

function decode(octets: Uint8Array): string {
  const beginning = Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.length, 256)).toString(
    'latin1',
  );
  const encoding = (declaration.exec(beginning)?.[1] ?? 'utf-8').toLowerCase();
  if (!encodings.has(encoding)) throw new XmlError('encoding is neither UTF-8 nor windows-1251', 1);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(octets);
  } catch (error) {
    throw new XmlError(`document is not ${encoding}`, undefined, { cause: error });
  }
}

function elementOf(tag: SaxesTagNS): XmlElement {
  const { prefix, local, uri } = tag;
  const found = Object.values(tag.attributes);
  if (found.length === 0) return { prefix, local, uri, attributes: none, namespaces: noNamespaces };
  const attributes = found.filter((attribute) => attribute.uri !== xmlnsUri).map(attributeOf);
  return { prefix, local, uri, attributes, namespaces: new Map(Object.entries(tag.ns)) };
}

function attributeOf({ prefix, local, uri, value }: SaxesAttributeNS): XmlAttribute {
  return { prefix, local, uri, value };
}
