import { entriesOf, isKind, isName, isSameValue, type PdfValue } from '../pdf/object.ts';
import type { PdfRevision } from '../pdf/revision.ts';
import type { Role } from './roles.ts';

/** Two states of a document that are being compared. */
export interface ComparisonWalk {
  readonly before: PdfRevision;
  readonly after: PdfRevision;
  /** Fields whose values changed, signatures excepted. */
  readonly filled: string[];
  /** Has a value compared with what it was, later. */
  push(old: PdfValue | undefined, now: PdfValue | undefined, role: Role, path: string): void;
  /** Notes a change that nothing explains. */
  note(path: string): void;
}

/** Compares one entry of the form of a document. Throws a PdfError. */
export function compareForm(
  walk: ComparisonWalk,
  key: string,
  was: PdfValue | undefined,
  is: PdfValue | undefined,
  place: string,
): void {
  switch (key) {
    case 'Fields':
      compareFields(walk, was, is, place);
      return;
    case 'SigFlags':
      return;
    case 'DA':
      if (was !== undefined) walk.push(was, is, 'plain', place);
      return;
    case 'NeedAppearances':
      // Viewers draw fields anew on that word; taking it back shows what was signed.
      if (walk.after.resolve(is) === true && walk.before.resolve(was) !== true) walk.note(place);
      return;
    case 'DR':
      compareGrown(walk, was, is, place);
      return;
    default:
      walk.push(was, is, 'plain', place);
  }
}

/** Resources may come in addition; those that were there are as they were. */
function compareGrown(
  walk: ComparisonWalk,
  was: PdfValue | undefined,
  is: PdfValue | undefined,
  place: string,
): void {
  const [old, now] = [entriesOf(walk.before.resolve(was)), entriesOf(walk.after.resolve(is))];
  for (const [key, value] of old ?? []) {
    // Nothing is drawn from there but by signatures, each of which has its own.
    if (key === 'XObject') continue;
    const inner = entriesOf(walk.before.resolve(value));
    const other = now?.get(key);
    if (inner === undefined) walk.push(value, other, 'plain', `${place}/${key}`);
    else {
      const others = entriesOf(walk.after.resolve(other));
      for (const [name, item] of inner)
        walk.push(item, others?.get(name), 'plain', `${place}/${key}/${name}`);
    }
  }
}

/** Fields may be added behind those that there are, if they are for signatures. */
function compareFields(
  walk: ComparisonWalk,
  was: PdfValue | undefined,
  is: PdfValue | undefined,
  place: string,
): void {
  const [old, now] = [walk.before.resolve(was), walk.after.resolve(is)];
  const [items, others] = [old, now].map((value) => (isKind(value, 'array') ? value.items : [])) as [
    readonly PdfValue[],
    readonly PdfValue[],
  ];
  const left = [...others];
  for (const item of items) {
    const at = left.findIndex((other) => isSameValue(item, other));
    if (at < 0) walk.note(place);
    else walk.push(item, left.splice(at, 1)[0], 'field', place);
  }
  for (const added of left) {
    const field = entriesOf(walk.after.resolve(added));
    if (!isName(field?.get('FT') === undefined ? undefined : walk.after.resolve(field.get('FT')), 'Sig'))
      walk.note(place);
  }
}

/** What became of a field's value: a signature where there was none, another value of another field. */
export function compareValue(
  walk: ComparisonWalk,

  old: ReadonlyMap<string, PdfValue>,
  now: ReadonlyMap<string, PdfValue>,
  path: string,
): Filling {
  const parent = entriesOf(walk.before.resolve(old.get('Parent')));
  const isWidget = !old.has('T') && !old.has('V') && parent?.has('T') === true;
  if (isWidget)
    return compareValue(walk, parent, entriesOf(walk.after.resolve(old.get('Parent'))) ?? now, path);
  if (isName(walk.before.resolve(old.get('FT')), 'Sig'))
    return !old.has('V') && now.has('V') ? 'signed' : 'unchanged';
  const [was, is] = [walk.before.resolve(old.get('V')), walk.after.resolve(now.get('V'))];
  if (isSameValue(was, is)) return 'unchanged';
  const name = old.get('T');
  walk.filled.push(isKind(name, 'string') ? Buffer.from(name.octets).toString('latin1') : path);
  return 'filled';
}

/** What became of the value of a field. */
export type Filling = 'unchanged' | 'signed' | 'filled';

/** Entries of a field that change with its value: the value, how it looks, when; and that it is locked. */
export function isExplained(key: string, filling: Filling): boolean {
  if (filling === 'unchanged') return false;
  return ['V', 'AP', 'AS', 'M', 'Ff', 'F', 'MK', 'DR', 'DA', 'RV', 'I', 'NM'].includes(key);
}
