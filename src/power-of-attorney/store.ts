import { auditEntry } from '../audit/record.ts';
import { thumbprintOf } from '../certificate/thumbprint.ts';
import type { Database, Row, Statement } from '../database/database.ts';
import { endSessions } from '../session/session.ts';
import type { NamedPerson } from './document.ts';
import { type VerifiedPower, verifiedBefore } from './verify.ts';

/** A power of attorney as it is kept in an organisation's account; times in ms since the epoch. */
export interface KeptPower {
  readonly verified: VerifiedPower;
  /** The organisation, `ogrn:…`. */
  readonly subject: string;
  readonly verifiedAt: number;
  readonly withdrawnAt: number | undefined;
  readonly lastUsedAt: number | undefined;
}

const select = `SELECT principal, number, first_number, verified_at, withdrawn_at, last_used_at, qualified,
  document, signature
  FROM power_of_attorney`;

/** The power of that principal and number, withdrawn ones too; undefined where there is none. */
export async function findPower(
  database: Database,
  subject: string,
  number: string,
): Promise<KeptPower | undefined> {
  const [row] = await database.read({
    sql: `${select} WHERE principal = ? AND number = ?`,
    parameters: [subject, number],
  });
  return row && toPower(database, row);
}

/** The powers with that number, of whatever principal: at most ten, where there should be one. */
export async function findByNumber(database: Database, number: string): Promise<readonly KeptPower[]> {
  const sql = `${select} WHERE number = ? ORDER BY principal LIMIT 10`;
  return toPowers(database, await database.read({ sql, parameters: [number] }));
}

/** All powers of an organisation, those that end last first; a thousand at most. */
export async function listPowers(database: Database, subject: string): Promise<readonly KeptPower[]> {
  const sql = `${select} WHERE principal = ? ORDER BY expires_at DESC, number LIMIT 1000`;
  return toPowers(database, await database.read({ sql, parameters: [subject] }));
}

/** The powers that were given to a person, those that end last first, ended and withdrawn ones too; 50 at most. */
export async function powersOf(
  database: Database,
  person: { readonly inn: string | undefined; readonly snils: string | undefined },
): Promise<readonly KeptPower[]> {
  const rows = await database.read({
    sql: `${select} WHERE representative IN (?, ?) ORDER BY expires_at DESC, number LIMIT 50`,
    parameters: [`inn:${person.inn ?? ''}`, `snils:${person.snils ?? ''}`],
  });
  return toPowers(database, rows);
}

/** Numbers of the powers of an organisation, not withdrawn, that this certificate (SHA-256, base64url) has signed. */
export async function powersSignedBy(
  database: Database,
  subject: string,
  certificate: string,
): Promise<readonly string[]> {
  const rows = await database.read({
    sql: `SELECT number FROM power_of_attorney
          WHERE principal = ? AND signer = ? AND withdrawn_at IS NULL ORDER BY number`,
    parameters: [subject, certificate],
  });
  return rows.map(({ number }) => String(number));
}

/**
 * Keeps a verified power. One that is kept already stays as it is, withdrawn or not, but for what has now been found
 * out of its signer: which certificate that is, and that it is qualified.
 */
export function keepPower(verified: VerifiedPower, at: number): Statement {
  const { power, principal, presented, isQualified, issuer } = verified;
  const { number, giver, representative, notAfter } = power;
  return {
    sql: `INSERT INTO power_of_attorney
            (principal, number, first_number, representative, expires_at, verified_at, document, signature,
             qualified, signer)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (principal, number) DO UPDATE SET
            qualified = CASE WHEN excluded.qualified = 1 THEN 1 ELSE power_of_attorney.qualified END,
            signer = coalesce(excluded.signer, power_of_attorney.signer)
          WHERE excluded.qualified > power_of_attorney.qualified
             OR excluded.signer IS NOT NULL AND excluded.signer IS DISTINCT FROM power_of_attorney.signer`,
    parameters: [
      `ogrn:${principal.ogrn}`,
      number,
      giver.kind === 'representative' ? giver.first : null,
      nameOf(representative),
      notAfter,
      at,
      presented.document,
      presented.signature,
      isQualified ? 1 : 0,
      issuer?.current ? thumbprintOf(issuer.certificate) : null,
    ],
  };
}

function nameOf({ inn, snils }: NamedPerson): string {
  return inn === undefined ? `snils:${snils ?? ''}` : `inn:${inn}`;
}

/**
 * Notes that a power was used, in the unit of the sign-in, which is refused with `power_of_attorney_withdrawn` if it
 * has been withdrawn meanwhile: the power itself, or the one that it was handed on from.
 */
export function usePower({ power, principal, first }: VerifiedPower, at: number): readonly Statement[] {
  return [power, ...(first === undefined ? [] : [first.power])].map(({ number }) => ({
    sql: `UPDATE power_of_attorney SET last_used_at = ?
          WHERE principal = ? AND number = ? AND withdrawn_at IS NULL`,
    parameters: [at, `ogrn:${principal.ogrn}`, number],
    refusal: { code: 'power_of_attorney_withdrawn', details: { number } },
  }));
}

/** Who, or what, withdraws a power. */
export type WithdrawnBy = 'organisation' | 'operator' | 'register' | 'revocation';

/**
 * Withdraws a power, with those that were handed on from it, and ends the sessions that rest on them. `withdrawn` has
 * the time that a register tells (ms), and details for the audit. Resolves to false where there is no such power.
 */
export async function withdrawPower(
  database: Database,
  subject: string,
  number: string,
  by: WithdrawnBy,
  at: number,
  withdrawn: { readonly at?: number | undefined; readonly details?: Readonly<Record<string, unknown>> } = {},
): Promise<boolean> {
  const kept = await findPower(database, subject, number);
  if (kept === undefined) return false;
  const handedOn = await database.read({
    sql: 'SELECT number FROM power_of_attorney WHERE principal = ? AND first_number = ?',
    parameters: [subject, number],
  });
  const numbers = [number, ...handedOn.map((row) => String(row.number))];
  await database.write({
    statements: [
      {
        sql: `UPDATE power_of_attorney SET withdrawn_at = ?
              WHERE principal = ? AND (number = ? OR first_number = ?) AND withdrawn_at IS NULL`,
        parameters: [withdrawn.at ?? at, subject, number, number],
      },
      ...numbers.map((power) => endSessions(subject, 'power-withdrawn', at, { power })),
    ],
    journal: [
      auditEntry({ event: 'power.withdrawn', at, subject, details: { number, by, ...withdrawn.details } }),
    ],
  });
  return true;
}

async function toPowers(database: Database, rows: readonly Row[]): Promise<readonly KeptPower[]> {
  return Promise.all(rows.map((row) => toPower(database, row)));
}

async function toPower(database: Database, row: Row): Promise<KeptPower> {
  const subject = String(row.principal);
  const first =
    row.first_number === null ? undefined : await findPower(database, subject, String(row.first_number));
  const presented = { document: row.document as Uint8Array, signature: row.signature as Uint8Array };
  return {
    verified: verifiedBefore(presented, first?.verified, row.qualified === 1),
    subject,
    verifiedAt: Number(row.verified_at),
    withdrawnAt: row.withdrawn_at === null ? undefined : Number(row.withdrawn_at),
    lastUsedAt: row.last_used_at === null ? undefined : Number(row.last_used_at),
  };
}
