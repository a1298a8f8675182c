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
  /**
   * Its lower left corner, points from that of the page, both as they are seen; the lower right corner of the page where
   * absent.
   */
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
  const box = pageBox(update.revision, page);
  const turned = turnOf(update.revision, page);
  const [left, bottom, right, top] = box;
  const seenWidth = turned % 2 === 0 ? right - left : top - bottom;
  const [x, y] = corner ?? [seenWidth - width - margin, margin];
  const [a, b] = [onPage(x, y, box, turned), onPage(x + width, y + height, box, turned)];
  const rectangle = [
    ...[Math.min(a[0], b[0]), Math.min(a[1], b[1])],
    ...[Math.max(a[0], b[0]), Math.max(a[1], b[1])],
  ];
  return { appearance: appearanceOf(update, picture, turned), rectangle };
}

type Box = readonly [left: number, bottom: number, right: number, top: number];

/** A point that is seen so far to the right and up from the lower left corner of a page, in the page's own space. */
function onPage(
  x: number,
  y: number,
  [left, bottom, right, top]: Box,
  turned: Turn,
): readonly [number, number] {
  switch (turned) {
    case 0:
      return [left + x, bottom + y];
    case 1:
      return [right - y, bottom + x];
    case 2:
      return [right - x, top - y];
    case 3:
      return [left + y, top - x];
  }
}

/** How a form is turned against the turn of its page, so that it is seen upright (ISO 32000-2, 12.5.5). */
const matrices = [
  [1, 0, 0, 1, 0, 0],
  [0, 1, -1, 0, 0, 0],
  [-1, 0, 0, -1, 0, 0],
  [0, -1, 1, 0, 0, 0],
] as const;

/** The only page of a picture as a form that is drawn. */
function appearanceOf(update: PdfUpdate, { file, width, height }: StampPicture, turned: Turn): PdfReference {
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
    ['Matrix', { kind: 'array', items: [...matrices[turned]] }],
    ['Resources', copied.copy(page.get('Resources') ?? null)],
  ]);
  return update.add(encodeStream(entries, content.packed));
}

/** What is shown of a page. */
function pageBox(revision: PdfRevision, page: PlacedPage): Box {
  return (
    inherited(revision, page, (node) => {
      for (const key of ['CropBox', 'MediaBox']) {
        const box = revision.resolve(node.get(key));
        if (!isKind(box, 'array')) continue;
        const [left, bottom, right, top] = box.items.map((item) => revision.resolve(item));
        if ([left, bottom, right, top].every((side) => typeof side === 'number'))
          return [left as number, bottom as number, right as number, top as number];
      }
      return undefined;
    }) ?? usualPage
  );
}

/** Quarters by which a page is turned clockwise where it is shown. */
type Turn = 0 | 1 | 2 | 3;

function turnOf(revision: PdfRevision, page: PlacedPage): Turn {
  const degrees = inherited(revision, page, (node) => {
    const found = revision.resolve(node.get('Rotate'));
    return typeof found === 'number' ? found : undefined;
  });
  return (((Math.round((degrees ?? 0) / 90) % 4) + 4) % 4) as Turn;
}

/** What `find` finds in a page, or in the nearest node above it that has it (ISO 32000-2, 7.7.3.4). */
function inherited<T>(
  revision: PdfRevision,
  { entries }: PlacedPage,
  find: (node: ReadonlyMap<string, PdfValue>) => T | undefined,
): T | undefined {
  let node: ReadonlyMap<string, PdfValue> | undefined = entries;
  for (let count = 0; node !== undefined && count < mostParents; count++) {
    const found = find(node);
    if (found !== undefined) return found;
    node = entriesOf(revision.resolve(node.get('Parent')));
  }
  return undefined;
}
