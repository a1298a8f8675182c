import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  endSession,
  findSession,
  forgetSessions,
  newSessionId,
  openSession,
  type Session,
  sessionLifetime,
} from '../../src/session/session.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { limited } from './limited.ts';

const at = 1_800_000_000_000;
const day = 24 * 3_600_000;

let temporary: TemporaryDatabase;
beforeEach(() => {
  temporary = temporaryDatabase();
});
afterEach(() => temporary.dispose());

function session(startedAt = at, subject = 'ogrn:1027700132195'): Session {
  return {
    id: newSessionId(startedAt),
    client: 'portal',
    subject,
    certificate: 'thumbprint',
    startedAt,
    expiresAt: startedAt + sessionLifetime,
  };
}

const write = (...statements: Parameters<typeof temporary.database.write>[0]['statements']) =>
  temporary.database.write({ statements });

describe('a session', () => {
  it('is found as it was opened, and as it was ended first', async () => {
    const opened = session();
    await write(openSession(opened));
    expect(await findSession(temporary.database, opened.id)).toEqual(opened);
    await write(endSession(opened.id, 'logged-out', at + 1));
    await write(endSession(opened.id, 'certificate-revoked', at + 2));
    expect(await findSession(temporary.database, opened.id)).toEqual({
      ...opened,
      endedAt: at + 1,
      endReason: 'logged-out',
    });
    expect(await findSession(temporary.database, newSessionId(at))).toBeUndefined();
  });

  it('beyond the limit is refused with session_limit, however many come at once', async () => {
    const attempts = Array.from({ length: 20 }, () => write(...limited(session(), 3)));
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'session_limit' });
    }
  });

  it('of another organisation, an ended one and an expired one do not count towards the limit', async () => {
    const first = session();
    await write(...limited(first, 1));
    await write(...limited(session(at, 'inn:7707083893'), 1));
    await expect(write(...limited(session(), 1))).rejects.toMatchObject({ code: 'session_limit' });
    await write(endSession(first.id, 'logged-out', at));
    await write(...limited(session(), 1));
    await write(...limited(session(at + sessionLifetime), 1));
  });

  it('is forgotten a day after it expired, and not before', async () => {
    const old = session(at);
    const recent = session(at + 1);
    await write(openSession(old), openSession(recent));
    await write(forgetSessions(old.expiresAt + day + 1));
    expect(await findSession(temporary.database, old.id)).toBeUndefined();
    expect(await findSession(temporary.database, recent.id)).toBeDefined();
  });
});

describe('a session identifier', () => {
  it('is a UUID of version 7 that sorts by time and never repeats', () => {
    const ids = Array.from({ length: 200 }, (_, index) => newSessionId(at + index));
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 200 }, () => newSessionId(at))).size).toBe(200);
  });
});
