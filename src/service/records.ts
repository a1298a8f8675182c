import { Gauge, type Registry } from 'prom-client';
import { assertionKeyTable } from '../assertion/keys.ts';
import { readAudit } from '../audit/read.ts';
import { auditEntry } from '../audit/record.ts';
import type { Database, Row, SealState } from '../database/database.ts';
import {
  keyOf,
  recordDigest,
  recordName,
  recordsOf,
  type SealedTable,
  sealAsRead,
  sealStateOf,
  selectSealed,
  unsealed,
} from '../database/sealed-table.ts';
import { wasMigrated } from '../database/steps.ts';
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

/** Name of the step of the schema since which there are seals. */
const sealingStep = 'seals of rows that carry trust';

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
    journal: records.map(({ table, key, row }) => {
      const written = recordsOf([{ table, after: row }]);
      return auditEntry({
        event: 'record.sealed',
        at,
        details: { table: table.name, key },
        records: written,
      });
    }),
  });
}

/** A record that is not as the audit has it: put back to an older state, written without it, or taken away. */
export interface RecordFinding {
  /** Table and key. */
  readonly record: string;
  readonly kind: 'older' | 'unrecorded' | 'missing';
}

/**
 * Compares every record with what the audit says it became last. That finds what no seal shows: a row of this service's
 * own that was put back to an older state of its own, and one that was taken away. The audit itself is to be verified
 * first. A database of a version that sealed nothing has nothing to compare. Rejects with `storage_unavailable`.
 */
export async function compareWithAudit(database: Database): Promise<readonly RecordFinding[]> {
  if (!(await wasMigrated(database, sealingStep))) return [];
  const first = await differences(database);
  if (first.length === 0) return [];
  // The service goes on writing meanwhile: what is only true of one moment is no finding.
  const again = new Set((await differences(database)).map((each) => JSON.stringify(each)));
  return first.filter((each) => again.has(JSON.stringify(each)));
}

async function differences(database: Database): Promise<readonly RecordFinding[]> {
  const digests = new Map(
    (await readRecords(database)).map(({ table, row }) => [recordName(table, row), recordDigest(table, row)]),
  );
  const last = new Map<string, string>();
  for await (const { record } of readAudit(database)) {
    if (!record.includes('"records":{')) continue;
    const { records = {} } = JSON.parse(record) as { readonly records?: Readonly<Record<string, string>> };
    for (const [name, digest] of Object.entries(records)) last.set(name, digest);
  }
  return [...new Set([...digests.keys(), ...last.keys()])].flatMap((record): readonly RecordFinding[] => {
    const [is, was] = [digests.get(record), last.get(record)];
    if (is === was) return [];
    return [{ record, kind: is === undefined ? 'missing' : was === undefined ? 'unrecorded' : 'older' }];
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
    aggregator: 'max',
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
