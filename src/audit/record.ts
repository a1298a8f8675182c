import type { JournalEntry } from '../database/database.ts';
import type { FailureCode } from '../error.ts';
import { canonicalJson } from './canonical.ts';
import { boundedDetails, refusalDetails } from './detail.ts';

/**
 * What is kept of an event: who asked (relying party, origin), for whom (the organisation's OGRN or INN), with which
 * certificate (its SHA-256 thumbprint), how it ended (code and details), and the names that lead to its other traces
 * (trace id, session, assertion, challenge). Names of persons, SNILS, addresses, secrets and the signed message are not
 * kept: of the details of a refusal only those that can hold none of it (see `keptDetails`). An individual
 * entrepreneur's INN is a person's, and is kept all the same: without it nobody could tell who signed in.
 */
export interface AuditEvent {
  readonly event:
    | 'login.passed'
    | 'login.refused'
    | 'assertion.refused'
    | 'assertion.revoked'
    | 'client.added'
    | 'client.changed'
    | 'client.configured'
    | 'client.secret_rotated'
    | 'client.disabled'
    | 'client.enabled'
    | 'key.added'
    | 'record.sealed'
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
    | 'carrier.confirmed'
    | 'carrier.refused'
    | 'carrier.named'
    | 'carrier.disconnected'
    | 'session.ended'
    | 'consent.withdrawn'
    | 'logout.delivered'
    | 'logout.undelivered'
    | 'sign_in.confirmed'
    | 'sign_in.declined'
    | 'sign_in.taken'
    | 'sign_in.unusual'
    | 'document.archived'
    | 'document.renewed'
    | 'esia.key_added'
    | 'esia.allowed'
    | 'esia.denied'
    | 'esia.token_given'
    | 'esia.refused'
    | 'notice.sent';
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  readonly traceId?: string;
  /** Who typed the command that did it: a user of the operator's system. */
  readonly operator?: string;
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
  /** SHA-256 of a message that is not kept, or not whole, base64url. */
  readonly message?: string;
  /** Code of the failure. */
  readonly code?: FailureCode;
  readonly details?: Readonly<Record<string, unknown>>;
  /** The checks that were passed with a warning, and the concessions that were used. */
  readonly warnings?: readonly string[];
  /** Digests of the sealed records that were written with this event, by table and key; see `recordsOf`. */
  readonly records?: Readonly<Record<string, string>>;
  /** The assertion key that was added. */
  readonly key?: string;
}

/**
 * The event as an entry of the journal: canonical JSON without the time, which the entry carries itself. Of the
 * details of a refusal, an event with a code, only those are kept that can tell of no person.
 */
export function auditEntry({ at, details, ...rest }: AuditEvent): JournalEntry {
  if (details === undefined) return { at, record: canonicalJson(rest) };
  const kept = rest.code === undefined ? boundedDetails(details) : refusalDetails(details);
  return { at, record: canonicalJson({ ...rest, details: kept }) };
}
