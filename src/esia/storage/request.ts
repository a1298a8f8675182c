import type { Database, Statement } from '../../database/database.ts';
import type { FailureCode } from '../../error.ts';
import type { EsiaTerm } from '../../failure/esia-terms.ts';
import type { SignedPart } from '../client-secret/signed-string.ts';

/** A certificate of the system, as requests name it. */
export interface KnownCertificate {
  /** `client_certificate_hash`. */
  readonly hash: string;
  readonly serialNumber: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** What should have been signed. */
export interface ExpectedSignature {
  readonly form: 'cms' | 'raw';
  readonly order: readonly SignedPart[];
  /** The string, with the code in it covered. */
  readonly text: string;
  /** Octets of the string itself, in UTF-8. */
  readonly octets: number;
  readonly certificates: readonly KnownCertificate[];
}

/** What came instead. */
export interface CameSignature {
  readonly kind: 'cms' | 'raw' | 'other' | 'undecodable';
  readonly octets?: number;
  readonly signed?: string;
  readonly differences: readonly EsiaTerm[];
}

/** A request of a system, as its developers are shown it: no secret, code or token stands in it. */
export interface RequestRecord {
  readonly address: string;
  readonly outcome: 'passed' | FailureCode;
  readonly details?: Readonly<Record<string, unknown>>;
  /** What the system was told, in ЕСИА's words. */
  readonly told?: { readonly error: string; readonly description: string };
  /** Parameters as they came; secrets are covered. */
  readonly given: Readonly<Record<string, string>>;
  readonly expected?: ExpectedSignature;
  readonly came?: CameSignature;
}

/** A request that is kept. */
export interface KeptRequest extends RequestRecord {
  readonly isProven: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly traceId: string;
}

/** So many requests of a system are kept, proven and unproven ones apart: strangers cannot push out what is its own. */
const mostKept = 30;

/** Keeps a request and forgets the oldest ones beyond the number. */
export function keepRequest(
  client: string,
  { isProven, at, traceId, ...record }: KeptRequest,
): readonly Statement[] {
  const proven = isProven ? 1 : 0;
  return [
    {
      sql: `INSERT INTO esia_request (client, proven, at, trace_id, record) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (client, proven, at, trace_id) DO NOTHING`,
      parameters: [client, proven, at, traceId, JSON.stringify(record)],
    },
    {
      sql: `DELETE FROM esia_request WHERE client = ? AND proven = ? AND at < (
              SELECT min(at) FROM (SELECT at FROM esia_request WHERE client = ? AND proven = ?
                                   ORDER BY at DESC LIMIT ${mostKept}) AS newest)`,
      parameters: [client, proven, client, proven],
    },
  ];
}

/** The last requests of one system, the newest first. */
export async function lastRequests(database: Database, client: string): Promise<readonly KeptRequest[]> {
  const rows = await database.read({
    sql: 'SELECT proven, at, trace_id, record FROM esia_request WHERE client = ? ORDER BY at DESC LIMIT 100',
    parameters: [client],
  });
  return rows.map((row) => ({
    ...(JSON.parse(String(row.record)) as RequestRecord),
    isProven: Number(row.proven) === 1,
    at: Number(row.at),
    traceId: String(row.trace_id),
  }));
}

/** Requests are looked at while they are fresh. */
const keptFor = 7 * 86_400_000;

/** Forgets, as of `at` (ms), requests that are old. */
export function forgetRequests(at: number): Statement {
  return { sql: 'DELETE FROM esia_request WHERE at < ?', parameters: [at - keptFor] };
}
