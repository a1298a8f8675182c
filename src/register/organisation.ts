import type { AuthorityTerm } from '../failure/authority-terms.ts';
import { type IdentifierFlaw, type IdentifierKind, identifierFlaw } from '../subject/identifier.ts';

/** Whether an organisation may act: `closed` has ended, `blocked` is barred by whoever keeps the register. */
export type OrganisationState = 'active' | 'closed' | 'blocked';

/** Who may act for the organisation without a power of attorney. */
export interface Head {
  /** The person's own INN, 12 digits. */
  readonly inn: string;
}

/** An organisation as the register has it. */
export interface RegisteredOrganisation {
  /** OGRN of 13 digits, or OGRNIP of 15. */
  readonly ogrn: string;
  /** 10 digits of a legal entity, 12 of an entrepreneur. */
  readonly inn: string;
  /** An organisation may have several; empty where the register knows none. */
  readonly kpp: readonly string[];
  readonly name: string;
  /** Empty where there is none. */
  readonly shortName: string;
  readonly state: OrganisationState;
  /** Empty where the register does not know them. */
  readonly heads: readonly Head[];
}

/** What is wrong with a row, and in which field: one of the names below, or what stands in the file. */
export interface RowFlaw {
  readonly field: string;
  readonly problem: AuthorityTerm | IdentifierFlaw | 'identifier-absent';
}

const longestName = 1_000;
const mostItems = 50;
const separators = /[\s|;,]+/;

/** Names of columns in CSV and of members in JSON. */
const rowFields: ReadonlySet<string> = new Set([
  'ogrn',
  'inn',
  'kpp',
  'name',
  'short_name',
  'state',
  'heads',
]);

/**
 * What is wrong with the names of a file's columns, or of a row's members. One that is not known is refused, because
 * a column `status` with the word `blocked` would otherwise let in whom the file bars; so is one that comes twice.
 */
export function fieldFlaw(names: readonly string[]): RowFlaw | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (!rowFields.has(name)) return { field: name, problem: 'register-field-unknown' };
    if (seen.has(name)) return { field: name, problem: 'register-field-repeated' };
    seen.add(name);
  }
  return undefined;
}

/**
 * A row of the register: members `ogrn`, `inn`, `kpp`, `name`, `short_name`, `state`, `heads` (names of columns in
 * CSV, of members in JSON). `kpp` and `heads` (INN of persons) are lists in JSON, and separated by blanks in CSV;
 * `state` is active where it is absent. Gives what is wrong with a row that cannot be used.
 */
export function readRow(row: Readonly<Record<string, unknown>>): RegisteredOrganisation | RowFlaw {
  const ogrn = textOf(row.ogrn);
  const inn = textOf(row.inn);
  const isEntrepreneur = ogrn.length === 15;
  const kpp = listOf(row.kpp);
  const heads = listOf(row.heads);
  const name = textOf(row.name);
  const shortName = textOf(row.short_name);
  const state = textOf(row.state) || 'active';
  if (kpp === undefined) return { field: 'kpp', problem: 'register-row-malformed' };
  if (heads === undefined) return { field: 'head', problem: 'register-row-malformed' };
  if (name === '' || name.length > longestName || shortName.length > longestName) {
    return { field: 'name', problem: name === '' ? 'identifier-absent' : 'identifier-length' };
  }
  // What a reader puts in the place of octets that are not UTF-8.
  if (name.includes('\uFFFD')) return { field: 'name', problem: 'register-row-malformed' };
  if (!isState(state)) return { field: 'state', problem: 'register-state-unknown' };
  return (
    flawOf('ogrn', isEntrepreneur ? 'ogrnip' : 'ogrn', [ogrn]) ??
    flawOf('inn', isEntrepreneur ? 'inn' : 'innLegalEntity', [inn]) ??
    flawOf('kpp', 'kpp', kpp) ??
    flawOf('head', 'inn', heads) ?? {
      ogrn,
      inn,
      kpp,
      name,
      shortName,
      state,
      heads: heads.map((head) => ({ inn: head })),
    }
  );
}

/** Whether a row could be used. */
export function isUsable(row: RegisteredOrganisation | RowFlaw): row is RegisteredOrganisation {
  return 'ogrn' in row;
}

function isState(text: string): text is OrganisationState {
  return text === 'active' || text === 'closed' || text === 'blocked';
}

function flawOf(field: string, kind: IdentifierKind, values: readonly string[]): RowFlaw | undefined {
  for (const value of values) {
    const problem = value === '' ? 'identifier-absent' : identifierFlaw(kind, value);
    if (problem !== undefined) return { field, problem };
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}

/** A list as JSON or as CSV gives it; undefined where it is neither, or too long. */
function listOf(value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null || value === '') return [];
  const items = typeof value === 'string' ? value.trim().split(separators) : value;
  if (!Array.isArray(items) || items.length > mostItems) return undefined;
  const texts = items.map((item: unknown) =>
    typeof item === 'object' && item !== null && 'inn' in item ? item.inn : item,
  );
  return texts.every((text) => typeof text === 'string') ? texts.filter((text) => text !== '') : undefined;
}
