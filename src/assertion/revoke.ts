import type { JWK } from 'jose';
import { auditEntry } from '../audit/record.ts';
import type { Database, Statement } from '../database/database.ts';
import { isFailure, SealgateError } from '../error.ts';
import { endSession, sessionLifetime } from '../session/session.ts';
import { verifyAssertion } from './check.ts';
import type { AssertionClaims } from './claims.ts';

/** Who revokes, and what with. */
export interface RevokeInput {
  readonly database: Database;
  /** Every key that ever signed: an assertion may be revoked after its key was withdrawn. */
  readonly keys: readonly JWK[];
  readonly issuer: string;
  /** The relying party that asks. */
  readonly client: string;
  readonly traceId: string;
}

/**
 * Revokes an assertion and ends its session, durably (RFC 7009). An expired one is taken too, for as long as its
 * session can last: a portal signs people out long after the five minutes. What is not an assertion of ours is
 * passed over in silence (RFC 7009, section 2.2). Throws `client_forbidden` where it was made for another relying
 * party.
 */
export async function revokeAssertion(token: string, input: RevokeInput, at: number): Promise<void> {
  const claims = await recognise(token, input, at);
  if (!claims) return;
  if (claims.client_id !== input.client) {
    throw new SealgateError('client_forbidden', { field: 'relyingParty', value: claims.client_id });
  }
  await input.database.write({
    statements: [
      {
        sql: `INSERT INTO revoked_assertion (jti, revoked_at, expires_at) VALUES (?, ?, ?)
              ON CONFLICT (jti) DO NOTHING`,
        parameters: [claims.jti, at, claims.exp * 1000],
      },
      endSession(claims.sid, 'logged-out', at),
    ],
    journal: [
      auditEntry({
        event: 'assertion.revoked',
        at,
        traceId: input.traceId,
        client: input.client,
        subject: claims.sub,
        session: claims.sid,
        assertion: claims.jti,
      }),
    ],
  });
}

async function recognise(
  token: string,
  { keys, issuer }: RevokeInput,
  at: number,
): Promise<AssertionClaims | undefined> {
  const tolerance = { issuer, currentDate: new Date(at), clockTolerance: sessionLifetime / 1000 };
  try {
    return await verifyAssertion(token, keys, tolerance);
  } catch (error) {
    if (isFailure(error, 'assertion_invalid') || isFailure(error, 'assertion_expired')) return undefined;
    throw error;
  }
}

/** Forgets revocations of assertions that expired more than an hour before `at`: their term alone refuses them. */
export function forgetRevocations(at: number): Statement {
  return { sql: 'DELETE FROM revoked_assertion WHERE expires_at < ?', parameters: [at - 3_600_000] };
}
