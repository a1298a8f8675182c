import { hash } from 'node:crypto';
import type { Statement } from '../../database/database.ts';
import type { ProvenSystem } from '../client-secret/verify.ts';

/**
 * Takes a signed string, once: a request at the authorization address travels through the browser, and whoever saw it
 * there must not redeem a code by it. Refused with `esia_request_repeated`. Only a proven system fills this.
 */
export function takeSignedString({ client, signed }: ProvenSystem, at: number): Statement {
  // A timestamp may lie ahead by the window, and be looked at until it lies behind by it.
  const keptFor = 2 * client.esia.timestampWindowSeconds * 1_000 + 60_000;
  return {
    sql: `INSERT INTO esia_signed_string (hash, expires_at) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING`,
    parameters: [hash('sha256', `${client.id}\n${signed}`, 'buffer'), at + keptFor],
    refusal: 'esia_request_repeated',
  };
}

/** Forgets, as of `at` (ms), strings whose timestamps are too old to be taken anyway. */
export function forgetSignedStrings(at: number): Statement {
  return { sql: 'DELETE FROM esia_signed_string WHERE expires_at < ?', parameters: [at] };
}
