import { entriesOf, isKind, isName, PdfError, type PdfValue } from '../pdf/object.ts';
import { catalogueOf, type PdfRevision } from '../pdf/revision.ts';
import { formFields } from './field.ts';

const deepestPages = 32;

/** What an object is, where that allows a change of it. */
export type Role =
  | 'catalogue'
  | 'form'
  | 'page'
  | 'pages'
  | 'annotations'
  | 'field'
  | 'structure'
  | 'element'
  | 'plain';

/** What the objects of a revision are, where that allows a change of them; by number. Throws a PdfError. */
export function rolesIn(revision: PdfRevision): ReadonlyMap<number, Role> {
  const roles = new Map<number, Role>();
  const root = revision.trailer.get('Root');
  const catalogue = catalogueOf(revision);
  const assign = (value: PdfValue | undefined, role: Role) => {
    if (isKind(value, 'reference')) roles.set(value.number, role);
  };
  assign(root, 'catalogue');
  assign(catalogue.get('AcroForm'), 'form');
  for (const { number, entries } of formFields(revision)) {
    if (number !== undefined) roles.set(number, 'field');
    for (const kid of arrayItems(revision.resolve(entries.get('Kids')))) assign(kid, 'field');
  }
  assignPages(catalogue.get('Pages'), 0, revision, roles);
  return roles;
}

function assignPages(
  value: PdfValue | undefined,
  depth: number,
  revision: PdfRevision,
  roles: Map<number, Role>,
): void {
  const node = entriesOf(revision.resolve(value));
  if (!isKind(value, 'reference') || node === undefined || depth > deepestPages) return;
  if (roles.has(value.number)) throw new PdfError('a page stands twice in the tree of pages');
  const isPage = isName(node.get('Type'), 'Page');
  roles.set(value.number, isPage ? 'page' : 'pages');
  const annotations = node.get('Annots');
  if (isPage && isKind(annotations, 'reference')) roles.set(annotations.number, 'annotations');
  if (!isPage)
    for (const kid of arrayItems(revision.resolve(node.get('Kids'))))
      assignPages(kid, depth + 1, revision, roles);
}

/** The items of an array; none of anything else. */
export function arrayItems(value: PdfValue): readonly PdfValue[] {
  return isKind(value, 'array') ? value.items : [];
}
