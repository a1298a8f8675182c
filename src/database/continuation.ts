import { fault } from '../error.ts';
import { headHolds, type JournalHead, journalStart, link, sealHead } from './journal.ts';
import type { DatabaseKeys } from './keys.ts';
import { makeSeal } from './seal.ts';

/** How far the journal goes: its newest entry's number, from 1, and hash. */
export interface JournalPosition {
  readonly sequence: number;
  readonly hash: Uint8Array;
}

/** An entry as the journal's table keeps it. */
export interface JournalRow extends JournalPosition {
  readonly at: number;
  readonly record: string;
}

/** The journal, gone on with inside of one transaction that holds its head. */
export interface Continuation {
  /** The row of the next entry, which is for the adapter to write. */
  append(at: number, record: string): JournalRow;
  position(): JournalPosition;
  /** Takes entries back that came after that position: their unit was refused. */
  returnTo(position: JournalPosition): void;
  /** Seals what a row says, by the secret that the head is sealed by. */
  readonly seal: (over: string) => string;
  /** The head, sealed, where there is a new one. */
  end(): JournalHead | undefined;
}

/**
 * Continues the journal from its head. The head's seal is checked first: to append to a forged head would seal the
 * forgery. It is sealed again by the key that sealed it, as long as that is known: only a service that starts takes
 * a newer one into use, so that a command cannot lock out a service which has not heard of that one.
 *
 * `seen` is the number of the newest entry that this connection knows of: an older head is a journal that was put
 * back. Throws a Fault for either.
 */
export function continueJournal(
  head: JournalHead | undefined,
  keys: DatabaseKeys,
  seen: number,
): Continuation {
  if (head && !headHolds(keys.journal, head))
    throw fault('the journal’s head was not sealed with the service’s secrets');
  const begin: JournalPosition = head ?? { sequence: 0, hash: journalStart };
  if (begin.sequence < seen) throw fault('the journal is shorter than it was', begin.sequence);
  const key = (head && keys.journal.find(head.keyId)) ?? keys.journal.current;
  let now = begin;
  return {
    append(at, record) {
      const sequence = now.sequence + 1;
      const row = { sequence, at, record, hash: link(now.hash, sequence, at, record) };
      now = row;
      return row;
    },
    position: () => now,
    returnTo(position) {
      now = position;
    },
    seal: (over) => makeSeal(keys.record, key.id, over),
    end: () => (now.sequence === begin.sequence ? undefined : sealHead(key, now.sequence, now.hash)),
  };
}

/**
 * The keys for each head: those that are known, or, where another process sealed it after an exchange of the secrets,
 * those of today, which `reread` gives, undefined where they cannot be had.
 */
export function keysByHead(
  keys: DatabaseKeys,
  reread: () => DatabaseKeys | undefined,
): (head: JournalHead | undefined) => DatabaseKeys {
  let known = keys;
  return (head) => {
    if (head === undefined || known.journal.find(head.keyId)) return known;
    const today = reread();
    if (today?.journal.find(head.keyId)) known = today;
    return known;
  };
}
