import { type Condition, condition, type Database, type Statement } from '../database/database.ts';
import { type FailureCode, isFailure, SealgateError } from '../error.ts';
import { networkOf } from './network.ts';

/** When sign-ins with a relying party are locked out for a while: after so many refusals … */
export interface LockOutRule {
  /** … of one certificate, */
  readonly refusals: number;
  /** … from one address, */
  readonly addressRefusals: number;
  /** … of one organisation, by whatever certificates, */
  readonly organisationRefusals: number;
  /** … within so many minutes, and then for as long. */
  readonly minutes: number;
}

/** Whose sign-ins, and with which relying party. */
export interface LockOutKey {
  /** Identifier of the relying party. */
  readonly client: string;
  /** The organisation, `ogrn:…`. */
  readonly subject: string;
  /** SHA-256 of the certificate, base64url. */
  readonly certificate: string;
  /** From where the person comes, where the relying party tells. */
  readonly address?: string | undefined;
}

/** What is locked out. */
export type LockOutHolder = 'this-certificate' | 'this-address' | 'this-organisation';

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
  'power_of_attorney_quota',
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
 * Lock-outs of certificates, addresses and organisations with a relying party. A certificate comes first: whoever is
 * refused again and again locks out themselves, and no colleague. Then the address, where the relying party tells one,
 * and the organisation as a whole, each with a higher number: one certificate that is locked out adds nothing more, so
 * that it takes many of them to reach it. Refusals of strangers count for none of these, not for an address either:
 * others may come from the same one.
 *
 * The database counts, so that all replicas do it together; what this process knows to be locked stands in memory as
 * well.
 */
export interface LockOuts {
  /** Throws `locked_out` where this process knows of it; asks nobody. `at` is in ms. */
  expectOpen(key: LockOutKey, at: number): void;
  /**
   * `error`, or where it is the refusal of a unit by `stillOpen` one that says what is locked out and how long to wait.
   * Rejects with `storage_unavailable`.
   */
  explained(error: unknown, key: LockOutKey, at: number): Promise<unknown>;
  /** Learns whether a refusal that was counted has locked anything out. Rejects with `storage_unavailable`. */
  refused(key: LockOutKey, at: number): Promise<void>;
}

/** So many are remembered; of one that is forgotten only its early refusal is lost. */
const mostRemembered = 10_000;

interface Holder {
  readonly kind: LockOutHolder;
  /** As it is kept. */
  readonly name: string;
}

/** What a sign-in may be locked out by, the narrowest first. */
function holdersOf({ certificate, address, subject }: LockOutKey): readonly Holder[] {
  return [
    { kind: 'this-certificate', name: `certificate:${certificate}` },
    ...(address === undefined
      ? []
      : [{ kind: 'this-address', name: `address:${networkOf(address)}` } as const]),
    { kind: 'this-organisation', name: subject },
  ];
}

/** A question has three places for holders; where there is no address, its place is taken twice. */
function places(holders: readonly Holder[]): readonly [string, string, string] {
  const [first, second = first, third = first] = holders.map(({ name }) => name);
  if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable');
  return [first, second, third];
}

