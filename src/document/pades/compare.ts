import {
  entriesOf,
  isKind,
  isName,
  isSameValue,
  PdfError,
  type PdfStream,
  type PdfValue,
} from '../pdf/object.ts';
import type { PdfRevision } from '../pdf/revision.ts';
import type { Modification } from '../report.ts';
import { type ComparisonWalk, compareForm, compareValue, isExplained } from './compare-form.ts';
import { compareElements, compareStructure } from './compare-structure.ts';
import { isSignatureWidget } from './field.ts';
import { arrayItems, type Role, rolesIn } from './roles.ts';

/** How an update came out, with what was changed against the rules. */
export interface Comparison {
  readonly modification: Modification;
  readonly changes: readonly string[];
  /** Fields whose values changed, signatures excepted. */
  readonly filled: readonly string[];
}

/** Most objects that are followed, and most changes that are told. */
const mostVisits = 1_000_000;
const mostChanges = 16;
/** How many objects are followed between two pauses. */
const visitedAtOnce = 200;

/**
 * Compares two states of a document, one update apart (ISO 32000-2, 12.8.2.2), by an allow-list: everything that could
 * be reached before must be as it was, unless a rule explains the change, and it is explained on every way that leads to
 * it. Pauses on the way. Throws a PdfError.
 */
export function* compareRevisions(before: PdfRevision, after: PdfRevision): Generator<undefined, Comparison> {
  return yield* new RevisionComparison(before, after).run();
}

/** Entries of a trailer that say where things are, and not what they are; and the dates of the document. */
const trailerKeys: ReadonlySet<string> = new Set([
  ...['Size', 'Prev', 'XRefStm', 'ID', 'Info', 'Type', 'Index', 'W', 'Filter', 'DecodeParms', 'Length'],
]);

interface Visit {
  readonly old: PdfValue | undefined;
  readonly now: PdfValue | undefined;
  readonly role: Role;
  readonly path: string;
}

class RevisionComparison implements ComparisonWalk {
  readonly before: PdfRevision;
  readonly after: PdfRevision;
  private readonly roles: ReadonlyMap<number, Role>;
  private readonly visited = new Set<string>();
  /** Objects that were reached where nothing allows a change. */
  private readonly plain = new Set<number>();
  private readonly changes: string[] = [];
  readonly filled: string[] = [];
  private readonly pending: Visit[] = [];
  /** Objects that a field no longer refers to, which is explained as long as nothing else refers to them. */
  private readonly replaced = new Map<number, string>();
  private hasNotes = false;

  constructor(before: PdfRevision, after: PdfRevision) {
    this.before = before;
    this.after = after;
    this.roles = rolesIn(before);
  }

  *run(): Generator<undefined, Comparison> {
    this.compareTrailers();
    let count = 0;
    for (let visit = this.pending.pop(); visit !== undefined; visit = this.pending.pop()) {
      this.follow(visit);
      count++;
      if (count > mostVisits) throw new PdfError('the document has too many objects');
      if (count % visitedAtOnce === 0) yield undefined;
    }
    for (const [number, path] of this.replaced) if (this.plain.has(number)) this.note(path);
    const modification = this.changes.length > 0 ? 'forbidden' : this.hasNotes ? 'annotations' : 'allowed';
    return { modification, changes: this.changes.slice(0, mostChanges), filled: this.filled };
  }

  private compareTrailers(): void {
    const [old, now] = [this.before.trailer, this.after.trailer];
    for (const [key, value] of old) {
      if (key === 'Root') this.push(value, now.get(key), 'catalogue', key);
      else if (key === 'AdditionalStreams') this.compareSources(value, now.get(key) ?? value, key);
      else if (!trailerKeys.has(key)) this.push(value, now.get(key) ?? value, 'plain', key);
    }
  }

  /**
   * The sources that LibreOffice puts into a PDF, each a name and a stream, which it opens in place of the pages. They may
   * go: programs that sign such a file give them another number, under which no stream stands.
   */
  private compareSources(old: PdfValue, now: PdfValue, path: string): void {
    const [items, others] = [arrayItems(old), arrayItems(now)];
    if (others.length > items.length) this.note(path);
    for (const [at, item] of items.entries()) {
      const isSource = isKind(this.after.resolve(others[at]), 'stream');
      if (isSource) this.push(item, others[at], 'plain', path);
    }
  }

  note(path: string): void {
    if (this.changes.length < mostChanges) this.changes.push(path);
  }

  push(old: PdfValue | undefined, now: PdfValue | undefined, role: Role, path: string): void {
    this.pending.push({ old, now, role, path });
  }

  /** Looks at one value as it was and as it is. */
  private follow({ old, now, role, path }: Visit): void {
    if (isKind(old, 'reference')) {
      const own = this.roles.get(old.number) ?? role;
      // What is written anew under another number is the same as long as it says the same.
      const key = `${old.number} ${isKind(now, 'reference') ? now.number : 'direct'} ${own}`;
      if (this.visited.has(key)) return;
      this.visited.add(key);
      if (own === 'plain') this.plain.add(old.number);
      this.compare(this.before.object(old), this.after.resolve(now), own, path);
      return;
    }
    this.compare(old ?? null, now ?? null, role, path);
  }

