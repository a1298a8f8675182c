import { Gauge, type Registry } from 'prom-client';
import { assertionKeyTable } from '../assertion/keys.ts';
import { auditEntry } from '../audit/record.ts';
import type { Database, Row, SealState } from '../database/database.ts';
import {
  keyOf,
  type SealedTable,
  sealAsRead,
  sealStateOf,
  selectSealed,
  unsealed,
} from '../database/sealed-table.ts';
import { writeUnless } from '../database/write-unless.ts';
import type { SealgateError } from '../error.ts';
import { clientTable } from '../relying-party/registry.ts';
import { trustCertificateTable } from '../trust-list/local-store.ts';
import { trustSnapshotTable } from '../trust-list/snapshot.ts';

/** The tables whose rows decide who is trusted: written by operators, through the service's own code. */
export const sealedTables: readonly SealedTable[] = [
  clientTable,
  assertionKeyTable,
  trustCertificateTable,
  trustSnapshotTable,
];

/** One row of them. */
export interface SealedRecord {
  readonly table: SealedTable;
  readonly key: string;
  readonly row: Row;
  readonly state: SealState;
}

/** Every row of them, table by table. Rejects with `storage_unavailable`. */
export async function readRecords(database: Database): Promise<readonly SealedRecord[]> {
  const tables = sealedTables.map(async (table) => {
    const rows = await database.read({
      sql: selectSealed(table, `ORDER BY ${table.key.join(', ')}`),
      parameters: [],
    });
    return rows.map((row) => ({
      table,
      key: keyOf(table, row),
      row,
      state: sealStateOf(database, table, row),
    }));
  });
  return (await Promise.all(tables)).flat();
}

/** Whether the service did not write it, or by a secret that is not known here. */
export function isUnsealed({ state }: Pick<SealedRecord, 'state'>): boolean {
  return state === 'broken' || state === 'unknown';
}

/** `record_unsealed` with the first row that this service did not write, and their number; undefined where there is none. */
export async function unsealedRecords(
  database: Database,
): Promise<SealgateError<'record_unsealed'> | undefined> {
  const found = (await readRecords(database)).filter(isUnsealed);
  return found[0] && unsealed(found[0].table, found[0].row, found.length);
}

/**
 * Expects every row to be as the service wrote it, and seals those anew that an older secret sealed, so that it can be
 * taken away. One that changes at the same time is sealed by whoever changes it. Rejects with `record_unsealed`,
 * `storage_unavailable`.
 */
export async function renewSeals(database: Database): Promise<void> {
  const records = await readRecords(database);
  const broken = records.filter(isUnsealed);
  if (broken[0]) throw unsealed(broken[0].table, broken[0].row, broken.length);
  const older = records.filter(({ state }) => state === 'older');
  await Promise.all(
    older.map(({ table, row }) =>
      writeUnless(database, { statements: [sealAsRead(table, row)] }, 'record_changed'),
    ),
  );
}

/**
 * Seals rows as they were read, on the operator's word, and writes that into the audit. Rejects with `record_changed`
 * where one is no longer what was read: then none is sealed.
 */
export async function sealRecords(
  database: Database,
  records: readonly SealedRecord[],
  at: number,
): Promise<void> {
  await database.write({
    statements: records.map(({ table, row }) => sealAsRead(table, row)),
    journal: records.map(({ table, key }) =>
      auditEntry({ event: 'record.sealed', at, details: { table: table.name, key } }),
    ),
  });
}

/** Measures how many rows this service did not write; `look` is to be called now and then. */
export function watchRecords(
  database: Database,
  registry: Registry,
): { look(): Promise<SealgateError<'record_unsealed'> | undefined> } {
  const gauge = new Gauge({
    name: 'sealgate_unsealed_records',
    help: 'Records of trust, relying parties and keys that this service did not write',
    registers: [registry],
  });
  return {
    async look() {
      const found = await unsealedRecords(database);
      gauge.set(found?.details.count ?? 0);
      return found;
    },
  };
}
