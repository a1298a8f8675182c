import { auditEntry } from '../audit/record.ts';
import type { Database, Row } from '../database/database.ts';
import { SealgateError } from '../error.ts';

/** A file of the archive, by its octets. */
export interface KeptFile {
  readonly name: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A document of the archive; its octets are in the folder. Times are milliseconds since the epoch. */
export interface ArchivedDocument extends KeptFile {
  readonly identifier: string;
  /** In octets. */
  readonly length: number;
  /** What is signed, where the signature is detached. */
  readonly contents: readonly KeptFile[];
  readonly addedAt: number;
  /** When it was given its newest archive time-stamp. */
  readonly stampedAt: number;
  /** When the certificate of the first of these ends. */
  readonly renewBy: number;
}

const columns = 'identifier, name, sha256, length, contents, added_at, stamped_at, renew_by';

/** Takes a document in, with an entry in the audit. */
export async function addDocument(database: Database, document: ArchivedDocument): Promise<void> {
  const { identifier, name, sha256, length, contents, addedAt, stampedAt, renewBy } = document;
  const parameters = [
    identifier,
    name,
    sha256,
    length,
    JSON.stringify(contents),
    addedAt,
    stampedAt,
    renewBy,
  ];
  await database.write({
    statements: [
      { sql: `INSERT INTO archived_document (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, parameters },
    ],
    journal: [entryOf('document.archived', document, addedAt)],
  });
}

/**
 * Puts a document with a newer time-stamp in the place of `former`, with an entry in the audit. Rejects with
 * `archive_document_changed` where another round has done so meanwhile.
 */
export async function renewDocument(
  database: Database,
  former: ArchivedDocument,
  renewed: ArchivedDocument,
): Promise<void> {
  const { identifier, sha256, length, stampedAt, renewBy } = renewed;
  await database.write({
    statements: [
      {
        sql: `UPDATE archived_document SET sha256 = ?, length = ?, stamped_at = ?, renew_by = ?
              WHERE identifier = ? AND sha256 = ?`,
        parameters: [sha256, length, stampedAt, renewBy, identifier, former.sha256],
        refusal: { code: 'archive_document_changed', details: { identifier } },
      },
    ],
    journal: [entryOf('document.renewed', renewed, stampedAt)],
  });
}

/** Every document, the one first that has to be renewed first; with `renewBy` only those whose time comes before it. */
export async function archivedDocuments(
  database: Database,
  renewBy: number = Number.MAX_SAFE_INTEGER,
): Promise<readonly ArchivedDocument[]> {
  const rows = await database.read({
    sql: `SELECT ${columns} FROM archived_document WHERE renew_by <= ? ORDER BY renew_by, identifier`,
    parameters: [renewBy],
  });
  return rows.map(documentOf);
}

/** A document by its identifier. Throws `argument_invalid`. */
export async function archivedDocument(database: Database, identifier: string): Promise<ArchivedDocument> {
  const [row] = await database.read({
    sql: `SELECT ${columns} FROM archived_document WHERE identifier = ?`,
    parameters: [identifier],
  });
  if (row !== undefined) return documentOf(row);
  throw new SealgateError('argument_invalid', { argument: identifier, problem: 'archive-unknown' });
}

function documentOf(row: Row): ArchivedDocument {
  return {
    identifier: String(row.identifier),
    name: String(row.name),
    sha256: String(row.sha256),
    length: Number(row.length),
    contents: JSON.parse(String(row.contents)) as readonly KeptFile[],
    addedAt: Number(row.added_at),
    stampedAt: Number(row.stamped_at),
    renewBy: Number(row.renew_by),
  };
}

/** Names of files may be those of people, and are not told. */
function entryOf(
  event: 'document.archived' | 'document.renewed',
  { identifier, sha256, renewBy }: ArchivedDocument,
  at: number,
) {
  return auditEntry({ event, at, details: { document: identifier, sha256, renewBy: new Date(renewBy) } });
}
