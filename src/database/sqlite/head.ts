import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { SealgateError } from '../../error.ts';
import type { ServiceTerm } from '../../failure/service-terms.ts';
import type { Keyring } from '../../secret/keyring.ts';
import { headHolds, type JournalHead, readHead, sealHead, selectProofOfJournal } from '../journal.ts';

/** Reads the row that `readHead` takes. */
export const selectHead = 'SELECT sequence, hash, key_id, mac FROM journal_head WHERE id = 1';

/** Writes a head; its parameters are sequence, hash, key id and MAC. */
export const writeHead = `
  INSERT INTO journal_head (id, sequence, hash, key_id, mac) VALUES (1, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    sequence = excluded.sequence, hash = excluded.hash, key_id = excluded.key_id, mac = excluded.mac`;

/**
 * Checks on opening that the journal can be continued: found out only at the first write, nobody could sign in to a
 * service that says it is ready. `field` names where the secrets stand. Throws `configuration_invalid` where none of
 * them sealed the head, and `audit_damaged` where one should have and did not, and where the journal's ends, or all of
 * it, are missing. What lies between the ends is for `verifyAudit`.
 */
export function expectHead(database: DatabaseSync, keys: Keyring, field: string): void {
  const head = readHead(database.prepare(selectHead).get());
  if (head) expectSealed(head, keys, field);
  expectJournal(database, head);
}

/**
 * Takes the newest secret into use: a head that an older one sealed is sealed anew, so that the older one can be taken
 * away even if nothing was written meanwhile. Throws as `expectHead` does.
 */
export function renewHead(database: DatabaseSync, keys: Keyring, field: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const head = readHead(database.prepare(selectHead).get());
    if (head) expectSealed(head, keys, field);
    expectJournal(database, head);
    if (head && head.keyId !== keys.current.id) {
      const { sequence, hash, keyId, mac } = sealHead(keys.current, head.sequence, head.hash);
      database.prepare(writeHead).run(sequence, hash, keyId, mac);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Whether the database in `file` has a journal that some secret sealed; false where there is no database yet. */
export function isSealed(file: string): boolean {
  if (!existsSync(file)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'journal_head'").get();
    return table !== undefined && database.prepare(selectHead).get() !== undefined;
  } catch (error) {
    throw new SealgateError('database_unusable', { file }, { cause: error });
  } finally {
    database?.close();
  }
}

function expectSealed(head: JournalHead, keys: Keyring, field: string): void {
  if (!keys.find(head.keyId)) {
    const problem = `holds no secret that sealed the audit (key ${head.keyId}): put that one back, below a newer one`;
    throw new SealgateError('configuration_invalid', { field, problem });
  }
  if (headHolds(keys, head)) return;
  throw new SealgateError('audit_damaged', { sequence: head.sequence, problem: 'audit-head-forged' });
}

function expectJournal(database: DatabaseSync, head: JournalHead | undefined): void {
  const { first, last } = database
    .prepare('SELECT min(sequence) AS first, max(sequence) AS last FROM journal')
    .get() as { readonly first: number | null; readonly last: number | null };
  if (head === undefined) {
    if (last !== null) throw damaged(0, 'audit-head-missing');
    const steps = database.prepare('SELECT max(number) AS steps FROM migration').get()?.steps;
    const proof = database.prepare(selectProofOfJournal(Number(steps))).get()?.proof;
    if (proof !== undefined) throw damaged(1, 'audit-absent', String(proof));
    return;
  }
  const newest = database.prepare('SELECT hash FROM journal WHERE sequence = ?').get(head.sequence)?.hash;
  const isWhole = first === 1 && last === head.sequence && newest instanceof Uint8Array;
  if (!isWhole || Buffer.compare(newest, head.hash) !== 0) {
    throw damaged(first === 1 ? (last ?? 0) + 1 : 1, 'audit-cut-off');
  }
}

function damaged(sequence: number, problem: ServiceTerm, where?: string): SealgateError {
  return new SealgateError('audit_damaged', { sequence, problem, where });
}
