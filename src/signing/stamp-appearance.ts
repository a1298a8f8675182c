import { atOnce } from '../budget/slices.ts';
import type { PlacedPage } from '../document/pades/form.ts';
import { PdfFile } from '../document/pdf/file.ts';
import { PdfImport } from '../document/pdf/import.ts';
import { entriesOf, isKind, PdfError, type PdfReference, type PdfValue } from '../document/pdf/object.ts';
import { catalogueOf, type PdfRevision } from '../document/pdf/revision.ts';
import type { PdfUpdate } from '../document/pdf/update.ts';
import { encodeStream, nameValue } from '../document/pdf/write.ts';
import type { StampPicture } from './stamp-picture.ts';

/** A stamp where it is to be shown. */
export interface PlacedStamp {
  readonly picture: StampPicture;
  /** From 1 on; from the end where it is negative. */
  readonly page: number;
  /** Its lower left corner, points from that of the page; the lower right corner of the page where absent. */
  readonly corner?: readonly [x: number, y: number] | undefined;
}

/** How far from the edges a stamp stands that nobody has placed, in points. */
const margin = 36;
/** How many nodes above a page are asked for what it inherits. */
const mostParents = 32;
/** A4, for a page that does not say how large it is. */
const usualPage = [0, 0, 595, 842] as const;

/** Adds a stamp as the appearance of an annotation, and says where that stands. Throws a PdfError. */
export function addStamp(
  update: PdfUpdate,
  page: PlacedPage,
  { picture, corner }: PlacedStamp,
): { readonly appearance: PdfReference; readonly rectangle: readonly number[] } {
  const { width, height } = picture;
  const [left, bottom, right] = pageBox(update.revision, page);
  const [x, y] = corner ?? [right - left - width - margin, margin];
  const rectangle = [left + x, bottom + y, left + x + width, bottom + y + height];
  return { appearance: appearanceOf(update, picture), rectangle };
}

/** The only page of a picture as a form that is drawn. */
function appearanceOf(update: PdfUpdate, { file, width, height }: StampPicture): PdfReference {
  const source = atOnce(PdfFile.open(file)).revisions.at(-1)!;
  const pages = entriesOf(source.resolve(catalogueOf(source).get('Pages')));
  const kids = source.resolve(pages?.get('Kids'));
  const page = entriesOf(source.resolve(isKind(kids, 'array') ? kids.items[0] : null));
  const content = source.resolve(page?.get('Contents'));
  if (page === undefined || !isKind(content, 'stream')) throw new PdfError('the stamp has no content');
  const copied = new PdfImport(update, source);
  const entries = new Map<string, PdfValue>([
    ...copied.copyEntries(content.entries),
    ['Type', nameValue('XObject')],
    ['Subtype', nameValue('Form')],
    ['BBox', { kind: 'array', items: [0, 0, width, height] }],
    ['Resources', copied.copy(page.get('Resources') ?? null)],
  ]);
  return update.add(encodeStream(entries, content.packed));
}

/** What is shown of a page, which it may inherit (ISO 32000-2, 7.7.3.4). */
function pageBox(revision: PdfRevision, { entries }: PlacedPage): readonly [number, number, number, number] {
  let node: ReadonlyMap<string, PdfValue> | undefined = entries;
  for (let count = 0; node !== undefined && count < mostParents; count++) {
    for (const key of ['CropBox', 'MediaBox']) {
      const box = revision.resolve(node.get(key));
      if (!isKind(box, 'array')) continue;
      const [left, bottom, right, top] = box.items.map((item) => revision.resolve(item));
      if ([left, bottom, right, top].every((side) => typeof side === 'number'))
        return [left as number, bottom as number, right as number, top as number];
    }
    node = entriesOf(revision.resolve(node.get('Parent')));
  }
  return [...usualPage];
}
