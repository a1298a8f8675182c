import type { Database } from '../database/database.ts';
import { headHolds, journalStart, link, selectProofOfJournal } from '../database/journal.ts';
import { takenSteps } from '../database/steps.ts';
import { defined } from '../optional.ts';
import type { Keyring } from '../secret/keyring.ts';
import { findHead, readAudit, type StoredRecord } from './read.ts';

/** What is wrong with the audit, and at which record. */
export interface AuditDamage {
  /** Sequence number of the record that is changed, missing or in the wrong place; 0 for the head, 1 for all of it. */
  readonly sequence: number;
  readonly kind: 'changed' | 'missing' | 'reordered' | 'inserted' | 'head-missing' | 'head-forged' | 'absent';
  /** For `reordered`: where the record that belongs here stands now. */
  readonly foundAt?: number;
  /** For `absent`: a table with something that is only ever written together with the audit. */
  readonly proof?: string;
}

/** The outcome of checking the audit. `hash` is the newest record's, in hex, to be kept elsewhere and compared later. */
export interface AuditVerdict {
  readonly records: number;
  readonly hash: string;
  /** The first thing that is wrong; absent where the chain holds. */
  readonly damage?: AuditDamage;
}

/** A head that was noted earlier: the record of that number must still have that hash. */
export interface NotedHead {
  readonly sequence: number;
  readonly hash: string;
}

/**
 * Follows the chain from the first record to the head and reports the first record that is changed, missing,
 * reordered or inserted. A tail that was cut off shows because the head names its last record, and a head that was
 * rewritten shows because it is sealed with the service's key. An audit that was taken away whole shows by what is
 * left of that which is only ever written together with it.
 *
 * One thing cannot be seen from inside: a whole database put back to an older state of its own. For that, give
 * `noted`, heads written down earlier in another place.
 */
export async function verifyAudit(
  database: Database,
  keys: Keyring,
  noted: readonly NotedHead[] = [],
): Promise<AuditVerdict> {
  const notes = Map.groupBy(noted, ({ sequence }) => sequence);
  const head = await findHead(database);
  let records = 0;
  let hash = journalStart;
  const verdict = (damage?: AuditDamage): AuditVerdict => ({
    records,
    hash: Buffer.from(hash).toString('hex'),
    ...defined({ damage }),
  });

  // The service goes on writing meanwhile: what came after the head was read is left for the next time.
  const last = head?.sequence ?? 0;
  for await (const record of readAudit(database)) {
    if (head && record.sequence > last && !(await grewSince(database, last))) {
      return verdict({ sequence: record.sequence, kind: 'inserted' });
    }
    if (head && record.sequence > last) break;
    const expected = records + 1;
    if (!follows(hash, expected, record)) return verdict(await damageAt(database, hash, expected, record));
    records = expected;
    hash = record.hash;
    const text = notes.has(expected) ? Buffer.from(hash).toString('hex') : '';
    if (notes.get(expected)?.some((note) => note.hash !== text)) {
      return verdict({ sequence: expected, kind: 'changed' });
    }
  }
  if (!head) return verdict(await damageWithoutHead(database, records, noted.length > 0));
  if (records < last) return verdict({ sequence: records + 1, kind: 'missing' });
  if (!headHolds(keys, head) || Buffer.compare(hash, head.hash) !== 0) {
    return verdict({ sequence: 0, kind: 'head-forged' });
  }
  const isBehind = noted.some(({ sequence }) => sequence > records);
  return isBehind ? verdict({ sequence: records + 1, kind: 'missing' }) : verdict();
}

async function damageWithoutHead(
  database: Database,
  records: number,
  isNoted: boolean,
): Promise<AuditDamage | undefined> {
  if (records > 0) return { sequence: 0, kind: 'head-missing' };
  const sql = selectProofOfJournal(await takenSteps(database));
  const [found] = await database.read({ sql, parameters: [] });
  if (found !== undefined) return { sequence: 1, kind: 'absent', proof: String(found.proof) };
  return isNoted ? { sequence: 1, kind: 'missing' } : undefined;
}

function follows(previous: Uint8Array, sequence: number, record: StoredRecord): boolean {
  return Buffer.compare(link(previous, sequence, record.at, record.record), record.hash) === 0;
}

async function grewSince(database: Database, sequence: number): Promise<boolean> {
  const head = await findHead(database);
  return (head?.sequence ?? 0) > sequence;
}

/** How far ahead a record that is not in its place is looked for. */
const searched = 100_000;

/**
 * Tells apart why `found` is not record number `expected`. The true one, if it still stands somewhere, is the one
 * whose own hash follows from the hash before.
 */
async function damageAt(
  database: Database,
  previous: Uint8Array,
  expected: number,
  found: StoredRecord,
): Promise<AuditDamage> {
  let looked = 0;
  for await (const record of readAudit(database, expected - 1)) {
    if (record.sequence !== expected && follows(previous, expected, record)) {
      return { sequence: expected, kind: 'reordered', foundAt: record.sequence };
    }
    looked += 1;
    if (looked > searched) break;
  }
  return { sequence: expected, kind: found.sequence > expected ? 'missing' : 'changed' };
}
