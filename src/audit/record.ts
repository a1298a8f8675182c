import type { JournalEntry } from '../database/database.ts';
import type { FailureCode } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { canonicalJson } from './canonical.ts';

/**
 * What is kept of an event: who asked (relying party, origin), for whom (the organisation's OGRN or INN), with which
 * certificate (its SHA-256 thumbprint), how it ended (code and details), and the names that lead to its other traces
 * (trace id, session, assertion, challenge). Names of persons, SNILS, addresses, secrets and the signed message are
 * not kept: of the details of a refusal the certificate's name is left out, its serial number leads support to it. An individual entrepreneur's INN is a person's, and is kept all the same: without it nobody could tell who
 * signed in.
 */
export interface AuditEvent {
  readonly event:
    | 'login.passed'
    | 'login.refused'
    | 'assertion.refused'
    | 'assertion.revoked'
    | 'client.added'
    | 'client.configured'
    | 'client.secret_rotated'
    | 'client.disabled'
    | 'client.enabled'
    | 'key.added'
    | 'trust_list.imported'
    | 'trust_list.refused'
    | 'trust.added'
    | 'trust.removed'
    | 'register.imported'
    | 'organisation.blocked'
    | 'organisation.unblocked'
    | 'organisation.contact'
    | 'power.added'
    | 'power.withdrawn'
    | 'carrier.connected'
    | 'carrier.named'
    | 'carrier.disconnected'
    | 'session.ended'
    | 'notice.sent';
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  readonly traceId?: string;
  /** Identifier of the relying party. */
  readonly client?: string;
  readonly origin?: string;
  /** The organisation, as `ogrn:…` or `inn:…`. */
  readonly subject?: string;
  /** SHA-256 of the certificate, base64url. */
  readonly certificate?: string;
  readonly session?: string;
  /** The assertion's `jti`. */
  readonly assertion?: string;
  readonly audience?: string;
  /** SHA-256 of the challenge's nonce, base64url. */
  readonly challenge?: string;
  /** SHA-256 of the evidence that was kept, base64url; absent where none was. */
  readonly evidence?: string;
  /** Code of the failure. */
  readonly code?: FailureCode;
  readonly details?: Readonly<Record<string, unknown>>;
  /** The checks that were passed with a warning, and the concessions that were used. */
  readonly warnings?: readonly string[];
  /** The assertion key that was added. */
  readonly key?: string;
}

/** The event as an entry of the journal: canonical JSON without the time, which the entry carries itself. */
export function auditEntry({ at, details, ...rest }: AuditEvent): JournalEntry {
  const record = canonicalJson(details === undefined ? rest : { ...rest, details: keepable(details) });
  return { at, record };
}

const mostDetails = 20;
const mostItems = 20;

/** Details come partly from what strangers sent: bounded in number and length, and free of control characters. */
function keepable(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(details)
    .filter(([name]) => name !== 'certificate')
    .slice(0, mostDetails);
  return Object.fromEntries(kept.map(([name, value]) => [safeText(name, 64), keepableValue(value, 0)]));
}

function keepableValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return safeText(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value.subarray(0, 64)).toString('hex');
  if (depth > 2) return '…';
  if (Array.isArray(value)) return value.slice(0, mostItems).map((item) => keepableValue(item, depth + 1));
  if (typeof value === 'object') {
    const entries = Object.entries(value).slice(0, mostItems);
    return Object.fromEntries(
      entries.map(([name, item]) => [safeText(name, 64), keepableValue(item, depth + 1)]),
    );
  }
  return safeText(String(value));
}
