import { hash } from 'node:crypto';
import { type Keyring, macMatches, type SecretKey } from '../secret/keyring.ts';
import { mac } from '../secret/mac.ts';

/** The hash before the first entry. */
export const journalStart: Uint8Array = new Uint8Array(32);

/** The journal's newest entry, authenticated, so that a cut-off tail or a rewritten chain shows. */
export interface JournalHead {
  readonly sequence: number;
  readonly hash: Uint8Array;
  readonly keyId: string;
  readonly mac: Uint8Array;
}

/**
 * The hash of an entry: SHA-256 over the hash before it, its sequence number (from 1), its time and its record.
 * Number and time are decimal and end in a line feed, so that no two entries give the same octets.
 */
export function link(previous: Uint8Array, sequence: number, at: number, record: string): Buffer {
  return hash('sha256', Buffer.concat([previous, Buffer.from(`${sequence}\n${at}\n${record}`)]), 'buffer');
}

/** Authenticates the journal's end with `secret`. */
export function sealHead({ id, key }: SecretKey, sequence: number, entryHash: Uint8Array): JournalHead {
  return { sequence, hash: entryHash, keyId: id, mac: mac(key, headMessage(sequence, entryHash)) };
}

/** Whether `head` was sealed by this service: false where sequence or hash were changed, or the key is unknown. */
export function headHolds(keys: Keyring, head: JournalHead): boolean {
  return macMatches(keys, head.keyId, headMessage(head.sequence, head.hash), head.mac);
}

function headMessage(sequence: number, entryHash: Uint8Array): string {
  return `sealgate journal head\n${sequence}\n${Buffer.from(entryHash).toString('hex')}`;
}

/**
 * Tables with rows that are only ever written in one unit with a journal entry, or that follow from entries; each with
 * the step of the schema that made it. While one of them holds something, a journal that is not there was taken away.
 */
const journaled: readonly { readonly table: string; readonly since: number; readonly rows?: string }[] = [
  { table: 'session', since: 1 },
  // What expires at 0 tries whether the disk takes writes.
  { table: 'taken_challenge', since: 1, rows: 'expires_at > 0' },
  { table: 'revoked_assertion', since: 1 },
  { table: 'client', since: 1 },
  { table: 'assertion_key', since: 1 },
  { table: 'trust_snapshot', since: 2 },
  { table: 'trust_certificate', since: 2 },
  { table: 'organisation_block', since: 4 },
  { table: 'power_of_attorney', since: 4 },
  { table: 'carrier', since: 4 },
  { table: 'sign_in', since: 4 },
  { table: 'evidence', since: 5 },
  { table: 'power', since: 14 },
  { table: 'esia_grant', since: 19 },
];

/** A question for the tables that prove that there was a journal (`proof`), in a schema of that many steps. */
export function selectProofOfJournal(steps: number): string {
  return journaled
    .filter(({ since }) => since <= steps)
    .map(
      ({ table, rows = 'TRUE' }) =>
        `SELECT '${table}' AS proof WHERE EXISTS (SELECT 1 FROM ${table} WHERE ${rows})`,
    )
    .join(' UNION ALL ');
}

/** The head from its row (`sequence`, `hash`, `key_id`, `mac`); undefined for a journal that has none yet. */
export function readHead(row: Readonly<Record<string, unknown>> | undefined): JournalHead | undefined {
  if (!row) return undefined;
  return {
    sequence: Number(row.sequence),
    hash: row.hash as Uint8Array,
    keyId: String(row.key_id),
    mac: row.mac as Uint8Array,
  };
}
