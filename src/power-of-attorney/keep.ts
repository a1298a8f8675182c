import { hash } from 'node:crypto';
import { thumbprintOf } from '../certificate/thumbprint.ts';
import { condition, type Statement, type Value } from '../database/database.ts';
import type { PowerOfAttorney } from './document.ts';
import type { PowerName } from './name.ts';
import { personKey } from './person.ts';
import { type PowerQuota, withinQuota } from './quota.ts';
import type { PresentedPower, VerifiedPower } from './verify.ts';

/** SHA-256 of a power's document, base64url. */
export function documentDigest(document: Uint8Array): string {
  return hash('sha256', document, 'base64url');
}

/** What of a power is found again by, and counted; times are ms since the epoch. */
export interface PowerFacts {
  readonly name: PowerName;
  readonly power: PowerOfAttorney;
  readonly principal: { readonly inn: string; readonly name: string };
  readonly presented: PresentedPower;
  readonly verifiedAt: number;
  readonly withdrawnAt: number | null;
  readonly lastUsedAt: number | null;
  readonly isQualified: boolean;
  /** SHA-256 of the certificate that signed it, base64url; null where its path is not known. */
  readonly signer: string | null;
}

/** A code takes about so many octets where codes are kept. */
const octetsOfCode = 100;

/**
 * Takes a power in: what is asked of it into columns, each code into a row, and its document beside them, unless it is
 * withdrawn. One that is there already stays as it is.
 */
export function insertPower(facts: PowerFacts): readonly Statement[] {
  const { name, power, principal, presented, verifiedAt, withdrawnAt, lastUsedAt } = facts;
  const { representative, notBefore, notAfter, powers, restricted } = power;
  const { document, signature } = presented;
  const codes = [
    ...[...powers].map((code) => [code, 0] as const),
    ...[...restricted].filter((code) => !powers.has(code)).map((code) => [code, 1] as const),
  ];
  const isWithdrawn = withdrawnAt !== null;
  const octets = isWithdrawn ? 0 : document.length + signature.length + octetsOfCode * codes.length;
  const key = [name.principal, name.giver, name.number];
  return [
    {
      sql: insertion,
      parameters: [
        ...key,
        ...[principal.inn, principal.name],
        ...[personKey(representative), representative.inn ?? null, representative.snils ?? null],
        representative.name,
        ...[notBefore, notAfter, verifiedAt, withdrawnAt, lastUsedAt],
        ...[facts.isQualified ? 1 : 0, facts.signer],
        ...[documentDigest(document), octets],
      ],
    },
    ...codes.map(([code, isRestricted]) => ({
      sql: `INSERT INTO power_scope (principal, giver, number, code, restricted) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (principal, giver, number, code) DO NOTHING`,
      parameters: [...key, code, isRestricted],
    })),
    ...(isWithdrawn ? [] : [insertDocument(name, presented)]),
  ];
}

const insertion = `
  INSERT INTO power
    (principal, giver, number, principal_inn, principal_name, representative, representative_inn, representative_snils,
     representative_name, not_before, not_after, verified_at, withdrawn_at, last_used_at, qualified, signer,
     document, octets, unreadable)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
  ON CONFLICT (principal, giver, number) DO NOTHING`;

/** Keeps a power's document and signature beside its columns. */
export function insertDocument(
  { principal, giver, number }: PowerName,
  { document, signature }: PresentedPower,
): Statement {
  return {
    sql: `INSERT INTO power_document (principal, giver, number, document, signature) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (principal, giver, number) DO NOTHING`,
    parameters: [principal, giver, number, Uint8Array.from(document), Uint8Array.from(signature)],
  };
}

/**
 * What is written of a verified power at `at` (ms), by the unit that relies on it or lays it ready. One that is not
 * kept yet is taken in, within its quota; of one that is, only what has now been found out of its signer is written:
 * which certificate that is, and that it is qualified.
 *
 * Refuses the unit with `power_of_attorney_quota`; with `power_of_attorney_invalid` where another document came in under
 * this name meanwhile, and with `power_of_attorney_withdrawn` where this one was withdrawn.
 */
export function keepPower(verified: VerifiedPower, quota: PowerQuota, at: number): readonly Statement[] {
  const { name, power, presented, isQualified, issuer, isKept } = verified;
  const { certificate, current } = issuer;
  const qualified = isQualified ? 1 : 0;
  const signer = current ? thumbprintOf(certificate) : null;
  const key: readonly Value[] = [name.principal, name.giver, name.number];
  const named = 'principal = ? AND giver = ? AND number = ?';
  return [
    ...(isKept
      ? []
      : [
          ...insertPower({ ...verified, signer, verifiedAt: at, withdrawnAt: null, lastUsedAt: null }),
          withinQuota(name, personKey(power.representative), quota, at),
        ]),
    condition(
      `SELECT 1 FROM power WHERE ${named} AND document = ?`,
      [...key, documentDigest(presented.document)],
      {
        code: 'power_of_attorney_invalid',
        details: { number: name.number, problem: 'power-number-taken' },
      },
    ),
    condition(`SELECT 1 FROM power WHERE ${named} AND withdrawn_at IS NULL`, key, {
      code: 'power_of_attorney_withdrawn',
      details: { number: name.number },
    }),
    {
      sql: `UPDATE power SET
              qualified = CASE WHEN ? = 1 THEN 1 ELSE qualified END,
              signer = coalesce(?, signer)
            WHERE ${named} AND (qualified < ? OR signer IS DISTINCT FROM coalesce(?, signer))`,
      parameters: [qualified, signer, ...key, qualified, signer],
    },
  ];
}

/** Notes that a power was used at `at` (ms), and the one that it was handed on from. */
export function usePower({ name, first }: VerifiedPower, at: number): readonly Statement[] {
  return [name, ...(first === undefined ? [] : [first.name])].map(({ principal, giver, number }) => ({
    sql: 'UPDATE power SET last_used_at = ? WHERE principal = ? AND giver = ? AND number = ?',
    parameters: [at, principal, giver, number],
  }));
}
