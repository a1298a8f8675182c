import { joined, type Material, noMaterial } from '../examined.ts';
import { unpack } from '../pdf/filter.ts';
import { entriesOf, isKind, PdfError, type PdfValue } from '../pdf/object.ts';
import { catalogueOf, type PdfRevision } from '../pdf/revision.ts';

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

/**
 * How many values of the stores are passed over: those that cannot be unpacked, or are too large for it, and those behind
 * the most that are read.
 */
export function passedOver(revisions: readonly PdfRevision[]): number {
  // A store that is written anew names the same values again.
  const passed = new Set<PdfValue>();
  for (const revision of revisions) {
    const store = entriesOf(revision.resolve(catalogueOf(revision).get('DSS')));
    for (const key of ['Certs', 'CRLs', 'OCSPs']) {
      const array = revision.resolve(store?.get(key));
      if (!isKind(array, 'array')) continue;
      for (const [at, item] of array.items.entries()) {
        const stream = revision.resolve(item);
        if (at >= mostValues || unpacked(stream, revision) === undefined) passed.add(stream);
      }
    }
  }
  return passed.size;
}

function streamsIn(value: PdfValue | undefined, revision: PdfRevision): readonly Uint8Array[] {
  const array = revision.resolve(value);
  if (!isKind(array, 'array')) return [];
  return array.items.slice(0, mostValues).flatMap((item) => unpacked(revision.resolve(item), revision) ?? []);
}

/** The octets of a stream; undefined for what is none, or cannot be unpacked: it is of no use, and spoils nothing. */
function unpacked(value: PdfValue, revision: PdfRevision): Uint8Array | undefined {
  if (!isKind(value, 'stream')) return undefined;
  try {
    return unpack(value, (each) => revision.resolve(each));
  } catch (error) {
    if (error instanceof PdfError) return undefined;
    throw error;
  }
}
