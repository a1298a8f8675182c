import { joined, type Material, noMaterial } from '../examined.ts';
import { catalogueOf, type PdfRevision } from '../pdf/file.ts';
import { unpack } from '../pdf/filter.ts';
import { entriesOf, isKind, PdfError, type PdfValue } from '../pdf/object.ts';

/** Most values of each kind in one dictionary. */
const mostValues = 256;

/** The evidence in the document security store of a revision (EN 319 142-1, section 5.4.2); nothing verified. */
export function materialOfStore(revision: PdfRevision): Material {
  const store = entriesOf(revision.resolve(catalogueOf(revision).get('DSS')));
  if (store === undefined) return noMaterial;
  return {
    certificates: streamsIn(store.get('Certs'), revision),
    lists: streamsIn(store.get('CRLs'), revision),
    answers: streamsIn(store.get('OCSPs'), revision),
  };
}

/** The evidence of all revisions: what a later store leaves out is still in the file. */
export function materialOfRevisions(revisions: readonly PdfRevision[]): Material {
  return joined(revisions.map(materialOfStore));
}

function streamsIn(value: PdfValue | undefined, revision: PdfRevision): readonly Uint8Array[] {
  const array = revision.resolve(value);
  if (!isKind(array, 'array')) return [];
  return array.items.slice(0, mostValues).flatMap((item) => {
    const stream = revision.resolve(item);
    if (!isKind(stream, 'stream')) return [];
    try {
      return [unpack(stream, (each) => revision.resolve(each))];
    } catch (error) {
      // What cannot be unpacked is of no use, and spoils nothing.
      if (error instanceof PdfError) return [];
      throw error;
    }
  });
}