  private compare(old: PdfValue, now: PdfValue, role: Role, path: string): void {
    const [entries, others] = [entriesOf(old), entriesOf(now)];
    if (entries !== undefined && others !== undefined) {
      const isStream = isKind(old, 'stream');
      if (isStream !== isKind(now, 'stream')) this.note(path);
      if (isKind(old, 'stream') && isKind(now, 'stream') && !isSameStream(old, now)) this.note(path);
      this.compareEntries(entries, others, role, path);
    } else if (isKind(old, 'array') && isKind(now, 'array'))
      this.compareArrays(old.items, now.items, role, path);
    else if (!isSameValue(old, now)) this.note(path);
  }

  private compareArrays(old: readonly PdfValue[], now: readonly PdfValue[], role: Role, path: string): void {
    if (role === 'annotations') this.compareAnnotations(old, now, path);
    else if (old.length !== now.length) this.note(path);
    else
      for (const [at, item] of old.entries())
        this.push(item, now[at], role === 'pages' ? 'pages' : 'plain', path);
  }

  private compareEntries(
    old: ReadonlyMap<string, PdfValue>,
    now: ReadonlyMap<string, PdfValue>,
    given: Role,
    path: string,
  ): void {
    const role = roleBy(given, old.get('Type'));
    const filled = role === 'field' ? compareValue(this, old, now, path) : 'unchanged';
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      const [was, is] = [old.get(key), now.get(key)];
      const place = `${path}/${key}`;
      switch (role) {
        case 'catalogue':
          this.compareCatalogue(key, was, is, place);
          break;
        case 'form':
          compareForm(this, key, was, is, place);
          break;
        case 'page':
          this.comparePage(key, was, is, place);
          break;
        case 'field':
          if (!isExplained(key, filled)) this.push(was, is, 'plain', place);
          else if (isKind(was, 'reference') && !isSameValue(was, is)) this.replaced.set(was.number, place);
          break;
        case 'structure':
          compareStructure(this, key, was, is, place);
          break;
        case 'element':
          if (key === 'K') compareElements(this, was, is, place);
          else this.push(was, is, 'plain', place);
          break;
        case 'pages':
          this.push(was, is, key === 'Kids' ? 'pages' : 'plain', place);
          break;
        default:
          this.push(was, is, 'plain', place);
      }
    }
  }

  private compareCatalogue(
    key: string,
    was: PdfValue | undefined,
    is: PdfValue | undefined,
    place: string,
  ): void {
    switch (key) {
      case 'DSS':
      case 'Extensions':
      case 'Metadata':
      case 'Version':
        return;
      case 'Names':
        this.compareNames(was, is, place);
        return;
      case 'Perms':
        if (was !== undefined) this.push(was, is, 'plain', place);
        return;
      case 'AcroForm':
        if (was !== undefined) this.push(was, is, 'form', place);
        else compareForm(this, 'Fields', undefined, entriesOf(this.after.resolve(is))?.get('Fields'), place);
        return;
      case 'Pages':
        this.push(was, is, 'pages', place);
        return;
      case 'StructTreeRoot':
        this.push(was, is, was === undefined ? 'plain' : 'structure', place);
        return;
      default:
        this.push(was, is, 'plain', place);
    }
  }

  /** Appearances of notes may come in addition (ISO 32000-2, 7.7.4). */
  private compareNames(was: PdfValue | undefined, is: PdfValue | undefined, place: string): void {
    const [old, now] = [entriesOf(this.before.resolve(was)), entriesOf(this.after.resolve(is))];
    for (const key of new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])) {
      const isAdded = key === 'AP' && old?.has(key) !== true;
      if (isAdded) this.hasNotes = true;
      else this.push(old?.get(key), now?.get(key), 'plain', `${place}/${key}`);
    }
  }

  private comparePage(key: string, was: PdfValue | undefined, is: PdfValue | undefined, place: string): void {
    switch (key) {
      case 'Annots':
        this.compareAnnotations(
          arrayItems(this.before.resolve(was)),
          arrayItems(this.after.resolve(is)),
          place,
        );
        return;
      case 'Tabs':
      case 'StructParents':
        if (was !== undefined) this.push(was, is, 'plain', place);
        return;
      case 'Parent':
        this.push(was, is, 'pages', place);
        return;
      default:
        this.push(was, is, 'plain', place);
    }
  }

  /** Notes may be added, and are told; those of fields for signatures need not be. */
  private compareAnnotations(old: readonly PdfValue[], now: readonly PdfValue[], place: string): void {
    const left = [...now];
    for (const item of old) {
      const at = left.findIndex((other) => isSameValue(item, other));
      if (at < 0) this.note(place);
      else this.push(item, left.splice(at, 1)[0], 'plain', place);
    }
    for (const added of left) {
      if (!isSignatureWidget(added, this.after)) this.hasNotes = true;
    }
  }
}

/** What stands in the same place of the file need not be decrypted to be the same. */
function isSameStream(old: PdfStream, now: PdfStream): boolean {
  const isSamePlace =
    old.stored.buffer === now.stored.buffer &&
    old.stored.byteOffset === now.stored.byteOffset &&
    old.stored.length === now.stored.length;
  return isSamePlace || Buffer.compare(old.packed, now.packed) === 0;
}

/** Pages stand in their tree, and the parts of the structure wherever something refers to them. */
function roleBy(given: Role, type: PdfValue | undefined): Role {
  if (given === 'pages') return isName(type, 'Page') ? 'page' : given;
  if (given !== 'plain') return given;
  if (isName(type, 'StructTreeRoot')) return 'structure';
  return isName(type, 'StructElem') ? 'element' : given;
}
