import { stat } from 'node:fs/promises';
import { auditEntry } from '../audit/record.ts';
import type { Database, Statement, Unit, Value } from '../database/database.ts';
import { writeUnless } from '../database/write-unless.ts';
import { SealgateError } from '../error.ts';
import { endSessionsOfMany, noneOpenBeside, withOpenSessions } from '../session/of-many.ts';
import { fieldFlaw, isUsable, type RegisteredOrganisation, type RowFlaw, readRow } from './organisation.ts';
import { type RawRow, type RegisterFormat, readRows } from './rows.ts';

/** How a register is imported. */
export interface ImportOptions {
  readonly file: string;
  readonly format: RegisterFormat;
  /** Organisations that are not in the file leave the register, and their sessions end. */
  readonly replaces?: boolean;
  /** Leave wrong rows out, instead of refusing the file. */
  readonly skipsInvalid?: boolean;
  /** Told how much of the work is done, from 0 to 1, and how many organisations are written. */
  readonly onProgress?: (share: number, written: number) => void;
}

/** What became of an import. */
export interface ImportResult {
  readonly imported: number;
  /** Organisations that are closed or blocked now. */
  readonly barred: number;
  readonly removed: number;
  readonly invalid: number;
  /** The first of the wrong rows. */
  readonly flaws: readonly (RowFlaw & { readonly line: number })[];
}

/** Rows of one statement: many, so that a million take seconds, and below the limits of both engines. */
const perStatement = 100;
/** Rows of one unit; sign-ins that are written meanwhile wait for one unit at most. */
const perUnit = 5_000;
/**
 * Rows that are sorted before they are written. A unit then touches neighbouring pages, and not one page for each of
 * its rows: with units as they came, an unsorted file of a million takes twice as long (measured).
 */
const perWindow = 50_000;
const unitsUnderWay = 2;
const mostFlaws = 20;

/**
 * Imports a register of organisations, as a stream. The file is read twice: at first it is only checked, so that one
 * wrong row leaves everything as it was. Live sessions of organisations that the file closes or blocks end in the
 * same units. Rejects with `register_malformed`, which names line, field and problem; `file_unreadable`;
 * `storage_unavailable`, after which a part of the rows may have been written.
 */
export async function importRegister(
  database: Database,
  options: ImportOptions,
  at: number,
): Promise<ImportResult> {
  const { file, format, skipsInvalid = false, onProgress = () => {} } = options;
  const size = Math.max(1, (await stat(file).catch(() => undefined))?.size ?? 1);
  // Checking a row takes a third of the time that writing it does.
  const checked = await check(file, format, skipsInvalid, (octets) => onProgress(octets / size / 4, 0));
  let written = 0;
  let barred = 0;
  const read = (octets: number) => onProgress(0.25 + (octets / size) * 0.75, written);
  const write = async (window: readonly RegisteredOrganisation[]) => {
    const rows = distinct(window);
    for (let done = 0; done < rows.length; done += perUnit * unitsUnderWay) {
      const units = Array.from({ length: unitsUnderWay }, (_, index) =>
        rows.slice(done + index * perUnit, done + (index + 1) * perUnit),
      );
      await Promise.all(units.map((unit) => writeUnit(database, statementsOf(unit, at), barredOf(unit), at)));
    }
    written += rows.length;
    barred += rows.filter(({ state }) => state !== 'active').length;
  };
  let window: RegisteredOrganisation[] = [];
  for await (const batch of readRows(file, format, read)) {
    for (const { value } of batch) {
      const row = usableRow(value, format);
      if (isUsable(row)) window.push(row);
    }
    if (window.length < perWindow) continue;
    await write(window);
    window = [];
  }
  await write(window);
  const removed = options.replaces === true ? await removeOthers(database, at) : 0;
  const result = { imported: written, barred, removed, ...checked };
  const { flaws: _, ...counts } = result;
  await database.write({
    statements: [],
    journal: [auditEntry({ event: 'register.imported', at, details: counts })],
  });
  onProgress(1, written);
  return result;
}

async function check(
  file: string,
  format: RegisterFormat,
  skipsInvalid: boolean,
  onProgress: (octets: number) => void,
): Promise<Pick<ImportResult, 'invalid' | 'flaws'>> {
  const flaws: (RowFlaw & { line: number })[] = [];
  let invalid = 0;
  for await (const batch of readRows(file, format, onProgress)) {
    for (const { line, value } of batch) {
      const row = usableRow(value, format);
      if (isUsable(row)) continue;
      if (!skipsInvalid) throw new SealgateError('register_malformed', { line, ...row });
      invalid++;
      if (flaws.length < mostFlaws) flaws.push({ line, ...row });
    }
  }
  return { invalid, flaws };
}