/** Opens the lock-outs on `database`. */
export function lockOuts(database: Database): LockOuts {
  const remembered = new Map<string, number>();

  /** Until when, and what, as the database has it: of several the one that lasts longest. */
  const learn = async (
    key: LockOutKey,
    at: number,
  ): Promise<{ readonly kind: LockOutHolder; readonly until: number } | undefined> => {
    const holders = holdersOf(key);
    const rows = await database.read({
      sql: `SELECT subject, locked_until FROM lock_out
            WHERE client = ? AND subject IN (?, ?, ?) AND locked_until > ? ORDER BY locked_until DESC`,
      parameters: [key.client, ...places(holders), at],
    });
    for (const row of rows) {
      const [oldest] = remembered.keys();
      if (remembered.size >= mostRemembered && oldest !== undefined) remembered.delete(oldest);
      remembered.set(`${key.client} ${String(row.subject)}`, Number(row.locked_until));
    }
    const [longest] = rows;
    const holder = holders.find(({ name }) => name === longest?.subject);
    return holder && { kind: holder.kind, until: Number(longest?.locked_until) };
  };

  return {
    expectOpen(key, at) {
      for (const { kind, name } of holdersOf(key)) {
        const until = remembered.get(`${key.client} ${name}`);
        if (until === undefined) continue;
        if (at < until) throw lockedOut(kind, until, at);
        remembered.delete(`${key.client} ${name}`);
      }
    },
    async explained(error, key, at) {
      if (!isFailure(error, 'locked_out') || error.details.retryAfter !== undefined) return error;
      const found = await learn(key, at);
      return found === undefined ? error : lockedOut(found.kind, found.until, at);
    },
    async refused(key, at) {
      await learn(key, at);
    },
  };
}

function lockedOut(holder: LockOutHolder, until: number, at: number): SealgateError {
  return new SealgateError('locked_out', { holder, retryAfter: Math.ceil((until - at) / 1000) });
}

/** Refuses a unit with `locked_out` where certificate, address or organisation are, by whichever replica. */
export function stillOpen(key: LockOutKey, at: number): Condition {
  return condition(
    `SELECT 1 WHERE NOT EXISTS (
       SELECT 1 FROM lock_out WHERE client = ? AND subject IN (?, ?, ?) AND locked_until > ?)`,
    [key.client, ...places(holdersOf(key)), at],
    'locked_out',
  );
}

/**
 * Counts a refusal, in the unit of its audit record, for the organisation, the address and the certificate. The one
 * that fills the number of one of them locks that one out for the rule's time, counted from it; while that lasts
 * nothing is counted for it, so that no attempt prolongs it, and after it counting begins anew. Nor does a certificate
 * that is locked out add to the others, however many of its attempts were under way at the same moment.
 */
export function countRefusal(key: LockOutKey, rule: LockOutRule, at: number): readonly Statement[] {
  const most = {
    'this-certificate': rule.refusals,
    'this-address': rule.addressRefusals,
    'this-organisation': rule.organisationRefusals,
  } as const satisfies Record<LockOutHolder, number>;
  const [certificate, ...others] = holdersOf(key);
  if (certificate === undefined) throw new Error('unreachable');
  // The certificate comes last: the others are counted as long as it was not locked out before.
  return [...others, certificate].map(({ kind, name }) =>
    counting(key.client, name, certificate.name, { refusals: most[kind], minutes: rule.minutes }, at),
  );
}

function counting(
  client: string,
  holder: string,
  certificate: string,
  { refusals, minutes }: Pick<LockOutRule, 'refusals' | 'minutes'>,
  at: number,
): Statement {
  const time = minutes * 60_000;
  const isOver = '(lock_out.locked_until > 0 OR excluded.began_at - lock_out.began_at >= ?)';
  const number = `CASE WHEN ${isOver} THEN 1 ELSE lock_out.refusals + 1 END`;
  return {
    sql: `INSERT INTO lock_out (client, subject, began_at, refusals, locked_until)
          SELECT ?, ?, ?, 1, ? WHERE NOT EXISTS (
            SELECT 1 FROM lock_out WHERE client = ? AND subject = ? AND locked_until > ?)
          ON CONFLICT (client, subject) DO UPDATE SET
            began_at = CASE WHEN ${isOver} THEN excluded.began_at ELSE lock_out.began_at END,
            refusals = ${number},
            locked_until = CASE WHEN ${number} >= ? THEN excluded.began_at + ? ELSE 0 END
          WHERE lock_out.locked_until <= excluded.began_at`,
    parameters: [
      ...[client, holder, at, refusals <= 1 ? at + time : 0],
      ...[client, certificate, at],
      ...[time, time, time],
      ...[refusals, time],
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
