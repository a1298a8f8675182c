import {
  entriesOf,
  isKind,
  isName,
  PdfError,
  type PdfReference,
  type PdfString,
  type PdfValue,
} from '../pdf/object.ts';
import { catalogueOf, type PdfRevision } from '../pdf/revision.ts';

/** Most fields of a form, and how deep they may nest. */
const mostFields = 10_000;
const deepestField = 16;

/** A field of a form that has no fields below it, and the number of its object. */
export interface FormField {
  readonly name: string;
  readonly number: number | undefined;
  readonly entries: ReadonlyMap<string, PdfValue>;
  readonly isSignature: boolean;
}

/** A signature dictionary (ISO 32000-2, 12.8.1) with the field that holds it; nothing verified. */
export interface SignatureDictionary {
  readonly field: string;
  readonly entries: ReadonlyMap<string, PdfValue>;
  /** Number of its object. */
  readonly number: number | undefined;
  readonly subFilter: string;
  readonly contents: PdfString;
  readonly byteRange: readonly number[];
}

/** The fields of the document's form, those that hold others left out. Throws a PdfError. */
export function formFields(revision: PdfRevision): readonly FormField[] {
  const form = entriesOf(revision.resolve(catalogueOf(revision).get('AcroForm')));
  const roots = revision.resolve(form?.get('Fields'));
  const found: FormField[] = [];
  const visited = new Set<number>();
  const visit = (value: PdfValue, parent: string, type: PdfValue, depth: number): void => {
    if (found.length >= mostFields || depth > deepestField) throw new PdfError('there are too many fields');
    const number = isKind(value, 'reference') ? value.number : undefined;
    if (number !== undefined) {
      if (visited.has(number)) throw new PdfError('a field stands twice in the form');
      visited.add(number);
    }
    const entries = entriesOf(revision.resolve(value));
    if (entries === undefined) return;
    const own = revision.resolve(entries.get('T'));
    const part = isKind(own, 'string') ? textOf(own) : undefined;
    const name = part === undefined ? parent : parent === '' ? part : `${parent}.${part}`;
    const fieldType = entries.has('FT') ? revision.resolve(entries.get('FT')) : type;
    const kids = revision.resolve(entries.get('Kids'));
    const below = isKind(kids, 'array') ? kids.items : [];
    const areFields = below.some((kid) => entriesOf(revision.resolve(kid))?.has('T') === true);
    if (areFields) for (const kid of below) visit(kid, name, fieldType, depth + 1);
    else found.push({ name, number, entries, isSignature: isName(fieldType, 'Sig') });
  };
  if (isKind(roots, 'array')) for (const root of roots.items) visit(root, '', null, 0);
  return found;
}

/** Text of a string: UTF-16 with its mark, UTF-8 with its mark, or octet by octet. */
export function textOf({ octets }: PdfString): string {
  const buffer = Buffer.from(octets);
  if (buffer[0] === 0xfe && buffer[1] === 0xff)
    return buffer
      .subarray(2, buffer.length & ~1)
      .swap16()
      .toString('utf16le');
  if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) return buffer.toString('utf8', 3);
  return buffer.toString('latin1');
}

/** The signature dictionaries that the fields of a revision hold. Throws a PdfError. */
export function signatureDictionaries(revision: PdfRevision): readonly SignatureDictionary[] {
  return formFields(revision).flatMap(({ name, entries, isSignature }) => {
    if (!isSignature || !entries.has('V')) return [];
    const value = entries.get('V');
    const dictionary = entriesOf(revision.resolve(value));
    if (dictionary === undefined) return [];
    return [readDictionary(name, dictionary, isKind(value, 'reference') ? value : undefined, revision)];
  });
}

function readDictionary(
  field: string,
  entries: ReadonlyMap<string, PdfValue>,
  reference: PdfReference | undefined,
  revision: PdfRevision,
): SignatureDictionary {
  const contents = entries.get('Contents');
  const range = revision.resolve(entries.get('ByteRange'));
  const subFilter = revision.resolve(entries.get('SubFilter'));
  if (!isKind(contents, 'string') || !isKind(range, 'array'))
    throw new PdfError('a signature lacks its value or its range');
  const byteRange = range.items.map((item) => {
    if (typeof item !== 'number' || !Number.isSafeInteger(item))
      throw new PdfError('range of a signature is malformed');
    return item;
  });
  return {
    field,
    entries,
    number: reference?.number,
    subFilter: isKind(subFilter, 'name') ? subFilter.name : '',
    contents,
    byteRange,
  };
}

/** Whether a value is the annotation that shows the field of a signature. */
export function isSignatureWidget(value: PdfValue | undefined, revision: PdfRevision): boolean {
  const annotation = entriesOf(revision.resolve(value));
  return (
    isName(revision.resolve(annotation?.get('Subtype')), 'Widget') &&
    isName(revision.resolve(annotation?.get('FT')), 'Sig')
  );
}
