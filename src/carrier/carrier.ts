import { auditEntry } from '../audit/record.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { attributeOids } from '../certificate/name.ts';
import { thumbprintOf } from '../certificate/thumbprint.ts';
import type { Database, Row, Statement } from '../database/database.ts';
import { endSessions } from '../session/session.ts';
import { shownName } from '../subject/shown-name.ts';

/** A certificate that an organisation has connected, on whatever it is kept; times in ms since the epoch. */
export interface Carrier {
  /** The organisation, `ogrn:…`. */
  readonly subject: string;
  /** SHA-256 of the certificate, base64url. */
  readonly certificate: string;
  /** What the organisation calls it. */
  readonly name: string;
  /** The person whom the certificate names. */
  readonly holder: string;
  /** The address in the certificate, empty where it has none. */
  readonly email: string;
  readonly serialNumber: string;
  readonly issuer: string;
  readonly expiresAt: number;
  readonly connectedAt: number;
  readonly lastUsedAt: number | undefined;
}

/**
 * Connects a certificate whose key has been proven, in one unit with the statements of `together`, which may refuse
 * it. One that was connected before gets the new name.
 */
export async function connectCarrier(
  database: Database,
  subject: string,
  certificate: Certificate,
  carrier: { readonly name: string; readonly holder: string },
  at: number,
  { traceId, together = [] }: { readonly traceId?: string; readonly together?: readonly Statement[] } = {},
): Promise<void> {
  const thumbprint = thumbprintOf(certificate);
  await database.write({
    statements: [
      ...together,
      {
        sql: `INSERT INTO carrier (subject, certificate, name, holder, email, serial_number, issuer,
                expires_at, connected_at)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT (subject, certificate) DO UPDATE SET
                name = excluded.name, connected_at = excluded.connected_at, disconnected_at = NULL`,
        parameters: [
          subject,
          thumbprint,
          carrier.name,
          carrier.holder,
          certificate.subject.text(attributeOids.email) ?? '',
          certificate.serialNumberHex,
          shownName(certificate.issuer.toString()).text,
          certificate.notAfter,
          at,
        ],
      },
    ],
    journal: [
      auditEntry({
        event: 'carrier.connected',
        at,
        subject,
        certificate: thumbprint,
        ...(traceId === undefined ? {} : { traceId }),
      }),
    ],
  });
}

const select = `SELECT subject, certificate, name, holder, email, serial_number, issuer, expires_at, connected_at,
  last_used_at FROM carrier`;

/** The connected carriers of an organisation, those that end first first; a thousand at most. */
export async function listCarriers(database: Database, subject: string): Promise<readonly Carrier[]> {
  const rows = await database.read({
    sql: `${select} WHERE subject = ? AND disconnected_at IS NULL ORDER BY expires_at, certificate LIMIT 1000`,
    parameters: [subject],
  });
  return rows.map(toCarrier);
}

/** A connected carrier; undefined where the certificate is not, or no longer, connected. */
export async function findCarrier(
  database: Database,
  subject: string,
  certificate: string,
): Promise<Carrier | undefined> {
  const [row] = await database.read({
    sql: `${select} WHERE subject = ? AND certificate = ? AND disconnected_at IS NULL`,
    parameters: [subject, certificate],
  });
  return row && toCarrier(row);
}

/** Connected carriers that end between `from` and `until` (ms), after `cursor`; in pages of 500. */
export async function expiringCarriers(
  database: Database,
  from: number,
  until: number,
  cursor?: Pick<Carrier, 'expiresAt' | 'subject' | 'certificate'>,
): Promise<readonly Carrier[]> {
  const { expiresAt = from, subject = '', certificate = '' } = cursor ?? {};
  const rows = await database.read({
    sql: `${select} WHERE expires_at <= ? AND disconnected_at IS NULL
            AND (expires_at, subject, certificate) > (?, ?, ?)
          ORDER BY expires_at, subject, certificate LIMIT 500`,
    parameters: [until, expiresAt, subject, certificate],
  });
  return rows.map(toCarrier);
}

/** Notes that a carrier was used, in the unit of the sign-in, which is refused if a required one has gone meanwhile. */
export function useCarrier(subject: string, certificate: string, isRequired: boolean, at: number): Statement {
  return {
    sql: `UPDATE carrier SET last_used_at = ?
          WHERE subject = ? AND certificate = ? AND disconnected_at IS NULL`,
    parameters: [at, subject, certificate],
    ...(isRequired ? { refusal: { code: 'certificate_not_bound', details: { certificate } } } : {}),
  };
}

/** Gives a carrier another name. Rejects with `carrier_unknown`. */
export async function nameCarrier(
  database: Database,
  subject: string,
  certificate: string,
  name: string,
  at: number,
): Promise<void> {
  await database.write({
    statements: [
      {
        sql: 'UPDATE carrier SET name = ? WHERE subject = ? AND certificate = ? AND disconnected_at IS NULL',
        parameters: [name, subject, certificate],
        refusal: { code: 'carrier_unknown', details: { certificate } },
      },
    ],
    journal: [auditEntry({ event: 'carrier.named', at, subject, certificate })],
  });
}

/** Disconnects a carrier and ends the sessions that it opened. Rejects with `carrier_unknown`. */
export async function disconnectCarrier(
  database: Database,
  subject: string,
  certificate: string,
  at: number,
): Promise<void> {
  await database.write({
    statements: [
      {
        sql: `UPDATE carrier SET disconnected_at = ?
              WHERE subject = ? AND certificate = ? AND disconnected_at IS NULL`,
        parameters: [at, subject, certificate],
        refusal: { code: 'carrier_unknown', details: { certificate } },
      },
      endSessions(subject, 'carrier-disconnected', at, { certificate }),
    ],
    journal: [auditEntry({ event: 'carrier.disconnected', at, subject, certificate })],
  });
}

function toCarrier(row: Row): Carrier {
  return {
    subject: String(row.subject),
    certificate: String(row.certificate),
    name: String(row.name),
    holder: String(row.holder),
    email: String(row.email),
    serialNumber: String(row.serial_number),
    issuer: String(row.issuer),
    expiresAt: Number(row.expires_at),
    connectedAt: Number(row.connected_at),
    lastUsedAt: row.last_used_at === null ? undefined : Number(row.last_used_at),
  };
}
