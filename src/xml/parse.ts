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

/** What a document may hold, and how it may be written. */
export interface XmlRules extends XmlLimits {
  /** Encodings that are read, in lower case; UTF-8 and windows-1251 unless others are named. */
  readonly encodings?: ReadonlySet<string>;
}

const xmlnsUri = 'http://www.w3.org/2000/xmlns/';
const declaration = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;
/** UTF-8, and the encoding of the tax service's forms. Others would only widen what has to be trusted. */
const usualEncodings: ReadonlySet<string> = new Set(['utf-8', 'windows-1251']);
/** Under these names the decoder reads windows-1252, in which other characters stand here. */
const narrowed: ReadonlyMap<string, readonly [from: number, to: number]> = new Map([
  ['us-ascii', [0x80, 0xff]],
  ['iso-8859-1', [0x80, 0x9f]],
]);
const forbidden = '<!DOCTYPE';
/** Octets that go to the parser at a time: with short elements so much takes some milliseconds. */
const pieceLength = 8_192;
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
  limits: XmlRules,
): Generator<undefined, undefined> {
  if (octets.length > limits.octets) throw new XmlError(`document is larger than ${limits.octets} octets`);
  const encoding = encodingOf(octets, limits.encodings ?? usualEncodings);
  const [from, to] = narrowed.get(encoding) ?? [256, 256];
  const decoder = new TextDecoder(encoding, { fatal: true });
  const parser = new SaxesParser({ xmlns: true, position: true });
  const refuse = (rule: string): never => {
    throw new XmlError(rule, parser.line);
  };
  let depth = 0;
  let elements = 0;
  // Six handlers and no more: with a seventh the parser takes five times as long (measured), because its object then
  // has more properties set by name than the engine keeps fast.
  parser.on('error', (error) => refuse(ruleIn(error.message)));
  parser.on('opentag', (tag) => {
    depth++;
    elements++;
    if (elements === 1 && (parser.xmlDecl.version ?? '1.0') !== '1.0') refuse('only XML 1.0 is read');
    if (depth > limits.depth) refuse(`elements are nested more than ${limits.depth} deep`);
    if (elements > limits.elements) refuse(`there are more than ${limits.elements} elements`);
    handler.open(elementOf(tag, limits, refuse));
  });
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
  let last = '';
  const feed = (text: string): void => {
    // Nothing of a declaration is even looked at. Its beginning may not stand in a comment or in CDATA either.
    if ((last + text).includes(forbidden)) refuse('document type declarations are refused');
    last = text.slice(1 - forbidden.length);
    parser.write(text);
  };
  try {
    for (let at = 0; at < octets.length; at += pieceLength) {
      const piece = octets.subarray(at, at + pieceLength);
      if (from < 256 && piece.some((octet) => octet >= from && octet <= to))
        refuse(`document is not ${encoding}`);
      feed(decoder.decode(piece, { stream: true }));
      yield undefined;
    }
    feed(decoder.decode());
    parser.close();
  } catch (error) {
    if (
      error instanceof TypeError &&
      (error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
    ) {
      throw new XmlError(`document is not ${encoding}`, parser.line, { cause: error });
    }
    // A handler that refuses does not know where in the document it is.
    if (!(error instanceof XmlError) || error.line !== undefined) throw error;
    throw new XmlError(error.rule, parser.line, { cause: error });
  }
  return undefined;
}

/** The rule in a message of the parser: without the place before it, and the document's own text behind a colon. */
function ruleIn(message: string): string {
  return message
    .replace(/^[\d:]*\s*/, '')
    .replace(/:.*$/s, '')
    .replace(/\.$/, '');
}

function encodingOf(octets: Uint8Array, accepted: ReadonlySet<string>): string {
  const beginning = Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.length, 256));
  const encoding = (declaration.exec(beginning.toString('latin1'))?.[1] ?? 'utf-8').toLowerCase();
  if (!accepted.has(encoding)) throw new XmlError(`the encoding is none of ${[...accepted].join(', ')}`, 1);
  return encoding;
}

function elementOf(tag: SaxesTagNS, limits: XmlLimits, refuse: (rule: string) => never): XmlElement {
  const { prefix, local, uri } = tag;
  const found = Object.values(tag.attributes);
  if (found.length === 0) return { prefix, local, uri, attributes: none, namespaces: noNamespaces };
  if (found.length > limits.attributes) {
    refuse(`an element has more than ${limits.attributes} attributes`);
  }
  const attributes: XmlAttribute[] = [];
  for (const each of found) if (each.uri !== xmlnsUri) attributes.push(attributeOf(each));
  // Most elements declare nothing, and a map for each would be most of what is made.
  const namespaces = attributes.length === found.length ? noNamespaces : new Map(Object.entries(tag.ns));
  return { prefix, local, uri, attributes, namespaces };
}

function attributeOf({ prefix, local, uri, value }: SaxesAttributeNS): XmlAttribute {
  return { prefix, local, uri, value };
}
