import { XmlError } from '../xml/error.ts';
import { parseXml, type XmlElement, type XmlHandler } from '../xml/parse.ts';

/** Namespace of the unified format 003. */
export const powerNamespace = 'urn://x-artefacts/EMCHD_1';

/** The largest document, in octets: real ones have some ten thousand. */
export const largestPower = 128 * 1024;
const limits = { octets: largestPower, depth: 32, elements: 5_000, attributes: 64 };

/** An element of the document with its attributes and children. */
export class PowerElement {
  readonly name: string;
  readonly children: PowerElement[] = [];
  text = '';
  private readonly attributes: ReadonlyMap<string, string>;

  constructor(name: string, attributes: ReadonlyMap<string, string>) {
    this.name = name;
    this.attributes = attributes;
  }

  /** An attribute without the blanks around it; undefined where it is absent or empty. */
  optional(name: string): string | undefined {
    const value = this.attributes.get(name)?.trim();
    return value === '' ? undefined : value;
  }

  /** An attribute that has to be there. Throws an XmlError. */
  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw new XmlError(`${this.name} lacks ${name}`);
    return value;
  }

  /** Children of that name. */
  all(name: string): readonly PowerElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** The only child of that name, or undefined. Throws an XmlError where there are several. */
  child(name: string): PowerElement | undefined {
    const [found, another] = this.all(name);
    if (another !== undefined) throw new XmlError(`${this.name} holds ${name} more than once`);
    return found;
  }

  /** The only child of that name. Throws an XmlError where there is none, or several. */
  one(name: string): PowerElement {
    const found = this.child(name);
    if (found === undefined) throw new XmlError(`${this.name} lacks ${name}`);
    return found;
  }
}

/**
 * The document's root. Throws an XmlError for what `parseXml` refuses, for elements of another namespace, and for any
 * encoding but UTF-8, which is the only one of the format.
 */
export function readPowerElement(octets: Uint8Array): PowerElement {
  const builder = new TreeBuilder();
  parseXml(octets, builder, limits);
  if (!isUtf8Declared(octets)) throw new XmlError('encoding is not UTF-8', 1);
  if (builder.root === undefined) throw new XmlError('document has no element');
  return builder.root;
}

function isUtf8Declared(octets: Uint8Array): boolean {
  const beginning = Buffer.from(octets.subarray(0, 256)).toString('latin1');
  const encoding = /<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(beginning)?.[1] ?? 'utf-8';
  return encoding.toLowerCase() === 'utf-8';
}

class TreeBuilder implements XmlHandler {
  root: PowerElement | undefined;
  private readonly path: PowerElement[] = [];

  open({ local, uri, attributes }: XmlElement): void {
    if (uri !== '' && uri !== powerNamespace) throw new XmlError('an element is of another namespace');
    const own = attributes.filter((attribute) => attribute.uri === '');
    const element = new PowerElement(local, new Map(own.map((each) => [each.local, each.value])));
    this.root ??= element;
    this.path.at(-1)?.children.push(element);
    this.path.push(element);
  }

  close(): void {
    this.path.pop();
  }

  text(text: string): void {
    const element = this.path.at(-1);
    if (element !== undefined) element.text += text;
  }
}
