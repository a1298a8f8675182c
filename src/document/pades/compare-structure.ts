import { entriesOf, isKind, isName, isSameValue, type PdfValue } from '../pdf/object.ts';
import type { PdfRevision } from '../pdf/revision.ts';
import type { ComparisonWalk } from './compare-form.ts';
import { isSignatureWidget } from './field.ts';
import { arrayItems } from './roles.ts';

/** What an element of structure may hold that stands for the field of a signature: no text that could be read aloud. */
const elementKeys: ReadonlySet<string> = new Set(['Type', 'S', 'P', 'Pg', 'K']);
const referenceKeys: ReadonlySet<string> = new Set(['Type', 'Obj', 'Pg']);

/**
 * Compares one entry of the structure of a document (ISO 32000-2, 14.7.2). Whoever adds the field of a signature to a
 * tagged document enters it here: an element in addition, and where that element is found.
 */
export function compareStructure(
  walk: ComparisonWalk,
  key: string,
  was: PdfValue | undefined,
  is: PdfValue | undefined,
  place: string,
): void {
  switch (key) {
    case 'ParentTreeNextKey': {
      const [old, now] = [walk.before.resolve(was), walk.after.resolve(is)];
      const isGrown = typeof now === 'number' && (typeof old === 'number' ? now >= old : was === undefined);
      if (!isGrown) walk.push(was, is, 'plain', place);
      return;
    }
    case 'ParentTree':
      compareParentTree(walk, was, is, place);
      return;
    case 'K':
      compareElements(walk, was, is, place);
      return;
    default:
      walk.push(was, is, 'plain', place);
  }
}

/** Elements may be added behind those that there are, if they stand for fields of signatures. */
export function compareElements(
  walk: ComparisonWalk,
  was: PdfValue | undefined,
  is: PdfValue | undefined,
  place: string,
): void {
  const [old, now] = [itemsOf(was, walk.before), itemsOf(is, walk.after)];
  if (old.length === now.length) {
    walk.push(was, is, 'plain', place);
    return;
  }
  for (const [at, item] of old.entries()) walk.push(item, now[at], 'plain', place);
  if (!now.slice(old.length).every((added) => isSignatureElement(added, walk.after))) walk.note(place);
}

/** A tree of one node, which is how it is written where there are few; others are as they were. */
function compareParentTree(
  walk: ComparisonWalk,
  was: PdfValue | undefined,
  is: PdfValue | undefined,
  place: string,
): void {
  const [old, now] = [entriesOf(walk.before.resolve(was)), entriesOf(walk.after.resolve(is))];
  if (old === undefined || now === undefined) {
    walk.push(was, is, 'plain', place);
    return;
  }
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    if (key !== 'Nums') walk.push(old.get(key), now.get(key), 'plain', `${place}/${key}`);
  }
  const [items, others] = [
    arrayItems(walk.before.resolve(old.get('Nums'))),
    arrayItems(walk.after.resolve(now.get('Nums'))),
  ];
  for (const [at, item] of items.entries()) {
    const other = others[at];
    const isNumber = at % 2 === 0;
    if (isNumber && !isSameValue(item, other ?? null)) walk.note(`${place}/Nums`);
    if (!isNumber) walk.push(item, other, 'plain', `${place}/Nums`);
  }
  const added = others.slice(items.length).filter((_, at) => (items.length + at) % 2 === 1);
  if (!added.every((element) => isSignatureElement(element, walk.after))) walk.note(`${place}/Nums`);
}

/** One kid stands without an array. */
function itemsOf(value: PdfValue | undefined, revision: PdfRevision): readonly PdfValue[] {
  const resolved = revision.resolve(value);
  if (isKind(resolved, 'array')) return resolved.items;
  return value === undefined ? [] : [value];
}

/** Whether an element of structure says no more than that the field of a signature stands here. */
function isSignatureElement(value: PdfValue, revision: PdfRevision): boolean {
  const element = entriesOf(revision.resolve(value));
  if (element === undefined || ![...element.keys()].every((key) => elementKeys.has(key))) return false;
  const [kid, another] = itemsOf(element.get('K'), revision);
  const reference = entriesOf(revision.resolve(kid));
  if (reference === undefined || another !== undefined) return false;
  if (!isName(revision.resolve(reference.get('Type')), 'OBJR')) return false;
  if (![...reference.keys()].every((key) => referenceKeys.has(key))) return false;
  return isSignatureWidget(reference.get('Obj'), revision);
}
