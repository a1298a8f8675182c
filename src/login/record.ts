import { hash } from 'node:crypto';
import type { AssertionClaims } from '../assertion/claims.ts';
import { type AuditEvent, auditEntry } from '../audit/record.ts';
import type { Database, JournalEntry } from '../database/database.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { EvidenceKeeper, PreparedEvidence } from '../evidence/keep.ts';
import type { Recognised, Trail } from '../evidence/trail.ts';
import type { PresentedPower } from '../power-of-attorney/verify.ts';
import type { Registration } from '../relying-party/registration.ts';
import type { Check } from '../report/check.ts';
import { type LoginVerdict, loginVerdict } from '../report/login-verdict.ts';
import { countRefusal, countsTowardsLockOut, type LockOutKey, type LockOuts } from '../session/lock-out.ts';

/** Where a login is recorded. */
export interface RecordKeeping {
  readonly database: Database;
  /** Keeps what logins rested on; nothing is kept where it is absent. */
  readonly evidence?: EvidenceKeeper;
  readonly lockOuts: LockOuts;
}

/** What records tell of a request, however far it comes. */
export interface Attempt {
  readonly client: Registration;
  readonly origin: string;
  /** From where the person comes, where the relying party tells: for lock-outs alone, no record has it. */
  readonly address?: string;
  /** A power of attorney that came along. */
  readonly powerOfAttorney?: PresentedPower;
  readonly traceId: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The checks that were made, as far as the attempt came. */
export function checksOf({ verified, checks }: Trail): readonly Check[] {
  return verified?.checks ?? checks.list;
}

/**
 * Evidence of a message that could be read, whoever sent it, ready to be written; undefined where none is kept.
 * Rejects with `storage_unavailable`.
 */
export async function prepareEvidence(
  { evidence }: RecordKeeping,
  { at, traceId, client, powerOfAttorney: power }: Attempt,
  trail: Trail,
  verdict: LoginVerdict,
): Promise<PreparedEvidence | undefined> {
  const { challenge, message, recognised, verified } = trail;
  if (evidence === undefined || !challenge || !message) return undefined;
  const isRead = trail.checks.list.some(({ name }) => name === 'signature.format');
  if (verified === undefined && !isRead) return undefined;
  const subject = recognised?.subject;
  return evidence.prepare({
    ...{ at, traceId, client, subject, challenge, message, trail, power, verdict, verified },
  });
}

/** The audit's record of a login that passed. */
export function passed(
  attempt: Attempt,
  { challenge, message }: Pick<Trail, 'challenge' | 'message'>,
  claims: AssertionClaims,
  evidence: PreparedEvidence | undefined,
): JournalEntry {
  // Of a message that is not kept whole, the audit has the digest.
  const isWhole = evidence === undefined || evidence.kept === 'whole';
  const details = {
    ...(claims.revocation ? { revocation: claims.revocation } : {}),
    ...(isWhole ? {} : { message: evidence.kept }),
  };
  return auditEntry({
    event: 'login.passed',
    ...asked(attempt, challenge === undefined ? {} : { challenge }),
    subject: claims.sub,
    certificate: claims['x5t#S256'],
    session: claims.sid,
    assertion: claims.jti,
    audience: claims.aud,
    ...(evidence ? { evidence: evidence.digest } : {}),
    ...(isWhole || message === undefined ? {} : { message: digestOf(message) }),
    ...(claims.warnings ? { warnings: claims.warnings } : {}),
    ...(Object.keys(details).length > 0 ? { details } : {}),
  });
}

/**
 * Records a refusal, like a success: what it rested on and, of a message that is not kept, its digest. Only where the
 * storage itself has failed is there nowhere to record it. Rejects with `storage_unavailable`.
 */
export async function recordRefusal(
  keeping: RecordKeeping,
  attempt: Attempt,
  trail: Trail,
  error: unknown,
): Promise<void> {
  if (isFailure(error, 'storage_unavailable')) return;
  const known = error instanceof SealgateError ? error : new SealgateError('internal_error');
  const { recognised, message } = trail;
  const { code, details } = known;
  // One that is locked out is refused before anything is found that evidence could show.
  const evidence =
    code === 'locked_out'
      ? undefined
      : await prepareEvidence(keeping, attempt, trail, loginVerdict(checksOf(trail), known));
  const kept = evidence ? { evidence: evidence.digest } : message && { message: digestOf(message) };
  const counted =
    recognised?.isProven && countsTowardsLockOut(code) ? lockOutKey(attempt, recognised) : undefined;
  await keeping.database.write({
    statements: [
      ...(evidence?.statements ?? []),
      ...(counted ? countRefusal(counted, attempt.client.policy.lockOut, attempt.at) : []),
    ],
    journal: [
      auditEntry({
        event: 'login.refused',
        ...asked(attempt, trail),
        ...(recognised ? { subject: recognised.subject, certificate: recognised.certificateThumbprint } : {}),
        ...kept,
        code,
        details,
      }),
    ],
  });
  evidence?.written();
  if (counted) await keeping.lockOuts.refused(counted, attempt.at);
}

/** By what an attempt may be locked out. */
export function lockOutKey(
  { client, address }: Pick<Attempt, 'client' | 'address'>,
  { subject, certificateThumbprint: certificate }: Recognised,
): LockOutKey {
  return { client: client.id, subject, certificate, address };
}

function digestOf(message: Uint8Array): string {
  return hash('sha256', message, 'base64url');
}

type Asked = Pick<AuditEvent, 'at' | 'traceId' | 'client' | 'origin' | 'challenge'>;

function asked({ at, traceId, client, origin }: Attempt, { challenge }: Pick<Trail, 'challenge'>): Asked {
  return {
    at,
    traceId,
    client: client.id,
    origin,
    ...(challenge ? { challenge: Buffer.from(challenge.nonceHash).toString('base64url') } : {}),
  };
}
