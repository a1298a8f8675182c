import { XmlError } from '../xml/error.ts';
import type { XmlElement, XmlHandler } from '../xml/parse.ts';

/** An element of the list with all it holds. */
export interface ListElement {
  readonly name: string;
  readonly children: ListElement[];
  /** Character data of its own, pieces joined. */
  text: string;
}

/** Elements of one authority are gathered at this depth; the root is at 1. */
const entryDepth = 2;

/**
 * Reads a list as a stream: an element below the root is handed over as soon as it is complete, and forgotten.
 * Throws an XmlError for elements of a namespace, which the list does not have.
 */
export class EntryReader implements XmlHandler {
  private readonly open_: ListElement[] = [];
  private depth = 0;
  private readonly onRoot: (name: string) => void;
  private readonly onEntry: (element: ListElement) => void;

  constructor(onRoot: (name: string) => void, onEntry: (element: ListElement) => void) {
    this.onRoot = onRoot;
    this.onEntry = onEntry;
  }

  open({ local, uri }: XmlElement): void {
    if (uri !== '') throw new XmlError('an element is in a namespace');
    this.depth++;
    if (this.depth < entryDepth) {
      this.onRoot(local);
      return;
    }
    const element: ListElement = { name: local, children: [], text: '' };
    this.open_.at(-1)?.children.push(element);
    this.open_.push(element);
  }

  close(): void {
    this.depth--;
    const element = this.open_.pop();
    if (element !== undefined && this.open_.length === 0) this.onEntry(element);
  }

  text(text: string): void {
    const element = this.open_.at(-1);
    if (element !== undefined) element.text += text;
  }
}

/** Notes what is odd, each kind of oddity once and in bounded number. */
export class Oddities {
  private readonly noted = new Map<string, number>();
  private static readonly most = 200;

  note(oddity: string): void {
    const count = this.noted.get(oddity);
    if (count !== undefined || this.noted.size < Oddities.most) this.noted.set(oddity, (count ?? 0) + 1);
  }

  get list(): readonly string[] {
    return [...this.noted].map(([oddity, count]) => (count === 1 ? oddity : `${oddity} (${count} times)`));
  }
}

/**
 * Reads the children of an element by name. What is asked for twice, or stands twice where it belongs once, is an
 * error of form; what nobody asks for is noted as odd when `finish` is called.
 */
export class Fields {
  private readonly element: ListElement;
  private readonly oddities: Oddities;
  private readonly known = new Set<string>();

  constructor(element: ListElement, oddities: Oddities) {
    this.element = element;
    this.oddities = oddities;
  }

  /** Text of a child that has to be there; throws an XmlError where it is absent, empty or holds elements. */
  text(name: string): string {
    const text = this.optionalText(name);
    if (text === undefined) throw new XmlError(`${this.element.name} lacks ${name}`);
    return text;
  }

  /** Text of a child, without the white space around it; undefined where it is absent or empty. */
  optionalText(name: string): string | undefined {
    const child = this.child(name);
    if (child === undefined) return undefined;
    if (child.children.length > 0) throw new XmlError(`${name} of ${this.element.name} holds elements`);
    const text = child.text.trim();
    return text === '' ? undefined : text;
  }

  /** Fields of a child, or undefined. */
  optional(name: string): Fields | undefined {
    const child = this.child(name);
    return child === undefined ? undefined : new Fields(child, this.oddities);
  }

  /** Fields of a child that has to be there. */
  required(name: string): Fields {
    const fields = this.optional(name);
    if (fields === undefined) throw new XmlError(`${this.element.name} lacks ${name}`);
    return fields;
  }

  /** Children of that name, any number. */
  all(name: string): readonly Fields[] {
    this.know(name);
    return this.element.children
      .filter((child) => child.name === name)
      .map((child) => new Fields(child, this.oddities));
  }

  /** Texts of children of that name, any number. */
  texts(name: string): readonly string[] {
    this.know(name);
    return this.element.children.filter((child) => child.name === name).map(({ text }) => text.trim());
  }

  /** Declares children that are known and not used. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.know(name);
  }

  /** Notes the children that nobody asked for. */
  finish(): void {
    for (const { name } of this.element.children) {
      if (!this.known.has(name)) this.oddities.note(`unknown element ${name} in ${this.element.name}`);
    }
  }

  private child(name: string): ListElement | undefined {
    this.know(name);
    const found = this.element.children.filter((child) => child.name === name);
    if (found.length > 1) throw new XmlError(`${this.element.name} holds ${name} more than once`);
    return found[0];
  }

  private know(name: string): void {
    this.known.add(name);
  }
}
