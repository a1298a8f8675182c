import type { Database, Row, Statement, Value } from '../database/database.ts';
import { readAudit } from './read.ts';

/** One attempt to sign in for an organisation, as the audit has it. */
export interface SignIn {
  /** Number of the record in the audit. */
  readonly sequence: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Identifier of the relying party, and the page that asked: the place of the sign-in as it is known here. */
  readonly client: string;
  readonly origin: string;
  /** SHA-256 of the certificate, base64url. */
  readonly certificate: string;
  /** Absent where the attempt was refused. */
  readonly session?: string;
  /** Failure code of a refusal. */
  readonly code?: string;
  readonly traceId: string;
}

const perUnit = 500;

/**
 * Brings the list of sign-ins up to date with the audit. The audit is not indexed by organisation, and a sign-in must
 * not wait for an index; so the list follows behind, a little at a time. Two that run at once do the same work twice,
 * and nothing worse.
 */
export async function followSignIns(database: Database): Promise<void> {
  const [progress] = await database.read({
    sql: 'SELECT sequence FROM sign_in_progress WHERE id = 1',
    parameters: [],
  });
  let statements: Statement[] = [];
  let last = Number(progress?.sequence ?? 0);
  const flush = async () => {
    await database.write({ statements: [...statements, progressTo(last)] });
    statements = [];
  };
  let unread = 0;
  for await (const { sequence, at, record } of readAudit(database, last)) {
    last = sequence;
    unread++;
    // Most records of a busy service are sign-ins; the others are told apart without being parsed.
    if (record.includes('"event":"login.')) statements.push(...entryOf(sequence, at, record));
    if (unread % perUnit === 0) await flush();
  }
  if (unread % perUnit !== 0) await flush();
}

function progressTo(sequence: number): Statement {
  return {
    sql: `INSERT INTO sign_in_progress (id, sequence) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence
          WHERE sign_in_progress.sequence < excluded.sequence`,
    parameters: [sequence],
  };
}

function entryOf(sequence: number, at: number, record: string): readonly Statement[] {
  const facts = JSON.parse(record) as Readonly<Record<string, unknown>>;
  const { subject, session, code } = facts;
  if (typeof subject !== 'string') return [];
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const optional = (value: unknown): Value => (typeof value === 'string' ? value : null);
  const { client, origin, certificate, traceId } = facts;
  const place = [text(client), text(origin), text(certificate)];
  return [
    {
      sql: `INSERT INTO sign_in (subject, sequence, at, client, origin, certificate, session, code, trace)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject, sequence) DO NOTHING`,
      parameters: [subject, sequence, at, ...place, optional(session), optional(code), text(traceId)],
    },
  ];
}

/** Sign-ins of an organisation before a record, the newest first. */
export async function listSignIns(
  database: Database,
  subject: string,
  { before = Number.MAX_SAFE_INTEGER, limit }: { readonly before?: number; readonly limit: number },
): Promise<readonly SignIn[]> {
  const rows = await database.read({
    sql: `SELECT sequence, at, client, origin, certificate, session, code, trace FROM sign_in
          WHERE subject = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`,
    parameters: [subject, before, limit],
  });
  return rows.map(toSignIn);
}

function toSignIn(row: Row): SignIn {
  return {
    sequence: Number(row.sequence),
    at: Number(row.at),
    client: String(row.client),
    origin: String(row.origin),
    certificate: String(row.certificate),
    ...(row.session === null ? {} : { session: String(row.session) }),
    ...(row.code === null ? {} : { code: String(row.code) }),
    traceId: String(row.trace),
  };
}
