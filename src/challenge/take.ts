import type { Statement } from '../database/database.ts';
import type { Challenge } from './challenge.ts';

/**
 * Takes a challenge: one insert, unique by time of expiry and nonce, which the token binds together. It goes into
 * the same unit as the session and the audit record; of any number of submissions exactly one wins, the others are
 * refused with `challenge_used`. (The time comes first in the key so that the newest rows lie side by side: a random
 * key would make every sign-in write a page of its own.)
 */
export function takeChallenge({
  nonceHash,
  expiresAt,
}: Pick<Challenge, 'nonceHash' | 'expiresAt'>): Statement {
  return {
    sql: 'INSERT INTO taken_challenge (expires_at, nonce_hash) VALUES (?, ?) ON CONFLICT DO NOTHING',
    parameters: [expiresAt, nonceHash],
    refusal: 'challenge_used',
  };
}

/** A day beyond a challenge's life, so that a clock which was ahead, or is set back, still finds what was taken. */
const keptFor = 86_400_000;

/** Forgets the takings of challenges that have long expired, as of `at`: to be asked for by a steady clock only. */
export function forgetTakenChallenges(at: number): Statement {
  return { sql: 'DELETE FROM taken_challenge WHERE expires_at < ?', parameters: [at - keptFor] };
}
