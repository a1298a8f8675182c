import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  countRefusal,
  forgetLockOuts,
  type LockOuts,
  lockOuts,
  stillOpen,
} from '../../src/session/lock-out.ts';
import { newSessionId, openSession, sessionLifetime } from '../../src/session/session.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const at = 1_800_000_000_000;
const minute = 60_000;
const day = 24 * 60 * minute;
const rule = { refusals: 3, minutes: 10 };
const key = { client: 'portal', subject: 'ogrn:1027700132195' };

let temporary: TemporaryDatabase;
let outs: LockOuts;
beforeEach(() => {
  temporary = temporaryDatabase();
  outs = lockOuts(temporary.database);
});
afterEach(() => temporary.dispose());

async function refuse(when: number, times = 1, who = key): Promise<void> {
  const statements = [countRefusal(who, rule, when)];
  await Promise.all(Array.from({ length: times }, () => temporary.database.write({ statements })));
}

/** The code with which a sign-in is refused, and how long it has to wait. */
async function enter(when: number, who = key): Promise<unknown[]> {
  const session = {
    id: newSessionId(when),
    certificate: 'x',
    startedAt: when,
    expiresAt: when + sessionLifetime,
  };
  const opened = { ...session, ...who };
  try {
    await temporary.database.write({ statements: [openSession(opened), stillOpen(opened, when)] });
    return [];
  } catch (caught) {
    const error = (await outs.explained(caught, who, when)) as {
      code: string;
      details: { retryAfter: number };
    };
    return [error.code, error.details.retryAfter];
  }
}

describe('an organisation', () => {
  it('is locked out by the refusal that fills the number, and not by the one before', async () => {
    await refuse(at, 2);
    expect(await enter(at)).toEqual([]);
    await refuse(at + minute);
    expect(await enter(at + minute)).toEqual(['locked_out', 600]);
  });

  it('is let in again when the time is over, counted from that refusal', async () => {
    await refuse(at, 2);
    await refuse(at + 9 * minute);
    expect(await enter(at + 19 * minute - 1)).toEqual(['locked_out', 1]);
    expect(await enter(at + 19 * minute)).toEqual([]);
  });

  it('is not locked out by refusals that lie further apart than the time', async () => {
    await refuse(at, 2);
    await refuse(at + 10 * minute, 2);
    expect(await enter(at + 10 * minute)).toEqual([]);
    await refuse(at + 20 * minute - 1);
    expect(await enter(at + 20 * minute - 1)).toEqual(['locked_out', 600]);
  });

  it('is not locked out for longer by refusals that come meanwhile, and counting begins anew after it', async () => {
    await refuse(at, 3);
    await refuse(at + 5 * minute, 50);
    expect(await enter(at + 10 * minute)).toEqual([]);
    await refuse(at + 10 * minute, 2);
    expect(await enter(at + 10 * minute)).toEqual([]);
    await refuse(at + 10 * minute);
    expect(await enter(at + 10 * minute)).toEqual(['locked_out', 600]);
  });

  it('is locked out after one refusal where the rule says one', async () => {
    await temporary.database.write({ statements: [countRefusal(key, { refusals: 1, minutes: 1 }, at)] });
    expect(await enter(at)).toEqual(['locked_out', 60]);
    expect(await enter(at + minute)).toEqual([]);
  });

  it('is locked out with one relying party only, and alone', async () => {
    await refuse(at, 3);
    expect(await enter(at, { ...key, client: 'other' })).toEqual([]);
    expect(await enter(at, { ...key, subject: 'ogrn:1037700013020' })).toEqual([]);
  });
});

describe('what a process remembers', () => {
  it('refuses early from the counted refusal on, until the time is over', async () => {
    await refuse(at, 3);
    expect(() => outs.expectOpen(key, at)).not.toThrow();
    await outs.refused(key, at);
    expect(() => outs.expectOpen(key, at + 10 * minute - 1)).toThrow(
      expect.objectContaining({ code: 'locked_out', details: { retryAfter: 1 } }),
    );
    expect(() => outs.expectOpen(key, at + 10 * minute)).not.toThrow();
  });

  it('is learnt from another process’s refusals when the unit is refused', async () => {
    const other = lockOuts(temporary.again());
    await refuse(at, 3);
    await other.refused(key, at);
    expect(() => outs.expectOpen(key, at)).not.toThrow();
    expect(await enter(at)).toEqual(['locked_out', 600]);
    expect(() => outs.expectOpen(key, at)).toThrow(expect.objectContaining({ code: 'locked_out' }));
  });

  it('leaves other errors as they are', async () => {
    const error = new Error('another');
    expect(await outs.explained(error, key, at)).toBe(error);
  });
});

it('lock-outs are forgotten a day after they began, and not while they last', async () => {
  const rows = async () =>
    (await temporary.database.read({ sql: 'SELECT count(*) AS n FROM lock_out', parameters: [] }))[0]?.n;
  await refuse(at, 3);
  await temporary.database.write({ statements: [forgetLockOuts(at + day)] });
  expect(await rows()).toBe(1);
  await temporary.database.write({ statements: [forgetLockOuts(at + day + 1)] });
  expect(await rows()).toBe(0);
});
