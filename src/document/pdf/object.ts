/** A name (ISO 32000-2, 7.3.5), without its solidus. */
export interface PdfName {
  readonly kind: 'name';
  readonly name: string;
}

/** A string, with the place of its tokens in the file, delimiters included. */
export interface PdfString {
  readonly kind: 'string';
  readonly octets: Uint8Array;
  readonly isHex: boolean;
  readonly start: number;
  readonly end: number;
}

/** A reference to an indirect object. */
export interface PdfReference {
  readonly kind: 'reference';
  readonly number: number;
  readonly generation: number;
}

export interface PdfDictionary {
  readonly kind: 'dictionary';
  readonly entries: ReadonlyMap<string, PdfValue>;
}

export interface PdfArray {
  readonly kind: 'array';
  readonly items: readonly PdfValue[];
}

/** A stream, packed. */
export interface PdfStream {
  readonly kind: 'stream';
  readonly entries: ReadonlyMap<string, PdfValue>;
  readonly packed: Uint8Array;
  /** The same as it stands in the file, where that is encrypted. */
  readonly stored: Uint8Array;
}

export type PdfValue =
  | null
  | boolean
  | number
  | PdfName
  | PdfString
  | PdfReference
  | PdfDictionary
  | PdfArray
  | PdfStream;

/** A file that breaks the rules of PDF; stages turn it into a failure. */
export class PdfError extends Error {
  override readonly name = 'PdfError';
  readonly rule: string;

  constructor(rule: string, options?: ErrorOptions) {
    super(rule, options);
    this.rule = rule;
  }
}

/** Whether a value is of a kind that is an object. */
export function isKind<Kind extends Exclude<PdfValue, null | boolean | number>['kind']>(
  value: PdfValue | undefined,
  kind: Kind,
): value is Extract<PdfValue, { readonly kind: Kind }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}

/** Whether a value is the name given. */
export function isName(value: PdfValue | undefined, name: string): boolean {
  return isKind(value, 'name') && value.name === name;
}

/** The entries of a dictionary or a stream. */
export function entriesOf(value: PdfValue | undefined): ReadonlyMap<string, PdfValue> | undefined {
  return isKind(value, 'dictionary') || isKind(value, 'stream') ? value.entries : undefined;
}

/** Whether two values are written alike, references to the same objects included; pauses nowhere, nests as values do. */
export function isSameValue(one: PdfValue | undefined, other: PdfValue | undefined): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null)
    return one === other;
  switch (one.kind) {
    case 'name':
      return isName(other, one.name);
    case 'string':
      return isKind(other, 'string') && Buffer.compare(one.octets, other.octets) === 0;
    case 'reference':
      return isKind(other, 'reference') && one.number === other.number && one.generation === other.generation;
    case 'array':
      return (
        isKind(other, 'array') &&
        one.items.length === other.items.length &&
        one.items.every((item, at) => isSameValue(item, other.items[at]))
      );
    case 'stream':
      return (
        isKind(other, 'stream') &&
        Buffer.compare(one.packed, other.packed) === 0 &&
        areSameEntries(one.entries, other.entries)
      );
    case 'dictionary':
      return isKind(other, 'dictionary') && areSameEntries(one.entries, other.entries);
  }
}

function areSameEntries(one: ReadonlyMap<string, PdfValue>, other: ReadonlyMap<string, PdfValue>): boolean {
  if (one.size !== other.size) return false;
  for (const [key, value] of one) if (!isSameValue(value, other.get(key))) return false;
  return true;
}
