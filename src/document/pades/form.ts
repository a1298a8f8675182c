import { entriesOf, isKind, isName, PdfError, type PdfReference, type PdfValue } from '../pdf/object.ts';
import { catalogueOf, type PdfRevision } from '../pdf/revision.ts';
import type { PdfUpdate } from '../pdf/update.ts';
import { encodeEntries, encodeValue, nameValue, textValue } from '../pdf/write.ts';
import { formFields } from './field.ts';

/** Signatures exist, and the file may only be added to (ISO 32000-2, table 225). */
const signatureFlags = 3;
/** How deep the tree of pages may nest, and how many nodes are looked at for one page. */
const deepestPages = 32;
const mostNodes = 100_000;

/** A page that an annotation can be added to. */
export interface PlacedPage {
  readonly reference: PdfReference;
  readonly entries: ReadonlyMap<string, PdfValue>;
}

/** A name for a field that no other has. Throws a PdfError. */
function freeFieldName(revision: PdfRevision, stem: string): string {
  const known = new Set(formFields(revision).map(({ name }) => name));
  let number = 1;
  while (known.has(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}

/** The annotation is printed and locked (ISO 32000-2, table 167). */
const printedAndLocked = 132;

/** A field for a signature, which is its own annotation. */
export interface SignatureField {
  /** What its name begins with; a number follows. */
  readonly stem: string;
  /** The signature dictionary. */
  readonly value: PdfReference;
  readonly page: PlacedPage;
  /** Left, bottom, right, top; without extent it is invisible. */
  readonly rectangle: readonly number[];
  readonly appearance?: PdfReference | undefined;
}

/** Adds a field for a signature to the form of the document and to its page. Throws a PdfError. */
export function addSignatureField(update: PdfUpdate, signature: SignatureField): void {
  const { stem, value, page, rectangle, appearance } = signature;
  const widget = new Map<string, PdfValue>([
    ['Type', nameValue('Annot')],
    ['Subtype', nameValue('Widget')],
    ['FT', nameValue('Sig')],
    ['T', textValue(freeFieldName(update.revision, stem))],
    ['V', value],
    ['F', printedAndLocked],
    ['P', page.reference],
    ['Rect', { kind: 'array', items: rectangle }],
  ]);
  if (appearance !== undefined)
    widget.set('AP', { kind: 'dictionary', entries: new Map([['N', appearance]]) });
  const field = update.add(encodeEntries(widget));
  addField(update, field);
  addAnnotation(update, page, field);
}

/** Adds a field for a signature to the form of the document, which is made where there is none. Throws a PdfError. */
function addField(update: PdfUpdate, field: PdfReference): void {
  const { revision } = update;
  const value = catalogueOf(revision).get('AcroForm');
  const form = entriesOf(revision.resolve(value)) ?? new Map<string, PdfValue>();
  const fields = appended(update, form.get('Fields'), field);
  const entries = new Map<string, PdfValue>([...form, ['Fields', fields], ['SigFlags', signatureFlags]]);
  if (isKind(value, 'reference')) update.write(value, encodeEntries(entries));
  else writeCatalogue(update, 'AcroForm', { kind: 'dictionary', entries });
}

/** Adds an annotation to a page. Throws a PdfError. */
function addAnnotation(update: PdfUpdate, page: PlacedPage, annotation: PdfReference): void {
  const old = page.entries.get('Annots');
  const annotations = appended(update, old, annotation);
  if (isKind(old, 'reference')) return;
  update.write(page.reference, encodeEntries(new Map([...page.entries, ['Annots', annotations]])));
}

/** Writes the catalogue with another value of one entry. Throws a PdfError. */
export function writeCatalogue(update: PdfUpdate, key: string, value: PdfValue): void {
  const root = update.revision.trailer.get('Root');
  if (!isKind(root, 'reference')) throw new PdfError('the catalogue is no object of its own');
  const entries = new Map([...catalogueOf(update.revision), [key, value] as const]);
  update.write(root, encodeEntries(entries));
}

/** An array with one item more; where it is an object of its own that is written anew, and stays where it was. */
function appended(update: PdfUpdate, value: PdfValue | undefined, item: PdfValue): PdfValue {
  const array = update.revision.resolve(value);
  const items = [...(isKind(array, 'array') ? array.items : []), item];
  if (!isKind(value, 'reference')) return { kind: 'array', items };
  update.write(value, encodeValue({ kind: 'array', items }));
  return value;
}

/** A page by its number from 1 on; from the end where it is negative. Throws a PdfError where there is none. */
export function pageAt(revision: PdfRevision, number: number): PlacedPage {
  const pages = [...pagesBelow(catalogueOf(revision).get('Pages'), revision, 0)];
  const page = pages.at(number > 0 ? number - 1 : number);
  if (page === undefined || number === 0) throw new PdfError(`there is no page ${number}`);
  return page;
}

function* pagesBelow(
  value: PdfValue | undefined,
  revision: PdfRevision,
  depth: number,
): Generator<PlacedPage, undefined> {
  const entries = entriesOf(revision.resolve(value));
  if (depth > deepestPages) throw new PdfError('the tree of pages nests too deeply');
  if (!isKind(value, 'reference') || entries === undefined) return undefined;
  const kids = revision.resolve(entries.get('Kids'));
  if (!isKind(kids, 'array')) {
    if (isName(revision.resolve(entries.get('Type')), 'Page')) yield { reference: value, entries };
    return undefined;
  }
  if (kids.items.length > mostNodes) throw new PdfError('there are too many pages');
  for (const kid of kids.items) yield* pagesBelow(kid, revision, depth + 1);
  return undefined;
}
