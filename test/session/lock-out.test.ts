import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SealgateError } from '../../src/error.ts';
import {
  countRefusal,
  forgetLockOuts,
  type LockOutKey,
  type LockOuts,
  lockOuts,
  stillOpen,
} from '../../src/session/lock-out.ts';
import { newSessionId, openSession, sessionLifetime } from '../../src/session/session.ts';
import { type TemporaryDatabase, temporaryDatabase } from '../database/temporary.ts';

const at = 1_800_000_000_000;
const minute = 60_000;
const day = 24 * 60 * minute;
const rule = { refusals: 3, addressRefusals: 6, organisationRefusals: 9, minutes: 10 };
const subject = 'ogrn:1027700132195';
const key: LockOutKey = { client: 'portal', subject, certificate: 'one' };

let temporary: TemporaryDatabase;
let outs: LockOuts;
beforeEach(() => {
  temporary = temporaryDatabase();
  outs = lockOuts(temporary.database);
});
afterEach(() => temporary.dispose());

async function refuse(when: number, times = 1, who = key): Promise<void> {
  const statements = countRefusal(who, rule, when);
  await Promise.all(Array.from({ length: times }, () => temporary.database.write({ statements })));
}

/** The code with which a sign-in is refused, how long it has to wait, and what is locked out. */
async function enter(when: number, who = key): Promise<unknown[]> {
  const session = { id: newSessionId(when), startedAt: when, expiresAt: when + sessionLifetime };
  try {
    await temporary.database.write({
      statements: [openSession({ ...session, ...who }), stillOpen(who, when)],
    });
    return [];
  } catch (caught) {
    const { code, details } = (await outs.explained(caught, who, when)) as SealgateError<'locked_out'>;
    return [code, details.retryAfter, ...(details.holder === 'this-certificate' ? [] : [details.holder])];
  }
}

describe('a certificate', () => {
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
    await temporary.database.write({
      statements: countRefusal(key, { ...rule, refusals: 1, minutes: 1 }, at),
    });
    expect(await enter(at)).toEqual(['locked_out', 60]);
    expect(await enter(at + minute)).toEqual([]);
  });

  it('is locked out with one relying party only, and alone', async () => {
    await refuse(at, 3);
    expect(await enter(at, { ...key, client: 'other' })).toEqual([]);
    expect(await enter(at, { ...key, certificate: 'another' })).toEqual([]);
  });

  it('is locked out whichever organisation it signs for', async () => {
    await refuse(at, 3);
    expect(await enter(at, { ...key, subject: 'ogrn:1037700013020' })).toEqual(['locked_out', 600]);
  });

  it('is locked out once, however many are refused at the same moment', async () => {
    await refuse(at, 50);
    expect(await enter(at)).toEqual(['locked_out', 600]);
    expect(await enter(at + 10 * minute)).toEqual([]);
  });
});

describe('an address', () => {
  const from = (certificate: string, address: string): LockOutKey => ({ ...key, certificate, address });

  it('is locked out by certificates that are not locked out themselves, and no other address is', async () => {
    for (const certificate of ['one', 'two', 'three']) await refuse(at, 2, from(certificate, '192.0.2.1'));
    expect(await enter(at, from('four', '192.0.2.1'))).toEqual(['locked_out', 600, 'this-address']);
    expect(await enter(at, from('four', '192.0.2.2'))).toEqual([]);
    expect(await enter(at, { ...key, certificate: 'four' })).toEqual([]);
  });

  it('is one for all of a subscriber’s IPv6 addresses, and for both spellings of an IPv4 one', async () => {
    for (const [certificate, address] of [
      ['one', '2001:db8::1'],
      ['two', '2001:db8:0:0:ffff:1:2:3'],
      ['three', '2001:0db8:0000::5'],
    ] as const)
      await refuse(at, 2, from(certificate, address));
    expect(await enter(at, from('four', '2001:db8::9'))).toEqual(['locked_out', 600, 'this-address']);
    expect(await enter(at, from('four', '2001:db8:0:1::9'))).toEqual([]);
    for (const certificate of ['a', 'b', 'c']) await refuse(at, 2, from(certificate, '::ffff:192.0.2.7'));
    expect(await enter(at, from('four', '192.0.2.7'))).toEqual(['locked_out', 600, 'this-address']);
  });
});

describe('an organisation', () => {
  const by = (certificate: string): LockOutKey => ({ ...key, certificate });

  it('is not locked out by one certificate, however often and at once it is refused', async () => {
    await refuse(at, 100);
    expect(await enter(at)).toEqual(['locked_out', 600]);
    expect(await enter(at, by('another'))).toEqual([]);
    await refuse(at + 10 * minute, 100);
    expect(await enter(at + 11 * minute, by('another'))).toEqual([]);
  });

  it('is locked out by many, at the higher number and not one before', async () => {
    for (const certificate of ['a', 'b', 'c', 'd']) await refuse(at, 2, by(certificate));
    expect(await enter(at, by('another'))).toEqual([]);
    await refuse(at, 1, by('e'));
    expect(await enter(at, by('another'))).toEqual(['locked_out', 600, 'this-organisation']);
    expect(await enter(at, { ...by('another'), subject: 'ogrn:1037700013020' })).toEqual([]);
    expect(await enter(at + 10 * minute, by('another'))).toEqual([]);
  });
});

describe('what a process remembers', () => {
  it('refuses early from the counted refusal on, until the time is over', async () => {
    await refuse(at, 3);
    expect(() => outs.expectOpen(key, at)).not.toThrow();
    await outs.refused(key, at);
    expect(() => outs.expectOpen(key, at + 10 * minute - 1)).toThrow(
      expect.objectContaining({ code: 'locked_out', details: { holder: 'this-certificate', retryAfter: 1 } }),
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
  expect(await rows()).toBe(2);
  await temporary.database.write({ statements: [forgetLockOuts(at + day + 1)] });
  expect(await rows()).toBe(0);
});
