import { type Condition, condition, type Database, type Statement } from '../database/database.ts';
import { type FailureCode, isFailure, SealgateError } from '../error.ts';

/** When an organisation's sign-ins with a relying party are locked out for a while. */
export interface LockOutRule {
  /** After so many refusals … */
  readonly refusals: number;
  /** … within so many minutes, and then for as long. */
  readonly minutes: number;
}

/** Whose sign-ins, and with which relying party. */
export interface LockOutKey {
  /** Identifier of the relying party. */
  readonly client: string;
  /** The organisation, `ogrn:…`. */
  readonly subject: string;
}

/**
 * Refusals that count: those that a signer causes again and again, all of them found after signature, path,
 * qualification and revocation, so that only somebody whom the organisation's certificate or power names can add one.
 * Nothing counts that is down on our side, nor what a lost and revoked token can still cause.
 */
const counted: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'authority_unproven',
  'certificate_not_bound',
  'organisation_blocked',
  'organisation_mismatch',
  'organisation_unknown',
  'power_of_attorney_delegated',
  'power_of_attorney_expired',
  'power_of_attorney_invalid',
  'power_of_attorney_mismatch',
  'power_of_attorney_scope',
  'power_of_attorney_unconfirmed',
  'power_of_attorney_withdrawn',
  'session_limit',
]);

/** Whether a refusal brings a lock-out nearer. */
export function countsTowardsLockOut(code: FailureCode): boolean {
  return counted.has(code);
}

/** Longest time that a lock-out may last, and that refusals may be counted together, in minutes. */
export const longestLockOut = 24 * 60;

/**
 * Lock-outs by organisation and relying party. By address there are none: portals do not tell the service from where
 * a person comes, and guard their own pages against that. The database counts, so that all replicas do it together;
 * what this process knows to be locked stands in memory as well.
 */
export interface LockOuts {
  /** Throws `locked_out` where this process knows of it; asks nobody. `at` is in ms. */
  expectOpen(key: LockOutKey, at: number): void;
  /**
   * `error`, or where it is the refusal of a unit by `stillOpen` one that says how long to wait. Rejects with
   * `storage_unavailable`.
   */
  explained(error: unknown, key: LockOutKey, at: number): Promise<unknown>;
  /** Learns whether a refusal that was counted has locked the organisation out. Rejects with `storage_unavailable`. */
  refused(key: LockOutKey, at: number): Promise<void>;
}

/** So many are remembered; of one that is forgotten only its early refusal is lost. */
const mostRemembered = 10_000;

/** Opens the lock-outs on `database`. */
export function lockOuts(database: Database): LockOuts {
  const remembered = new Map<string, number>();
  const nameOf = ({ client, subject }: LockOutKey) => `${client} ${subject}`;

  const learn = async (key: LockOutKey, at: number): Promise<number | undefined> => {
    const [row] = await database.read({
      sql: 'SELECT locked_until FROM lock_out WHERE client = ? AND subject = ?',
      parameters: [key.client, key.subject],
    });
    const until = Number(row?.locked_until ?? 0);
    if (at >= until) return undefined;
    const [oldest] = remembered.keys();
    if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
    remembered.set(nameOf(key), until);
    return until;
  };

  return {
    expectOpen(key, at) {
      const name = nameOf(key);
      const until = remembered.get(name);
      if (until === undefined) return;
      if (at < until) throw lockedOut(until, at);
      remembered.delete(name);
    },
    async explained(error, key, at) {
      if (!isFailure(error, 'locked_out') || error.details.retryAfter !== undefined) return error;
      const until = await learn(key, at);
      return until === undefined ? error : lockedOut(until, at);
    },
    async refused(key, at) {
      await learn(key, at);
    },
  };
}

function lockedOut(until: number, at: number): SealgateError {
  return new SealgateError('locked_out', { retryAfter: Math.ceil((until - at) / 1000) });
}

/** Refuses a unit with `locked_out` where that organisation is locked out, by whichever replica. */
export function stillOpen({ client, subject }: LockOutKey, at: number): Condition {
  return condition(
    `SELECT 1 WHERE NOT EXISTS (
       SELECT 1 FROM lock_out WHERE client = ? AND subject = ? AND locked_until > ?)`,
    [client, subject, at],
    'locked_out',
  );
}

/**
 * Counts a refusal, in the unit of its audit record. The one that fills the number locks the organisation out for the
 * rule's time, counted from it; while that lasts nothing is counted, so that no attempt prolongs it, and after it
 * counting begins anew.
 */
export function countRefusal({ client, subject }: LockOutKey, rule: LockOutRule, at: number): Statement {
  const time = rule.minutes * 60_000;
  const isOver = '(lock_out.locked_until > 0 OR excluded.began_at - lock_out.began_at >= ?)';
  const number = `CASE WHEN ${isOver} THEN 1 ELSE lock_out.refusals + 1 END`;
  return {
    sql: `INSERT INTO lock_out (client, subject, began_at, refusals, locked_until) VALUES (?, ?, ?, 1, ?)
          ON CONFLICT (client, subject) DO UPDATE SET
            began_at = CASE WHEN ${isOver} THEN excluded.began_at ELSE lock_out.began_at END,
            refusals = ${number},
            locked_until = CASE WHEN ${number} >= ? THEN excluded.began_at + ? ELSE 0 END
          WHERE lock_out.locked_until <= excluded.began_at`,
    parameters: [
      client,
      subject,
      at,
      rule.refusals <= 1 ? at + time : 0,
      time,
      time,
      time,
      rule.refusals,
      time,
    ],
  };
}

/** Forgets, as of `at` (ms), what can neither lock anybody out nor count any more. */
export function forgetLockOuts(at: number): Statement {
  return {
    sql: 'DELETE FROM lock_out WHERE began_at < ? AND locked_until <= ?',
    parameters: [at - longestLockOut * 60_000, at],
  };
}
