import { expect } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { Database } from '../../src/database/database.ts';
import { keyring } from '../../src/secret/keyring.ts';
import type { Portal } from '../service/portal.ts';
import type { Attempt } from './traffic.ts';

/** What came of a fault, in numbers. */
export interface Judgement {
  readonly attempts: number;
  readonly passed: number;
  /** Sign-ins whose answer was lost. */
  readonly undecided: number;
  /** Assertions that were handed out and have no record in the audit. */
  readonly lost: number;
  /** Sign-ins of the audit beyond one for each challenge that was taken. */
  readonly twice: number;
  /** Challenges that were used and are let in once more. */
  readonly replayed: number;
}

/** So many of the newest sign-ins are tried once more. */
const sample = 20;

/**
 * Judges what was recorded, against the audit as it is now. A run that has let nobody in proves nothing, and fails, as
 * does one whose last sign-in does not pass.
 */
export async function judge(
  attempts: readonly Attempt[],
  database: Database,
  secrets: readonly Uint8Array[],
  portal: Portal,
): Promise<Judgement> {
  expect((await portal.signIn()).status, 'a sign-in after the fault').toBe(200);
  const { damage } = await verifyAudit(database, keyring(secrets, 'journal'));
  expect(damage, 'damage of the audit').toBeUndefined();
  const passed = attempts.filter(({ reply }) => reply?.status === 200);
  expect(passed.length, 'sign-ins that passed').toBeGreaterThan(0);
  const sessions: string[] = [];
  for await (const { record } of readAudit(database)) {
    const { event, session } = JSON.parse(record) as { event: string; session?: string };
    if (event === 'login.passed' && session !== undefined) sessions.push(session);
  }
  const recorded = new Set(sessions);
  const [taken] = await database.read({
    sql: 'SELECT count(*) AS n FROM taken_challenge WHERE expires_at > 0',
    parameters: [],
  });
  const replies = await Promise.all(
    passed.slice(-sample).map(({ login }) => portal.post('/v1/logins', login)),
  );
  return {
    attempts: attempts.length,
    passed: passed.length,
    undecided: attempts.filter(({ reply }) => reply === undefined).length,
    lost: passed.filter(({ reply }) => !recorded.has(reply?.body.sessionId ?? '')).length,
    twice: Math.abs(sessions.length - Number(taken?.n)) + sessions.length - recorded.size,
    replayed: replies.filter(({ status, body }) => status !== 409 || body.code !== 'challenge_used').length,
  };
}

/** Says the numbers aloud, and expects that nothing was lost and nobody let in wrongly. */
export function expectNothingLost(fault: string, judgement: Judgement): void {
  console.log(`${fault}: ${JSON.stringify(judgement)}`);
  expect(judgement).toMatchObject({ lost: 0, twice: 0, replayed: 0 });
}
