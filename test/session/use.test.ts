import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { endIdleSessions } from '../../src/session/idle.ts';
import { clientsOf, reachStatements } from '../../src/session/reach.ts';
import {
  endedSessions,
  endOf,
  findSession,
  isSessionOpen,
  newSessionId,
  openSession,
  type Session,
  type StoredSession,
  withinLimits,
} from '../../src/session/session.ts';
import { useSession } from '../../src/session/use.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';
import { limited } from './limited.ts';

const at = 1_800_000_000_000;
const minute = 60_000;

let temporary: TemporaryDatabase;
beforeEach(() => {
  temporary = temporaryDatabase();
});
afterEach(() => temporary.dispose());

/** A session that ends after ten minutes without use, and after half an hour in any case. */
function idling(changes: Partial<Session> = {}): Session {
  return {
    id: newSessionId(at),
    ...{ client: 'portal', subject: 'ogrn:1027700132195', certificate: 'thumbprint', startedAt: at },
    ...{ expiresAt: at + 10 * minute, idleTime: 10 * minute, endsAt: at + 30 * minute },
    ...changes,
  };
}

async function opened(changes: Partial<Session> = {}): Promise<StoredSession> {
  const session = idling(changes);
  await temporary.database.write({ statements: [openSession(session)] });
  return found(session);
}

async function found({ id }: Pick<Session, 'id'>): Promise<StoredSession> {
  const session = await findSession(temporary.database, id);
  if (session === undefined) throw new Error('it is not there');
  return session;
}

describe('a session that ends by idleness', () => {
  it('is moved on by each use, never beyond its latest end', async () => {
    const session = await opened();
    await useSession(temporary.database, session, at + 9 * minute);
    expect(await found(session)).toMatchObject({ expiresAt: at + 19 * minute, usedAt: at + 9 * minute });
    await useSession(temporary.database, await found(session), at + 18 * minute);
    await useSession(temporary.database, await found(session), at + 27 * minute);
    expect(await found(session)).toMatchObject({ expiresAt: at + 30 * minute });
    expect(isSessionOpen(await found(session), at + 30 * minute - 1)).toBe(true);
    expect(endOf(await found(session)).reason).toBe('expired');
  });

  it('is over once its time has passed, for idleness, and no use brings it back', async () => {
    const session = await opened();
    const late = at + 10 * minute;
    expect(isSessionOpen(session, late)).toBe(false);
    expect(endOf(session)).toEqual({ reason: 'idle-end', endedAt: new Date(late) });
    await useSession(temporary.database, session, late);
    expect(await found(session)).toEqual(session);
  });

  it('costs a write a minute, however often it is used', async () => {
    const session = await opened();
    const uses = [30_000, minute, minute + 1, 2 * minute - 1];
    for (const use of uses) await useSession(temporary.database, await found(session), at + use);
    expect((await found(session)).usedAt).toBe(at + minute);
    await useSession(temporary.database, await found(session), at + 2 * minute);
    expect((await found(session)).usedAt).toBe(at + 2 * minute);
  });

  it('is written down as ended, in the audit too, once; one that is used or has no such end is not', async () => {
    const idle = await opened();
    const used = await opened();
    const { idleTime: _, endsAt: __, ...plain } = idling();
    await temporary.database.write({ statements: [openSession(plain)] });
    const late = at + 10 * minute;
    await useSession(temporary.database, used, late - 1);
    expect(await endIdleSessions(temporary.database, late - 1)).toBe(0);
    const rounds = [endIdleSessions(temporary.database, late), endIdleSessions(temporary.database, late)];
    expect((await Promise.all(rounds)).reduce((sum, count) => sum + count)).toBe(1);
    expect(await endedSessions(temporary.database, { id: '', endedAt: 0 }, 10)).toEqual([
      { id: idle.id, endedAt: late },
    ]);
    expect(await found(idle)).toMatchObject({ endReason: 'idle-end' });
    const records: string[] = [];
    for await (const { record } of readAudit(temporary.database)) records.push(record);
    expect(records).toEqual([expect.stringContaining('"reason":"idle-end"')]);
  });
});

describe('what a session reaches by single sign-on', () => {
  const reach = async (session: StoredSession, client: string, organisation: number) =>
    temporary.database.write({
      statements: await reachStatements(temporary.database, session, client, { organisation }, at),
    });

  it('is no second session: the same portal again counts once, another session is one more', async () => {
    const session = await opened();
    await reach(session, 'second', 1);
    await reach(session, 'second', 1);
    await reach(session, 'portal', 1);
    expect(await clientsOf(temporary.database, session)).toEqual(['portal', 'second']);
    const other = await opened();
    await expect(reach(other, 'second', 1)).rejects.toMatchObject({ code: 'session_limit' });
    await reach(other, 'second', 2);
  });

  it('counts towards the limit of whoever signs in there themselves', async () => {
    await reach(await opened(), 'second', 9);
    const direct = idling({ client: 'second' });
    const write = (limit: number) => temporary.database.write({ statements: limited(direct, limit) });
    await expect(write(1)).rejects.toMatchObject({ code: 'session_limit', details: { limit: 1 } });
    await write(2);
  });
});

it('a person’s own limit counts that person’s sessions, and not a colleague’s', async () => {
  const open = (signer: string) => {
    const session = idling({ signer });
    const limits = { organisation: 9, signer: 1 };
    return temporary.database.write({
      statements: [...withinLimits(session, session.client, limits, at), openSession(session)],
    });
  };
  await open('one');
  await open('other');
  await expect(open('one')).rejects.toMatchObject({ code: 'session_limit', details: { limit: 1 } });
});
