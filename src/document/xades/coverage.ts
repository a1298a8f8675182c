import { pathOfElement, type TreeElement, type XmlTree } from '../../xml/tree.ts';
import type { NamedContent } from '../examined.ts';
import type { Coverage } from '../report.ts';
import { isNamed, signatureUri } from './names.ts';
import { type FollowedReference, holdsProperties } from './properties.ts';
import type { XmlSignature } from './structure.ts';

/**
 * What a signature covers: all of the document around it but signatures, the objects in it, documents beside. Its own
 * properties and keys are not counted.
 */
export function coverageOf(
  { node, objects }: XmlSignature,
  references: readonly FollowedReference[],
  { root }: XmlTree,
  contents: readonly NamedContent[],
): Coverage {
  const whole = references.filter(({ resolved }) => resolved.isWhole);
  const targets = new Set(whole.map(({ resolved }) => resolved.target));
  const names = new Set(whole.map(({ resolved }) => resolved.name));
  const outside = contents.flatMap(({ name, isAuxiliary }) =>
    name === undefined || isAuxiliary === true || names.has(name) ? [] : [name],
  );
  const inside = parts(objects, root).filter((part) => !isCovered(part, targets));
  const covered = whole.filter(({ resolved: { target } }) => target === undefined || !isOwn(target, node));
  const uncovered = [...outside, ...inside.map(pathOfElement)];
  return {
    extent: uncovered.length === 0 && covered.length > 0 ? 'whole' : 'part',
    covered: covered.map(({ resolved }) => resolved.name),
    uncovered,
  };
}

/** What a person would take for the document: the root around a signature, or the objects in it. */
function parts(objects: readonly TreeElement[], root: TreeElement): readonly TreeElement[] {
  const held = objects.filter((object) => !holdsProperties(object));
  return isContainer(root) ? held : [root, ...held];
}

/** Elements that only hold signatures: the signature itself, or a list of them (EN 319 162-1, annex A). */
function isContainer(root: TreeElement): boolean {
  return (
    isNamed(root, signatureUri, 'Signature') ||
    /^(XAdESSignatures|document-signatures)$/.test(root.element.local)
  );
}

function isCovered(part: TreeElement, targets: ReadonlySet<TreeElement | undefined>): boolean {
  for (let at: TreeElement | undefined = part; at !== undefined; at = at.parent)
    if (targets.has(at)) return true;
  return false;
}

/** Whether an element belongs to the signature itself: its properties, its keys. */
function isOwn(target: TreeElement, signature: TreeElement): boolean {
  for (let at = target.parent; at !== undefined; at = at.parent) {
    if (at === signature) return !isNamed(target, signatureUri, 'Object') || holdsProperties(target);
  }
  return false;
}
