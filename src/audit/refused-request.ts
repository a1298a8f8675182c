import { randomBytes } from 'node:crypto';
import type { Database, Row, Statement } from '../database/database.ts';
import { wasMigrated } from '../database/steps.ts';
import type { FailureCode } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { defined } from '../optional.ts';
import { refusalDetails } from './detail.ts';

/**
 * A request that was refused before there was a sign-in: a wrong secret, an address or a purpose that is not allowed, a
 * body that cannot be read. Everybody can bring such requests about without end, and the audit never forgets: so they
 * do not stand in it, but beside it, the last ones of each party, and only while they are fresh.
 */
export interface RefusedRequest {
  /** When it came, in milliseconds since the epoch. */
  readonly at: number;
  readonly traceId: string;
  /** Identifier of a relying party that is registered. */
  readonly client?: string;
  /** Whether the relying party proved that it asked; otherwise it was only named. */
  readonly isProven: boolean;
  readonly method: string;
  /** The pattern of the route, never the path that was asked for. */
  readonly route: string;
  /** Status of the answer. */
  readonly status: number;
  readonly code?: FailureCode;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A request with the party that brought it about, under which alone it is counted: named by what was verified. */
export interface PartysRequest extends RefusedRequest {
  readonly party: string;
}

const step = 'the last requests that were refused before a sign-in';

/** So many are kept of a party. */
export const mostOfParty = 100;

/** So long, in ms: as logs are commonly kept. */
const keptFor = 30 * 86_400_000;

/**
 * Keeps requests and forgets the oldest ones of their parties beyond the number. What the audit tells of already, such
 * as a refused sign-in, is left out. Of the details those are kept that can tell of no person.
 */
export function keepRefusedRequests(requests: readonly PartysRequest[]): readonly Statement[] {
  return [...requests.map(keep), ...[...new Set(requests.map(({ party }) => party))].map(forgetBeyond)];
}

function keep({ party, at, traceId, details, ...facts }: PartysRequest, index: number): Statement {
  // Those of one millisecond differ and keep their order, or somebody quick had more than his share.
  const order = [String(at).padStart(15, '0'), String(index).padStart(5, '0')];
  const id = [...order, randomBytes(6).toString('hex')].join('-');
  const record = JSON.stringify({ ...facts, ...defined({ details: details && detailsOf(facts, details) }) });
  return {
    sql: `INSERT INTO refused_request (id, party, at, trace, record)
          SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM journal_entry WHERE trace = ?)`,
    parameters: [id, party, at, traceId, record, traceId],
  };
}

/** What a relying party's registration does not allow it is its own, the address of its server too. */
function detailsOf(
  { isProven, code }: Pick<RefusedRequest, 'isProven' | 'code'>,
  details: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const kept = refusalDetails(details);
  const { value } = details;
  const isOwn = isProven && code === 'client_forbidden' && typeof value === 'string';
  return isOwn ? { ...kept, value: safeText(value) } : kept;
}

function forgetBeyond(party: string): Statement {
  return {
    sql: `DELETE FROM refused_request WHERE party = ? AND id < (
            SELECT min(id) FROM (SELECT id FROM refused_request WHERE party = ?
                                 ORDER BY id DESC LIMIT ${mostOfParty}) AS newest)`,
    parameters: [party, party],
  };
}

/** Forgets, as of `at` (ms), requests that are old. */
export function forgetRefusedRequests(at: number): Statement {
  return { sql: 'DELETE FROM refused_request WHERE at < ?', parameters: [at - keptFor] };
}

/**
 * Those with that trace id, the oldest first, at most so many of the newest: a trace id may be chosen by whoever asks.
 * Rejects with `storage_unavailable`.
 */
export async function refusedRequestsOf(
  database: Database,
  traceId: string,
  limit: number,
): Promise<readonly RefusedRequest[]> {
  if (!(await wasMigrated(database, step))) return [];
  const rows = await database.read({
    sql: 'SELECT id, at, trace, record FROM refused_request WHERE trace = ? ORDER BY id DESC LIMIT ?',
    parameters: [traceId, limit],
  });
  return rows.map(toRequest).reverse();
}

const page = 1_000;

/** All that are kept, the newest first, a page at a time. Rejects with `storage_unavailable`. */
export async function* readRefusedRequests(database: Database): AsyncGenerator<RefusedRequest> {
  // A copy that is only read may have been made by a version that kept none.
  if (!(await wasMigrated(database, step))) return;
  // Behind every identifier there is.
  for (let before = '~'; ; ) {
    const rows = await database.read({
      sql: 'SELECT id, at, trace, record FROM refused_request WHERE id < ? ORDER BY id DESC LIMIT ?',
      parameters: [before, page],
    });
    for (const row of rows) {
      before = String(row.id);
      yield toRequest(row);
    }
    if (rows.length < page) return;
  }
}

function toRequest({ at, trace, record }: Row): RefusedRequest {
  const facts = JSON.parse(String(record)) as Omit<RefusedRequest, 'at' | 'traceId'>;
  return { ...facts, at: Number(at), traceId: String(trace) };
}
