import { SealgateError } from '../error.ts';
import type { ServiceTerm } from '../failure/service-terms.ts';
import type { Keyring } from '../secret/keyring.ts';
import { headHolds, type JournalHead, sealHead } from './journal.ts';

/** Reads the row that `readHead` takes. */
export const selectHead = 'SELECT sequence, hash, key_id, mac FROM journal_head WHERE id = 1';

/** Writes a head; its parameters are those of `headParameters`. */
export const writeHead = `
  INSERT INTO journal_head (id, sequence, hash, key_id, mac) VALUES (1, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET
    sequence = excluded.sequence, hash = excluded.hash, key_id = excluded.key_id, mac = excluded.mac`;

/** The parameters of `writeHead`. */
export function headParameters({
  sequence,
  hash,
  keyId,
  mac,
}: JournalHead): readonly [number, Uint8Array, string, Uint8Array] {
  return [sequence, hash, keyId, mac];
}

/** Reads the numbers of the journal's first and last entry, `first` and `last`; NULL where there is none. */
export const selectEnds = 'SELECT min(sequence) AS first, max(sequence) AS last FROM journal';

/** Reads the hash of the entry of that number. */
export const selectEntryHash = 'SELECT hash FROM journal WHERE sequence = ?';

/** The journal as it lies in a database that is opened. */
export interface JournalState {
  readonly head: JournalHead | undefined;
  /** Numbers of its first and last entry; null where there is none. */
  readonly first: number | null;
  readonly last: number | null;
  /** Hash of the entry that the head names; absent where there is no such entry. */
  readonly newest?: Uint8Array | undefined;
  /** A table with something that is only ever written together with the journal. */
  readonly proof?: string | undefined;
}

/**
 * Checks on opening that the journal can be continued: found out only at the first write, nobody could sign in to a
 * service that says it is ready. `field` names where the secrets stand. Throws `configuration_invalid` where none of
 * them sealed the head, and `audit_damaged` where one should have and did not, and where the journal's ends, or all of
 * it, are missing. What lies between the ends is for `verifyAudit`.
 */
export function expectJournal(
  { head, first, last, newest, proof }: JournalState,
  keys: Keyring,
  field: string,
): void {
  if (head === undefined) {
    if (last !== null) throw damaged(0, 'audit-head-missing');
    if (proof !== undefined) throw damaged(1, 'audit-absent', proof);
    return;
  }
  expectSealed(head, keys, field);
  const isWhole = first === 1 && last === head.sequence && newest !== undefined;
  if (!isWhole || Buffer.compare(newest, head.hash) !== 0) {
    throw damaged(first === 1 ? (last ?? 0) + 1 : 1, 'audit-cut-off');
  }
}

/**
 * The head sealed by the newest secret, where an older one sealed it: taken into use by a service that starts, so that
 * the older one can be taken away even if nothing was written meanwhile.
 */
export function renewedHead(head: JournalHead | undefined, keys: Keyring): JournalHead | undefined {
  if (head === undefined || head.keyId === keys.current.id) return undefined;
  return sealHead(keys.current, head.sequence, head.hash);
}

function expectSealed(head: JournalHead, keys: Keyring, field: string): void {
  if (!keys.find(head.keyId)) {
    const problem = `holds no secret that sealed the audit (key ${head.keyId}): put that one back, below a newer one`;
    throw new SealgateError('configuration_invalid', { field, problem });
  }
  if (headHolds(keys, head)) return;
  throw new SealgateError('audit_damaged', { sequence: head.sequence, problem: 'audit-head-forged' });
}

function damaged(sequence: number, problem: ServiceTerm, where?: string): SealgateError {
  return new SealgateError('audit_damaged', { sequence, problem, where });
}
