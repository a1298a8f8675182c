import { errors, importJWK, type JWK, type JWTVerifyOptions, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import type { ProofTerm } from '../failure/proof-terms.ts';
import { endOf, findSession, isSessionOpen, type StoredSession } from '../session/session.ts';
import type { AssertionClaims } from './claims.ts';
import { assertionAlgorithms } from './signer.ts';

declare const proof: unique symbol;

/** An assertion of this service that is in force: signature, term, audience and session have been checked. */
export interface LiveAssertion {
  readonly [proof]: true;
  readonly claims: AssertionClaims;
  readonly session: StoredSession;
}

/** What an assertion is checked against. */
export interface CheckInput {
  readonly database: Database;
  /** The public keys to verify with. */
  readonly keys: readonly JWK[];
  readonly issuer: string;
  /** The audiences of whoever shows the assertion. */
  readonly audiences: readonly string[];
}

/** Longer assertions are never made, so they are not looked at. */
export const longestAssertion = 8_192;

/** Only what the checks below build on; the signature vouches for the rest. */
const claimsSchema = z.looseObject({
  sub: z.string(),
  aud: z.string(),
  exp: z.number(),
  jti: z.string(),
  sid: z.string(),
  client_id: z.string(),
});

/**
 * Checks an assertion at the time `at`. Throws `assertion_invalid` for one that is not ours, was changed or is meant
 * for another audience, `assertion_expired`, `assertion_revoked`, and `session_ended` where its session is over.
 */
export async function checkAssertion(token: string, input: CheckInput, at: number): Promise<LiveAssertion> {
  const claims = await verifyAssertion(token, input.keys, {
    issuer: input.issuer,
    currentDate: new Date(at),
  });
  if (!input.audiences.includes(claims.aud)) throw invalid('assertion-audience');
  const session = await findSession(input.database, claims.sid);
  if (!session) throw invalid('assertion-session');
  const revokedAt = await findRevocation(input.database, claims.jti);
  if (revokedAt !== undefined) throw new SealgateError('assertion_revoked', { endedAt: new Date(revokedAt) });
  if (!isSessionOpen(session, at)) throw new SealgateError('session_ended', endOf(session));
  const live: Omit<LiveAssertion, typeof proof> = { claims, session };
  return live as LiveAssertion;
}

/** Checks signature, issuer and term only. Throws `assertion_invalid` or `assertion_expired`. */
export async function verifyAssertion(
  token: string,
  keys: readonly JWK[],
  options: Pick<JWTVerifyOptions, 'issuer' | 'currentDate' | 'clockTolerance'>,
): Promise<AssertionClaims> {
  if (token.length > longestAssertion) throw invalid('assertion-too-long');
  try {
    const { payload } = await jwtVerify(token, ({ kid }) => keyOf(keys, kid), {
      ...options,
      algorithms: assertionAlgorithms,
      typ: 'JWT',
      requiredClaims: ['exp', 'jti', 'sid', 'sub', 'aud'],
    });
    claimsSchema.parse(payload);
    return payload as unknown as AssertionClaims;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      const { exp } = error.payload;
      throw new SealgateError(
        'assertion_expired',
        exp === undefined ? {} : { expiredAt: new Date(exp * 1000) },
      );
    }
    if (error instanceof SealgateError) throw error;
    throw new SealgateError('assertion_invalid', { problem: 'assertion-form' }, { cause: error });
  }
}

async function keyOf(keys: readonly JWK[], kid: string | undefined) {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (!key) throw invalid('assertion-key');
  // The key's own algorithm is imported with it, so that a header cannot choose another.
  return importJWK(key, key.alg);
}

async function findRevocation(database: Database, jti: string): Promise<number | undefined> {
  const [row] = await database.read({
    sql: 'SELECT revoked_at FROM revoked_assertion WHERE jti = ?',
    parameters: [jti],
  });
  return row ? Number(row.revoked_at) : undefined;
}

function invalid(problem: ProofTerm): SealgateError {
  return new SealgateError('assertion_invalid', { problem });
}
