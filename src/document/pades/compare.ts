import { catalogueOf, type PdfRevision } from '../pdf/file.ts';
import { entriesOf, isKind, isName, isSameValue, PdfError, type PdfValue } from '../pdf/object.ts';
import type { Modification } from '../report.ts';
import { formFields } from './field.ts';

/** How an update came out, with what was changed against the rules. */
export interface Comparison {
  readonly modification: Modification;
  readonly changes: readonly string[];
  /** Fields whose values changed, signatures excepted. */
  readonly filled: readonly string[];
}

/** Most objects that are followed, and most changes that are told. */
const mostVisits = 1_000_000;
const deepestPages = 32;
const mostChanges = 16;
/** How many objects are followed between two pauses. */
const visitedAtOnce = 200;

/** What an object is, where that allows a change of it. */
type Role = 'catalogue' | 'form' | 'page' | 'pages' | 'annotations' | 'field' | 'plain';

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

class RevisionComparison {
  private readonly before: PdfRevision;
  private readonly after: PdfRevision;
  private readonly roles = new Map<number, Role>();
  private readonly visited = new Set<string>();
  /** Objects that were reached where nothing allows a change. */
  private readonly plain = new Set<number>();
  private readonly changes: string[] = [];
  private readonly filled: string[] = [];
  private readonly pending: Visit[] = [];
  /** Objects that a field no longer refers to, which is explained as long as nothing else refers to them. */
  private readonly replaced = new Map<number, string>();
  private hasNotes = false;

  constructor(before: PdfRevision, after: PdfRevision) {
    this.before = before;
    this.after = after;
  }

