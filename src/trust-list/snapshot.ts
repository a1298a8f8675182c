import { hash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { auditEntry } from '../audit/record.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { Database, Row, Statement } from '../database/database.ts';
import {
  expectHeld,
  recordsOf,
  type SealedTable,
  sealOf,
  selectSealed,
  unsealed,
} from '../database/sealed-table.ts';
import { SealgateError } from '../error.ts';
import { type AuthorityChange, compareLists, type ListChanges } from './change.ts';
import type { TrustList } from './list.ts';
import type { ListTrust } from './list-trust.ts';
import { listLimits } from './read.ts';
import { openSignedList, type SignedList } from './signed-list.ts';
import { checkSigner, type SignerCheck, type SignerStatus } from './signer.ts';

/** An imported list, without its content. Times are milliseconds since the epoch. */
export interface Snapshot {
  readonly version: number;
  readonly date: number;
  readonly importedAt: number;
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly sha256: string;
  /** File name or address. */
  readonly source: string;
  /** SHA-256 of the signer's certificate. */
  readonly signer: string;
  readonly changes: ListChanges;
  readonly oddities: readonly string[];
}

/** What became of an import. */
export type ImportOutcome =
  | { readonly kind: 'imported'; readonly snapshot: Snapshot; readonly signerStatus: SignerStatus }
  /** The very file that is in force. */
  | { readonly kind: 'unchanged'; readonly snapshot: Snapshot; readonly signerStatus: SignerStatus };

/** What is imported, and what it is judged by. */
export interface ImportInput {
  readonly document: Uint8Array;
  /** File name or address. */
  readonly source: string;
  readonly trust: ListTrust;
  readonly signerCheck: SignerCheck;
}

/** Imported lists. The document is vouched for by its hash. */
export const trustSnapshotTable: SealedTable = {
  name: 'trust_snapshot',
  key: ['version'],
  columns: ['version', 'list_date', 'imported_at', 'sha256', 'source', 'signer', 'changes', 'oddities'],
};

/** In the audit; the snapshot itself keeps all changes. */
const mostAudited = 20;

/** Imported lists, newest first. Rejects with `record_unsealed`. */
export async function readSnapshots(database: Database): Promise<readonly Snapshot[]> {
  const rows = await database.read({
    sql: selectSealed(trustSnapshotTable, 'ORDER BY version DESC'),
    parameters: [],
  });
  return rows.map((row) => fromRow(database, row));
}

/**
 * The list that was in force at `at` (ms); undefined where none had been imported. Rejects with `record_unsealed` for
 * one that this service did not write: an older one does not come back into force for it.
 */
export async function snapshotInForce(database: Database, at: number): Promise<Snapshot | undefined> {
  const [row] = await database.read({
    sql: selectSealed(trustSnapshotTable, 'WHERE imported_at <= ? ORDER BY version DESC LIMIT 1'),
    parameters: [at],
  });
  return row === undefined ? undefined : fromRow(database, row);
}

/** The file of an imported list, as it came. Rejects with `record_unsealed` where it is another. */
export async function readDocument(database: Database, version: number): Promise<Uint8Array | undefined> {
  const [row] = await database.read({
    sql: selectSealed(trustSnapshotTable, 'WHERE version = ?', ['document']),
    parameters: [version],
  });
  if (row === undefined) return undefined;
  const { sha256 } = expectHeld(database, trustSnapshotTable, row);
  const document = unpacked(row.document as Uint8Array);
  if (document !== undefined && hash('sha256', document) === sha256) return document;
  throw unsealed(trustSnapshotTable, row);
}

function unpacked(octets: Uint8Array): Uint8Array | undefined {
  try {
    return gunzipSync(octets, { maxOutputLength: listLimits.octets });
  } catch {
    return undefined;
  }
}

function fromRow(database: Database, unverified: Row): Snapshot {
  const row = expectHeld(database, trustSnapshotTable, unverified);
  return {
    version: Number(row.version),
    date: Number(row.list_date),
    importedAt: Number(row.imported_at),
    sha256: String(row.sha256),
    source: String(row.source),
    signer: String(row.signer),
    changes: JSON.parse(String(row.changes)) as ListChanges,
    oddities: JSON.parse(String(row.oddities)) as string[],
  };
}

/**
 * Imports a list at `at` (ms): opened and found trustworthy first (see `openSignedList`), newer in version and not
 * older in date than the one in force, its signer not revoked (see `checkSigner`), then kept with what it changes; the
 * audit says so, of a refusal too. A signer whose status stays open, where that is let pass, is noted among the
 * oddities. On any failure the list in force stays as it was.
 * Throws `trust_list_malformed`, `trust_list_signature_invalid`, `trust_list_untrusted`, `trust_list_outdated`,
 * `trust_list_signer_revoked`, `trust_list_signer_unchecked`, `algorithm_forbidden`, `record_unsealed`,
 * `storage_unavailable`.
 */
export async function importList(database: Database, input: ImportInput, at: number): Promise<ImportOutcome> {
  try {
    return await importTrusted(database, input, at);
  } catch (error) {
    if (error instanceof SealgateError && error.code !== 'storage_unavailable') {
      const { code, details } = error;
      const entry = auditEntry({
        event: 'trust_list.refused',
        at,
        code,
        details: { ...details, source: input.source },
      });
      await database.write({ statements: [], journal: [entry] });
    }
    throw error;
  }
}

async function importTrusted(
  database: Database,
  { document, source, trust, signerCheck }: ImportInput,
  at: number,
): Promise<ImportOutcome> {
  const [newest] = await database.read({
    sql: selectSealed(trustSnapshotTable, 'ORDER BY version DESC LIMIT 1'),
    parameters: [],
  });
  const inForce = newest === undefined ? undefined : fromRow(database, newest);
  const signed = openSignedList(document, trust, at);
  const { list } = signed;
  if (inForce?.sha256 === signed.sha256) {
    // It is in force already, so that only what is known for certain is of use here.
    const check = { ...signerCheck, unknown: 'warn' } as const;
    const signerStatus = await checkSigner(signed, { trust, more: [] }, check, at);
    return { kind: 'unchanged', snapshot: inForce, signerStatus };
  }
  if (inForce !== undefined && (list.version <= inForce.version || list.date < inForce.date)) {
    throw outdated(list, inForce);
  }
  const older = inForce === undefined ? undefined : await openInForce(database, inForce, trust);
  const more = older === undefined ? [] : certificatesOf(older);
  const signerStatus = await checkSigner(signed, { trust, more }, signerCheck, at);
  const oddities = [...list.oddities, ...odditiesOf(signerStatus)];
  const snapshot = snapshotOf(signed, source, { changes: compareLists(older, list), oddities }, at);
  const details = { ...auditDetails(snapshot), signerStatus: signerStatus.state };
  await database.write({
    statements: [insertion(snapshot, document)],
    journal: [
      auditEntry({
        event: 'trust_list.imported',
        at,
        details,
        records: recordsOf([{ table: trustSnapshotTable, after: valuesOf(snapshot) }]),
      }),
    ],
  });
  return { kind: 'imported', snapshot, signerStatus };
}

/** The list in force, to compare with; one that can no longer be opened is compared as if it were empty. */
async function openInForce(
  database: Database,
  { version, importedAt }: Snapshot,
  trust: ListTrust,
): Promise<TrustList | undefined> {
  const document = await readDocument(database, version);
  if (document === undefined) return undefined;
  try {
    return openSignedList(document, trust, importedAt).list;
  } catch (error) {
    if (error instanceof SealgateError) return undefined;
    throw error;
  }
}

function certificatesOf({ authorities }: TrustList): readonly Certificate[] {
  return authorities.flatMap(({ keys }) => keys.flatMap(({ certificates }) => certificates));
}

function odditiesOf(status: SignerStatus): readonly string[] {
  if (status.state === 'good') return [];
  const reason =
    status.state === 'unknown' ? status.problem : 'it is pinned, and no chain to a root is known';
  return [`whether the signer’s certificate is revoked is not known: ${reason}`];
}

function snapshotOf(
  signed: SignedList,
  source: string,
  found: Pick<Snapshot, 'changes' | 'oddities'>,
  at: number,
): Snapshot {
  const { list, sha256, signer } = signed;
  return {
    version: list.version,
    date: list.date,
    importedAt: at,
    sha256,
    source,
    signer: signer.sha256,
    ...found,
  };
}

function valuesOf(snapshot: Snapshot): Row {
  const { version, date, importedAt, sha256, source, signer } = snapshot;
  return {
    ...{ version, list_date: date, imported_at: importedAt, sha256, source, signer },
    changes: JSON.stringify(snapshot.changes),
    oddities: JSON.stringify(snapshot.oddities),
  };
}

/** The condition holds against another import at the same time; then no row is written and the unit is refused. */
function insertion(snapshot: Snapshot, document: Uint8Array): Statement {
  const { version, date } = snapshot;
  const { columns } = trustSnapshotTable;
  const values = valuesOf(snapshot);
  return {
    sql: `INSERT INTO trust_snapshot (${columns.join(', ')}, seal, document)
          SELECT ${columns.map(() => '?').join(', ')}, ?, ?
          WHERE NOT EXISTS (SELECT 1 FROM trust_snapshot WHERE version >= ? OR list_date > ?)`,
    parameters: [
      ...columns.map((column) => values[column] ?? null),
      sealOf(trustSnapshotTable, values),
      gzipSync(document),
      version,
      date,
    ],
    refusal: { code: 'trust_list_outdated', details: { version, date: new Date(date) } },
  };
}

function outdated(list: TrustList, inForce: Snapshot): SealgateError {
  return new SealgateError('trust_list_outdated', {
    version: list.version,
    inForce: inForce.version,
    date: new Date(list.date),
    dateInForce: new Date(inForce.date),
  });
}

function auditDetails(snapshot: Snapshot): Record<string, unknown> {
  const { version, date, sha256, source, signer, changes, oddities } = snapshot;
  return {
    version,
    date: new Date(date),
    sha256,
    source,
    signer,
    ...countChanges(changes),
    changed: changes.authorities.slice(0, mostAudited).map(({ kind, ogrn }) => `${kind} ${ogrn}`),
    oddities: oddities.length,
  };
}

/** How many authorities changed in which way, and how many keys came and went. */
export function countChanges({ authorities }: ListChanges): Readonly<Record<string, number>> {
  const kinds: Partial<Record<AuthorityChange['kind'], number>> = {};
  let keysAdded = 0;
  let keysRemoved = 0;
  for (const change of authorities) {
    kinds[change.kind] = (kinds[change.kind] ?? 0) + 1;
    keysAdded += change.keysAdded;
    keysRemoved += change.keysRemoved;
  }
  return { ...kinds, keysAdded, keysRemoved };
}
