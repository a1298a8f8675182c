import type { Database, Row } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import type { NamedPerson } from './document.ts';
import { handingOn, type PowerName } from './name.ts';
import type { PresentedPower } from './verify.ts';

/**
 * A power of attorney as it stands in its principal's account: what is asked of it, in columns, so that its document is
 * read again only by whoever relies on it. Times are ms since the epoch.
 */
export interface KeptPower extends PowerName {
  readonly principalInn: string;
  readonly principalName: string;
  readonly representative: NamedPerson;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly verifiedAt: number;
  readonly withdrawnAt: number | undefined;
  readonly lastUsedAt: number | undefined;
  /** Whether its signer's certificate was shown to be qualified, and that of the first one too. */
  readonly isQualified: boolean;
  /** SHA-256 of the document, base64url. */
  readonly document: string;
  /** False for one of an earlier version of the service that cannot be read any more: nobody is let in by it. */
  readonly isReadable: boolean;
}

/** How a power stands. */
export type PowerState = 'in-force' | 'out-of-term' | 'withdrawn' | 'unreadable';

/** How a power stands at `at` (ms). */
export function powerState(
  { withdrawnAt, isReadable, notBefore, notAfter }: KeptPower,
  at: number,
): PowerState {
  if (withdrawnAt !== undefined) return 'withdrawn';
  if (!isReadable) return 'unreadable';
  return at >= notBefore && at < notAfter ? 'in-force' : 'out-of-term';
}

/** The columns of a `KeptPower`. */
export const powerColumns = `principal, giver, number, principal_inn, principal_name, representative_inn,
  representative_snils, representative_name, not_before, not_after, verified_at, withdrawn_at, last_used_at, qualified,
  document, unreadable`;

const named = 'principal = ? AND giver = ? AND number = ?';

/** The power of that name, withdrawn ones too; undefined where there is none. */
export async function findPower(
  database: Database,
  { principal, giver, number }: PowerName,
): Promise<KeptPower | undefined> {
  const [row] = await database.read({
    question: 'power/1',
    sql: `SELECT ${powerColumns} FROM power WHERE ${named}`,
    parameters: [principal, giver, number],
  });
  return row && toPower(row);
}

/**
 * The power of an organisation that is meant by its number, and, where several givers used that one, by `first`: the
 * number of the power that it was handed on from, null for one that the organisation gave itself. Throws
 * `power_of_attorney_unknown`, and `power_of_attorney_ambiguous` where `first` is left open.
 */
export async function meantPower(
  database: Database,
  principal: string,
  number: string,
  first?: string | null,
): Promise<KeptPower> {
  const rows = await database.read({
    sql: `SELECT ${powerColumns} FROM power
          WHERE principal = ? AND number = ? AND (? = '' OR giver = ?) ORDER BY giver LIMIT 2`,
    parameters: [principal, number, ...twice(giverMeant(principal, first))],
  });
  const [found, another] = rows;
  if (another !== undefined) throw new SealgateError('power_of_attorney_ambiguous', { number });
  if (found === undefined) throw new SealgateError('power_of_attorney_unknown', { number });
  return toPower(found);
}

function giverMeant(principal: string, first: string | null | undefined): string {
  if (first === undefined) return '';
  return first === null ? principal : handingOn(first);
}

function twice(value: string): readonly [string, string] {
  return [value, value];
}

/** Document and signature of a power; undefined where they are not kept any more, as of one that was withdrawn. */
export async function findDocument(
  database: Database,
  { principal, giver, number }: PowerName,
): Promise<PresentedPower | undefined> {
  const [row] = await database.read({
    question: 'power.document/1',
    sql: `SELECT document, signature FROM power_document WHERE ${named}`,
    parameters: [principal, giver, number],
  });
  return row && { document: row.document as Uint8Array, signature: row.signature as Uint8Array };
}

/** Codes that a power gives without restriction, in their order, the first `most`. */
export async function scopeOf(
  database: Database,
  { principal, giver, number }: PowerName,
  most: number,
): Promise<readonly string[]> {
  const rows = await database.read({
    sql: `SELECT code FROM power_scope WHERE ${named} AND restricted = 0 ORDER BY code LIMIT ?`,
    parameters: [principal, giver, number, most],
  });
  return rows.map(({ code }) => String(code));
}

/** Where a listing of powers goes on: after this one. */
export type PowerCursor = Pick<KeptPower, 'notAfter' | 'number' | 'giver'>;

/** Powers of an organisation, those that end last first, `most` at a time. */
export async function listPowers(
  database: Database,
  principal: string,
  most: number,
  after?: PowerCursor,
): Promise<readonly KeptPower[]> {
  const { notAfter, number, giver } = after ?? { notAfter: Number.MAX_SAFE_INTEGER, number: '', giver: '' };
  const rows = await database.read({
    sql: `SELECT ${powerColumns} FROM power
          WHERE principal = ? AND (not_after, number, giver) < (?, ?, ?)
          ORDER BY not_after DESC, number DESC, giver DESC LIMIT ?`,
    parameters: [principal, notAfter, number, giver, most],
  });
  return rows.map(toPower);
}

/** The powers of an organisation, not withdrawn, that this certificate (SHA-256, base64url) has signed. */
export async function powersSignedBy(
  database: Database,
  principal: string,
  certificate: string,
): Promise<readonly PowerName[]> {
  const rows = await database.read({
    sql: `SELECT principal, giver, number FROM power
          WHERE principal = ? AND signer = ? AND withdrawn_at IS NULL ORDER BY giver, number`,
    parameters: [principal, certificate],
  });
  return rows.map(toName);
}

function toName({ principal, giver, number }: Row): PowerName {
  return { principal: String(principal), giver: String(giver), number: String(number) };
}

/** A power from its row. */
export function toPower(row: Row): KeptPower {
  const optional = (value: unknown) => (value === null ? undefined : String(value));
  const time = (value: unknown) => (value === null ? undefined : Number(value));
  return {
    ...toName(row),
    principalInn: String(row.principal_inn),
    principalName: String(row.principal_name),
    representative: {
      inn: optional(row.representative_inn),
      snils: optional(row.representative_snils),
      name: String(row.representative_name),
    },
    notBefore: Number(row.not_before),
    notAfter: Number(row.not_after),
    verifiedAt: Number(row.verified_at),
    withdrawnAt: time(row.withdrawn_at),
    lastUsedAt: time(row.last_used_at),
    isQualified: row.qualified === 1,
    document: String(row.document),
    isReadable: row.unreadable === 0,
  };
}