  *run(): Generator<undefined, Comparison> {
    this.assignRoles();
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

  private assignRoles(): void {
    const root = this.before.trailer.get('Root');
    const catalogue = catalogueOf(this.before);
    const assign = (value: PdfValue | undefined, role: Role) => {
      if (isKind(value, 'reference')) this.roles.set(value.number, role);
    };
    assign(root, 'catalogue');
    assign(catalogue.get('AcroForm'), 'form');
    for (const { number, entries } of formFields(this.before)) {
      if (number !== undefined) this.roles.set(number, 'field');
      for (const kid of arrayItems(this.before.resolve(entries.get('Kids')))) assign(kid, 'field');
    }
    this.assignPages(catalogue.get('Pages'), 0);
  }

  private assignPages(value: PdfValue | undefined, depth: number): void {
    const node = entriesOf(this.before.resolve(value));
    if (!isKind(value, 'reference') || node === undefined || depth > deepestPages) return;
    if (this.roles.has(value.number)) throw new PdfError('a page stands twice in the tree of pages');
    const isPage = isName(node.get('Type'), 'Page');
    this.roles.set(value.number, isPage ? 'page' : 'pages');
    const annotations = node.get('Annots');
    if (isPage && isKind(annotations, 'reference')) this.roles.set(annotations.number, 'annotations');
    if (!isPage)
      for (const kid of arrayItems(this.before.resolve(node.get('Kids')))) this.assignPages(kid, depth + 1);
  }

  private compareTrailers(): void {
    const [old, now] = [this.before.trailer, this.after.trailer];
    for (const [key, value] of old) {
      if (key === 'Root') this.push(value, now.get(key), 'catalogue', key);
      else if (!trailerKeys.has(key)) this.push(value, now.get(key) ?? value, 'plain', key);
    }
  }

  private note(path: string): void {
    if (this.changes.length < mostChanges) this.changes.push(path);
  }

  private push(old: PdfValue | undefined, now: PdfValue | undefined, role: Role, path: string): void {
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
      if (isKind(old, 'stream') && isKind(now, 'stream') && Buffer.compare(old.packed, now.packed) !== 0)
        this.note(path);
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
    const role = given === 'pages' && isName(old.get('Type'), 'Page') ? 'page' : given;
    const filled = role === 'field' ? this.compareValue(old, now, path) : 'unchanged';
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      const [was, is] = [old.get(key), now.get(key)];
      const place = `${path}/${key}`;
      switch (role) {
        case 'catalogue':
          this.compareCatalogue(key, was, is, place);
          break;
        case 'form':
          this.compareForm(key, was, is, place);
          break;
        case 'page':
          this.comparePage(key, was, is, place);
          break;
        case 'field':
          if (!isExplained(key, filled)) this.push(was, is, 'plain', place);
          else if (isKind(was, 'reference') && !isSameValue(was, is)) this.replaced.set(was.number, place);
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
        else this.compareForm('Fields', undefined, entriesOf(this.after.resolve(is))?.get('Fields'), place);
        return;
      case 'Pages':
        this.push(was, is, 'pages', place);
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

  private compareForm(key: string, was: PdfValue | undefined, is: PdfValue | undefined, place: string): void {
    switch (key) {
      case 'Fields':
        this.compareFields(was, is, place);
        return;
      case 'SigFlags':
        return;
      case 'DA':
        if (was !== undefined) this.push(was, is, 'plain', place);
        return;
      case 'NeedAppearances':
        // Viewers draw fields anew on that word; taking it back shows what was signed.
        if (this.after.resolve(is) === true && this.before.resolve(was) !== true) this.note(place);
        return;
      case 'DR':
        this.compareGrown(was, is, place);
        return;
      default:
        this.push(was, is, 'plain', place);
    }
  }

  /** Resources may come in addition; those that were there are as they were. */
  private compareGrown(was: PdfValue | undefined, is: PdfValue | undefined, place: string): void {
    const [old, now] = [entriesOf(this.before.resolve(was)), entriesOf(this.after.resolve(is))];
    for (const [key, value] of old ?? []) {
      // Nothing is drawn from there but by signatures, each of which has its own.
      if (key === 'XObject') continue;
      const inner = entriesOf(this.before.resolve(value));
      const other = now?.get(key);
      if (inner === undefined) this.push(value, other, 'plain', `${place}/${key}`);
      else {
        const others = entriesOf(this.after.resolve(other));
        for (const [name, item] of inner)
          this.push(item, others?.get(name), 'plain', `${place}/${key}/${name}`);
      }
    }
  }

  /** Fields may be added behind those that there are, if they are for signatures. */
  private compareFields(was: PdfValue | undefined, is: PdfValue | undefined, place: string): void {
    const [old, now] = [this.before.resolve(was), this.after.resolve(is)];
    const [items, others] = [old, now].map((value) => (isKind(value, 'array') ? value.items : [])) as [
      readonly PdfValue[],
      readonly PdfValue[],
    ];
    const left = [...others];
    for (const item of items) {
      const at = left.findIndex((other) => isSameValue(item, other));
      if (at < 0) this.note(place);
      else this.push(item, left.splice(at, 1)[0], 'field', place);
    }
    for (const added of left) {
      const field = entriesOf(this.after.resolve(added));
      if (!isName(field?.get('FT') === undefined ? undefined : this.after.resolve(field.get('FT')), 'Sig'))
        this.note(place);
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
      const annotation = entriesOf(this.after.resolve(added));
      const isField =
        isName(this.after.resolve(annotation?.get('Subtype')), 'Widget') &&
        isName(this.after.resolve(annotation?.get('FT')), 'Sig');
      if (!isField) this.hasNotes = true;
    }
  }

  /** What became of a field's value: a signature where there was none, another value of another field. */
  private compareValue(
    old: ReadonlyMap<string, PdfValue>,
    now: ReadonlyMap<string, PdfValue>,
    path: string,
  ): Filling {
    const parent = entriesOf(this.before.resolve(old.get('Parent')));
    const isWidget = !old.has('T') && !old.has('V') && parent?.has('T') === true;
    if (isWidget)
      return this.compareValue(parent, entriesOf(this.after.resolve(old.get('Parent'))) ?? now, path);
    if (isName(this.before.resolve(old.get('FT')), 'Sig'))
      return !old.has('V') && now.has('V') ? 'signed' : 'unchanged';
    const [was, is] = [this.before.resolve(old.get('V')), this.after.resolve(now.get('V'))];
    if (isSameValue(was, is)) return 'unchanged';
    const name = old.get('T');
    this.filled.push(isKind(name, 'string') ? Buffer.from(name.octets).toString('latin1') : path);
    return 'filled';
  }
}

type Filling = 'unchanged' | 'signed' | 'filled';

/** Entries of a field that change with its value: the value, how it looks, when; and that it is locked. */
function isExplained(key: string, filling: Filling): boolean {
  if (filling === 'unchanged') return false;
  return ['V', 'AP', 'AS', 'M', 'Ff', 'F', 'MK', 'DR', 'DA', 'RV', 'I', 'NM'].includes(key);
}

function arrayItems(value: PdfValue): readonly PdfValue[] {
  return isKind(value, 'array') ? value.items : [];
}
