import { auditEntry } from '../audit/record.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import type { Database, Row } from '../database/database.ts';
import {
  insertSealed,
  isHeld,
  recordsOf,
  type SealedChange,
  type SealedTable,
  selectSealed,
  updateSealed,
} from '../database/sealed-table.ts';
import { SealgateError } from '../error.ts';
import { type LocalRole, localRoles, type Purpose, purposes } from './local.ts';
import type { Pins } from './pin.ts';

/** A certificate that an operator trusts. Times are milliseconds since the epoch. */
export interface LocalCertificate {
  readonly certificate: Certificate;
  readonly role: LocalRole;
  /** Of an authority. */
  readonly purposes: ReadonlySet<Purpose>;
  readonly validFrom: number;
  readonly validUntil: number;
  readonly note: string;
  readonly addedAt: number;
}

/** What to add, and as what. */
export interface LocalAddition {
  readonly certificate: Certificate;
  readonly role: LocalRole;
  readonly purposes: ReadonlySet<Purpose>;
  /** The certificate's own term where absent. */
  readonly validFrom?: number;
  readonly validUntil?: number;
  readonly note?: string;
  /** The operator says that the fingerprint was compared, though no pin names it. */
  readonly isConfirmed: boolean;
}

/** The certificates of operators. */
export const trustCertificateTable: SealedTable = {
  name: 'trust_certificate',
  key: ['sha256', 'role', 'added_at'],
  columns: [
    ...['sha256', 'role', 'certificate', 'purposes', 'valid_from', 'valid_until'],
    ...['note', 'added_at', 'removed_at'],
  ],
};

/**
 * Certificates that the operator had added, and not removed, by `at` (ms); oldest first. One that this service did not
 * write is none of them: it adds no trust, and does not keep the others from counting.
 */
export async function readLocal(database: Database, at: number): Promise<readonly LocalCertificate[]> {
  return (await readRows(database, at)).map(fromRow);
}

async function readRows(database: Database, at: number): Promise<readonly Row[]> {
  const rows = await database.read({
    sql: selectSealed(
      trustCertificateTable,
      'WHERE added_at <= ? AND (removed_at IS NULL OR removed_at > ?) ORDER BY added_at, sha256, role',
    ),
    parameters: [at, at],
  });
  return rows.filter((row) => isHeld(database, trustCertificateTable, row));
}

function fromRow(row: Row): LocalCertificate {
  const role = localRoles.find((name) => name === row.role);
  if (role === undefined) throw new Error(`role ${String(row.role)} of a trusted certificate is unknown`);
  const listed = String(row.purposes).split(' ');
  return {
    certificate: parseCertificate(row.certificate as Uint8Array),
    role,
    purposes: new Set(purposes.filter((purpose) => listed.includes(purpose))),
    validFrom: Number(row.valid_from),
    validUntil: Number(row.valid_until),
    note: String(row.note),
    addedAt: Number(row.added_at),
  };
}

/**
 * Adds a certificate at `at` (ms), and writes it to the audit. What decides by itself, an anchor or a signer of
 * lists, has to be pinned or confirmed; an authority still needs a path to an anchor.
 * Throws `trust_anchor_unpinned`, `record_changed`, `storage_unavailable`.
 */
export async function addLocal(
  database: Database,
  pins: Pins,
  addition: LocalAddition,
  at: number,
): Promise<void> {
  const { certificate, role, isConfirmed, note = '' } = addition;
  const { sha256 } = certificate;
  const isPinned = role === 'anchor' ? pins.roots.has(sha256) : pins.signerFingerprints.has(sha256);
  if (role !== 'authority' && !isPinned && !isConfirmed) {
    throw new SealgateError('trust_anchor_unpinned', { certificate: certificate.subject.toString(), sha256 });
  }
  const { validFrom = certificate.notBefore, validUntil = certificate.notAfter } = addition;
  const allowed = purposes.filter((purpose) => addition.purposes.has(purpose)).join(' ');
  const values = {
    ...{ sha256, role, certificate: certificate.der, purposes: allowed, note },
    ...{ valid_from: validFrom, valid_until: validUntil, removed_at: null },
  };
  const former = (await readRows(database, at)).filter((row) => row.sha256 === sha256 && row.role === role);
  const [same] = former.filter((row) => row.added_at === at);
  const changes = [
    ...former.filter((row) => row !== same).map((row) => removal(row, at)),
    same === undefined
      ? insertSealed(trustCertificateTable, { ...values, added_at: at })
      : updateSealed(trustCertificateTable, same, values),
  ];
  await database.write({
    statements: changes.map(({ statement }) => statement),
    journal: [
      auditEntry({
        event: 'trust.added',
        at,
        records: recordsOf(changes),
        details: {
          sha256,
          role,
          purposes: allowed,
          validFrom: new Date(validFrom),
          validUntil: new Date(validUntil),
          isPinned,
          note,
        },
      }),
    ],
  });
}

/**
 * Ends the trust in a certificate, in one role or in all, and writes it to the audit. Returns how many ended. Rejects
 * with `record_changed`, `storage_unavailable`.
 */
export async function removeLocal(
  database: Database,
  sha256: string,
  role: LocalRole | undefined,
  at: number,
): Promise<number> {
  const found = (await readRows(database, at)).filter(
    (row) => row.sha256 === sha256 && (role === undefined || row.role === role),
  );
  if (found.length === 0) return 0;
  const changes = found.map((row) => removal(row, at));
  await database.write({
    statements: changes.map(({ statement }) => statement),
    journal: changes.map((change) => {
      const details = { sha256, role: String(change.after.role) };
      return auditEntry({ event: 'trust.removed', at, details, records: recordsOf([change]) });
    }),
  });
  return found.length;
}

function removal(row: Row, at: number): SealedChange {
  return updateSealed(trustCertificateTable, row, { removed_at: at });
}
