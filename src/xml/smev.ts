import { escapeAttribute, escapeText } from './canonical.ts';
import { XmlError } from './error.ts';
import type { XmlAttribute, XmlElement, XmlHandler } from './parse.ts';

interface Frame {
  readonly name: string;
  /** Prefixes in scope, by namespace. */
  readonly prefixes: ReadonlyMap<string, string>;
}

const whiteSpace = /^[\t\n\r ]*$/;

/**
 * Writes what it is told in the form of `urn://smev-gov-ru/xmldsig/transform` (guide of SMEV 3, on the transform of
 * elements before signing): prefixes are numbered anew over the whole fragment, and text that is white space alone is
 * dropped.
 */
export class SmevTransformer implements Required<XmlHandler> {
  private readonly frames: Frame[] = [];
  private readonly pieces: string[] = [];
  private count = 0;

  /** The octets, UTF-8. */
  result(): Buffer {
    return Buffer.from(this.pieces.join(''));
  }

  open(element: XmlElement): void {
    const prefixes = new Map(this.frames.at(-1)?.prefixes ?? []);
    const declared: string[] = [];
    const prefixOf = (uri: string): string => {
      const known = prefixes.get(uri);
      if (known !== undefined) return known;
      this.count++;
      const prefix = `ns${this.count}`;
      prefixes.set(uri, prefix);
      declared.push(` xmlns:${prefix}="${escapeAttribute(uri)}"`);
      return prefix;
    };
    const named = (uri: string, local: string) => (uri === '' ? local : `${prefixOf(uri)}:${local}`);
    const name = named(element.uri, element.local);
    const attributes = [...element.attributes]
      .sort(compareAttributes)
      .map(({ uri, local, value }) => ` ${named(uri, local)}="${escapeAttribute(value)}"`);
    this.pieces.push('<', name, ...declared, ...attributes, '>');
    this.frames.push({ name, prefixes });
  }

  close(): void {
    const frame = this.frames.pop();
    if (frame === undefined) throw new XmlError('an element is closed that was not opened');
    this.pieces.push('</', frame.name, '>');
  }

  text(text: string): void {
    if (!whiteSpace.test(text)) this.pieces.push(escapeText(text));
  }

  /** Instructions are dropped. */
  instruction(): void {}
}

/** Attributes of a namespace go first, by namespace and name; the others follow by name. */
function compareAttributes(one: XmlAttribute, other: XmlAttribute): number {
  if ((one.uri === '') !== (other.uri === '')) return one.uri === '' ? 1 : -1;
  return compare(one.uri, other.uri) || compare(one.local, other.local);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
