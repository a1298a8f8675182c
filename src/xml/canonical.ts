import { XmlError } from './error.ts';
import type { XmlAttribute, XmlElement, XmlHandler } from './parse.ts';

/** Canonical XML without comments: inclusive (1.0 and 1.1, which differ in nothing that is let in) or exclusive 1.0. */
export type CanonicalForm =
  | { readonly kind: 'inclusive' }
  /** `prefixes` are those of InclusiveNamespaces; the default namespace stands as the empty one. */
  | { readonly kind: 'exclusive'; readonly prefixes: ReadonlySet<string> };

/** Namespaces in scope, by prefix; the default one under the empty prefix. */
export type Namespaces = ReadonlyMap<string, string>;

const xmlUri = 'http://www.w3.org/XML/1998/namespace';
const absoluteUri = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const noNamespaces: Namespaces = new Map();

/** So many pieces are kept as they are. */
const mostPieces = 8192;

interface Frame {
  readonly name: string;
  readonly inScope: Namespaces;
  /** What stands written in the output on this element or above it. */
  readonly rendered: Namespaces;
}

/**
 * Writes what it is told in canonical form (RFC 3076; RFC 3741). For part of a document `inScope` gives the
 * namespaces around it; attributes of the xml namespace around it would be inherited in ways in which the versions
 * differ, and a caller has to refuse them.
 */
export class Canonicaliser implements XmlHandler {
  private readonly form: CanonicalForm;
  private readonly outer: Frame;
  private readonly frames: Frame[] = [];
  private pieces: string[] = [];
  /** What has been written before those pieces. */
  private readonly written: Buffer[] = [];
  private isPastRoot = false;

  constructor(form: CanonicalForm, inScope: Namespaces = noNamespaces) {
    this.form = form;
    this.outer = { name: '', inScope, rendered: noNamespaces };
  }

  /** The canonical octets, UTF-8. */
  result(): Buffer {
    this.flush();
    return this.written.length === 1 ? this.written[0]! : Buffer.concat(this.written);
  }

  /** Much text is turned into octets on the way, so that it does not all have to be at once. */
  private flush(): void {
    this.written.push(Buffer.from(this.pieces.join('')));
    this.pieces = [];
  }

  open(element: XmlElement): void {
    if (this.pieces.length > mostPieces) this.flush();
    const above = this.frames.at(-1) ?? this.outer;
    const name = element.prefix === '' ? element.local : `${element.prefix}:${element.local}`;
    const inScope =
      element.namespaces.size === 0 ? above.inScope : new Map([...above.inScope, ...element.namespaces]);
    const written = this.namespacesToWrite(element, above, inScope);
    const rendered = written.size === 0 ? above.rendered : new Map([...above.rendered, ...written]);
    this.frames.push({ name, inScope, rendered });
    this.pieces.push('<', name);
    if (written.size > 0) this.writeNamespaces(written);
    if (element.attributes.length > 0) this.writeAttributes(element.attributes);
    this.pieces.push('>');
  }

  close(): void {
    const frame = this.frames.pop();
    if (frame === undefined) throw new Error('an element is closed that was not opened');
    this.pieces.push('</', frame.name, '>');
    this.isPastRoot = this.frames.length === 0;
  }

  text(text: string): void {
    this.pieces.push(escapeText(text));
  }

  instruction(target: string, body: string): void {
    const written = body === '' ? `<?${target}?>` : `<?${target} ${body}?>`;
    if (this.frames.length > 0) this.pieces.push(written);
    else this.pieces.push(this.isPastRoot ? `\n${written}` : `${written}\n`);
  }

  private namespacesToWrite(element: XmlElement, above: Frame, inScope: Namespaces): Namespaces {
    // Most elements change nothing: no prefix, no attributes, and the default namespace as written above.
    let written: Map<string, string> | undefined;
    for (const prefix of this.candidates(element, inScope)) {
      if (prefix === 'xml') continue;
      const uri = inScope.get(prefix) ?? '';
      if (uri === '' && prefix !== '') throw new XmlError('a prefix is not declared');
      if ((above.rendered.get(prefix) ?? '') === uri) continue;
      // RFC 3076, section 1.3: relative names of namespaces have no canonical form.
      if (uri !== '' && !absoluteUri.test(uri)) throw new XmlError('a namespace is not absolute');
      written ??= new Map();
      written.set(prefix, uri);
    }
    return written ?? noNamespaces;
  }

  /** Prefixes whose declarations belong on this element, if they are not written above with the same value. */
  private candidates(element: XmlElement, inScope: Namespaces): Iterable<string> {
    if (this.form.kind === 'inclusive') return inScope.keys();
    const isPlain = element.attributes.every(({ prefix }) => prefix === '');
    if (isPlain && this.form.prefixes.size === 0) return [element.prefix];
    const prefixes = new Set([element.prefix]);
    for (const { prefix } of element.attributes) if (prefix !== '') prefixes.add(prefix);
    for (const prefix of this.form.prefixes) if (inScope.has(prefix)) prefixes.add(prefix);
    return prefixes;
  }

  private writeNamespaces(written: Namespaces): void {
    for (const [prefix, uri] of [...written].sort(([left], [right]) => compareCharacters(left, right))) {
      this.pieces.push(prefix === '' ? ' xmlns="' : ` xmlns:${prefix}="`, escapeAttribute(uri), '"');
    }
  }

  private writeAttributes(attributes: readonly XmlAttribute[]): void {
    const sorted = attributes.length === 1 ? attributes : [...attributes].sort(compareAttributes);
    for (const { prefix, local, value } of sorted) {
      this.pieces.push(prefix === '' ? ` ${local}="` : ` ${prefix}:${local}="`, escapeAttribute(value), '"');
    }
  }
}

/** Whether an element has attributes of the xml namespace (xml:base, xml:lang, …). */
export function hasXmlAttributes({ attributes }: XmlElement): boolean {
  return attributes.some(({ uri }) => uri === xmlUri);
}

function compareAttributes(left: XmlAttribute, right: XmlAttribute): number {
  return compareCharacters(left.uri, right.uri) || compareCharacters(left.local, right.local);
}

/** Order of code points, which that of UTF-16 is not. */
function compareCharacters(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

const inText = /[&<>\r]/;
const inAttribute = /[&<"\t\n\r]/;

const textEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#xD;',
};
const attributeEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Text as canonical forms write it. */
export function escapeText(text: string): string {
  if (!inText.test(text)) return text;
  return text.replace(/[&<>\r]/g, (character) => textEscapes[character] ?? character);
}

/** The value of an attribute as canonical forms write it. */
export function escapeAttribute(value: string): string {
  if (!inAttribute.test(value)) return value;
  return value.replace(/[&<"\t\n\r]/g, (character) => attributeEscapes[character] ?? character);
}
