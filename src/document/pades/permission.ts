import { catalogueOf, type PdfRevision } from '../pdf/file.ts';
import { entriesOf, isKind, isName, type PdfValue } from '../pdf/object.ts';
import type { Comparison } from './compare.ts';
import { signatureDictionaries, textOf } from './field.ts';

/**
 * What an update did that the signatures of a revision do not permit: the certifying one by DocMDP (ISO 32000-2,
 * 12.8.2.2), each by the fields that it locks (12.8.2.4). Throws a PdfError.
 */
export function permissionsIn(
  signed: PdfRevision,
  { modification, filled }: Pick<Comparison, 'modification' | 'filled'>,
): readonly string[] {
  const level = certifiedLevel(signed);
  const found: string[] = [];
  if (level !== undefined && level < 3 && modification === 'annotations') found.push('DocMDP: annotations');
  if (level === 1 && filled.length > 0) found.push('DocMDP: fields');
  const locked = filled.filter((field) => isLocked(field, signed));
  return [...found, ...locked.map((field) => `FieldMDP: ${field}`)];
}

/** What the certifying signature permits: 1 nothing, 2 forms, 3 notes too; undefined where nobody certified. */
function certifiedLevel(revision: PdfRevision): number | undefined {
  const permissions = entriesOf(revision.resolve(catalogueOf(revision).get('Perms')));
  const signature = entriesOf(revision.resolve(permissions?.get('DocMDP')));
  if (signature === undefined) return undefined;
  for (const parameters of transforms(signature, 'DocMDP', revision)) {
    const level = revision.resolve(parameters.get('P'));
    if (typeof level === 'number') return level;
  }
  return 2;
}

function transforms(
  signature: ReadonlyMap<string, PdfValue>,
  method: string,
  revision: PdfRevision,
): readonly ReadonlyMap<string, PdfValue>[] {
  const references = revision.resolve(signature.get('Reference'));
  if (!isKind(references, 'array')) return [];
  return references.items.flatMap((item) => {
    const reference = entriesOf(revision.resolve(item));
    if (!isName(revision.resolve(reference?.get('TransformMethod')), method)) return [];
    return entriesOf(revision.resolve(reference?.get('TransformParams'))) ?? [];
  });
}

function isLocked(field: string, revision: PdfRevision): boolean {
  return signatureDictionaries(revision).some(({ entries }) =>
    transforms(entries, 'FieldMDP', revision).some((parameters) => {
      const names = revision.resolve(parameters.get('Fields'));
      const listed = isKind(names, 'array')
        ? names.items.flatMap((each) => (isKind(each, 'string') ? [textOf(each)] : []))
        : [];
      const action = revision.resolve(parameters.get('Action'));
      const isListed = listed.includes(field);
      if (isName(action, 'Include')) return isListed;
      return isName(action, 'Exclude') ? !isListed : true;
    }),
  );
}