function usableRow(value: RawRow['value'], format: RegisterFormat): RegisteredOrganisation | RowFlaw {
  if (value === undefined) return { field: 'row', problem: 'register-row-malformed' };
  // Columns have been looked at with the first line.
  return (format === 'jsonl' ? fieldFlaw(Object.keys(value)) : undefined) ?? readRow(value);
}

/** The last row of an OGRN counts; a statement may not write one row twice. */
function distinct(rows: readonly RegisteredOrganisation[]): readonly RegisteredOrganisation[] {
  return [...new Map(rows.map((row) => [row.ogrn, row])).values()].sort((a, b) => (a.ogrn < b.ogrn ? -1 : 1));
}

const rowSql = '(?, ?, ?, ?, ?, ?, ?, ?)';
const insertOf = (count: number) => `
  INSERT INTO registered_organisation (ogrn, inn, kpp, name, short_name, state, heads, import)
  VALUES ${Array(count).fill(rowSql).join(', ')}
  ON CONFLICT (ogrn) DO UPDATE SET
    inn = excluded.inn, kpp = excluded.kpp, name = excluded.name, short_name = excluded.short_name,
    state = excluded.state, heads = excluded.heads, import = excluded.import`;
const insertMany = insertOf(perStatement);
const insertOne = insertOf(1);

function statementsOf(rows: readonly RegisteredOrganisation[], at: number): readonly Statement[] {
  const statements: Statement[] = [];
  let done = 0;
  for (; done + perStatement <= rows.length; done += perStatement) {
    const parameters = rows.slice(done, done + perStatement).flatMap((row) => valuesOf(row, at));
    statements.push({ sql: insertMany, parameters });
  }
  for (const row of rows.slice(done)) statements.push({ sql: insertOne, parameters: valuesOf(row, at) });
  return statements;
}

function barredOf(rows: readonly RegisteredOrganisation[]): readonly string[] {
  return rows.filter(({ state }) => state !== 'active').map(({ ogrn }) => `ogrn:${ogrn}`);
}

/** Writes rows, and ends the sessions of those organisations (`ogrn:…`), with a record in the audit for each that has any. */
async function writeUnit(
  database: Database,
  statements: readonly Statement[],
  barred: readonly string[],
  at: number,
): Promise<void> {
  const details = { reason: 'organisation-blocked', by: 'register.imported' };
  for (let isWritten = false; !isWritten; ) {
    const open = await withOpenSessions(database, barred, at);
    const unit: Unit = {
      statements: [
        ...noneOpenBeside(barred, open, at),
        ...statements,
        ...endSessionsOfMany(barred, 'organisation-blocked', at),
      ],
      journal: open.map((subject) => auditEntry({ event: 'session.ended', at, subject, details })),
    };
    // One that has signed in meanwhile is looked for again: once it is barred it does not sign in any more.
    isWritten = await writeUnless(database, unit, 'record_changed');
  }
}

function valuesOf(row: RegisteredOrganisation, at: number): readonly Value[] {
  const { ogrn, inn, kpp, name, shortName, state, heads } = row;
  return [ogrn, inn, kpp.join(' '), name, shortName, state, heads.map((head) => head.inn).join(' '), at];
}

/** Removes the organisations that this import has not written, a thousand at a time. */
async function removeOthers(database: Database, at: number): Promise<number> {
  let removed = 0;
  let after = '';
  for (;;) {
    const rows = await database.read({
      sql: `SELECT ogrn FROM registered_organisation WHERE ogrn > ? AND import <> ? ORDER BY ogrn LIMIT ${perUnit}`,
      parameters: [after, at],
    });
    const ogrns = rows.map(({ ogrn }) => String(ogrn));
    after = ogrns.at(-1) ?? '';
    if (after === '') return removed;
    const removals = ogrns.map((ogrn) => ({
      sql: 'DELETE FROM registered_organisation WHERE ogrn = ?',
      parameters: [ogrn],
    }));
    const subjects = ogrns.map((ogrn) => `ogrn:${ogrn}`);
    await writeUnit(database, removals, subjects, at);
    removed += ogrns.length;
  }
}
