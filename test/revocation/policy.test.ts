import { createHash } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { Checks } from '../../src/report/check.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import { revocationClaim } from '../../src/revocation/evidence.ts';
import { strictFreshness } from '../../src/revocation/freshness.ts';
import { measureSources, revocationObserver } from '../../src/revocation/metrics.ts';
import { checkedPolicy, longestBreakGlass, longestGrace, strictPolicy } from '../../src/revocation/policy.ts';
import { policyOf, revocationSettings } from '../../src/revocation/policy-settings.ts';
import { nonceOf } from './host.ts';
import { type AnswerOrder, hour, makeAnswer } from './maker.ts';
import { check, makeSetting, makeSources, notingObserver, personSerial, type Setting } from './setting.ts';

let setting: Setting;

beforeEach(async () => {
  setting = await makeSetting();
});

afterEach(() => setting.host.stop());

function answerWith(order: Partial<AnswerOrder> = {}): void {
  const { host, house, at } = setting;
  host.on('/ocsp', (_, response, body) => {
    const { authority } = house;
    const usual = { responder: authority, issuer: authority, serial: personSerial, nonce: nonceOf(body) };
    response.end(makeAnswer({ ...usual, thisUpdate: at - hour, nextUpdate: at + hour, ...order }));
  });
}

const withGrace = (grace: number) => ({ freshness: { ...strictFreshness, grace } });

describe('the grace window', () => {
  it('lets an old list pass where the network brings nothing newer, and the claim says so', async () => {
    setting.publish(1, [], { nextUpdate: setting.at + hour });
    const sources = makeSources();
    await check(setting, sources);
    setting.host.behaviours.delete('/a.crl');
    const later = setting.at + 2 * hour;
    await expect(check(setting, sources, {}, later)).rejects.toMatchObject({ code: 'revocation_stale' });
    const { evidence } = await check(setting, sources, withGrace(2 * hour), later);
    expect(revocationClaim(evidence, later)).toMatchObject({ source: 'crl', age: 3 * 3600, grace: true });
    await expect(check(setting, sources, withGrace(hour / 2), later)).rejects.toMatchObject({
      code: 'revocation_stale',
    });
  });

  it('is not used while a fresh list can be had', async () => {
    setting.publish(1, [], { nextUpdate: setting.at + hour });
    const sources = makeSources();
    await check(setting, sources);
    setting.publish(2);
    const later = setting.at + 2 * hour;
    const { evidence } = await check(setting, sources, withGrace(3 * hour), later);
    expect(revocationClaim(evidence, later).grace).toBe(false);
  });

  it('never lets a revoked certificate pass', async () => {
    setting.publish(1, [personSerial], { nextUpdate: setting.at - hour });
    await expect(check(setting, makeSources(), withGrace(2 * hour))).rejects.toMatchObject({
      code: 'certificate_revoked',
    });
  });
});

describe('break-glass', () => {
  const decision = () => ({
    reason: 'the authority is down',
    operator: 'duty officer',
    from: setting.at - hour,
    until: setting.at + hour,
  });

  it('lets pass what cannot be checked, with reason, operator and end in the claim and the report', async () => {
    setting.host.behaviours.clear();
    const breakGlass = decision();
    const report = new Checks();
    const { evidence } = await checkRevocation({
      path: setting.house.path(setting.person),
      sources: makeSources(),
      policy: { ...strictPolicy, breakGlass },
      budget: new Budget(),
      at: setting.at,
      algorithms: currentAlgorithms,
      report,
    });
    expect(revocationClaim(evidence, setting.at)).toEqual({
      source: 'break-glass',
      grace: true,
      breakGlass: {
        reason: breakGlass.reason,
        operator: breakGlass.operator,
        until: new Date(breakGlass.until).toISOString(),
      },
    });
    expect(report.list.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['revocation.break-glass', 'warning'],
      ['revocation.break-glass', 'warning'],
    ]);
  });

  it('never lets a revoked certificate pass', async () => {
    setting.publish(1, [personSerial]);
    await expect(check(setting, makeSources(), { breakGlass: decision() })).rejects.toMatchObject({
      code: 'certificate_revoked',
    });
  });

  it('ends by itself', async () => {
    setting.host.behaviours.clear();
    const breakGlass = { ...decision(), until: setting.at };
    await expect(check(setting, makeSources(), { breakGlass })).rejects.toMatchObject({
      code: 'revocation_unavailable',
    });
  });
});

describe('a policy is refused', () => {
  const breakGlass = { reason: 'r', operator: 'o', from: 0, until: 1 };
  it.each([
    ['without sources', { order: [] }],
    ['with a source named twice', { order: ['crl', 'crl'] as const }],
    ['with a grace window beyond the bound', withGrace(longestGrace + 1)],
    ['with a negative grace window', withGrace(-1)],
    ['with a break-glass decision without reason', { breakGlass: { ...breakGlass, reason: ' ' } }],
    ['with a break-glass decision without operator', { breakGlass: { ...breakGlass, operator: '' } }],
    [
      'with a break-glass decision that lasts too long',
      { breakGlass: { ...breakGlass, until: longestBreakGlass + 1 } },
    ],
  ])('%s', (_, change) => {
    expect(() => checkedPolicy({ ...strictPolicy, ...change })).toThrow(RangeError);
  });

  it('and accepted otherwise', () => {
    expect(checkedPolicy({ ...strictPolicy, breakGlass })).toMatchObject({ breakGlass });
  });
});

describe('the settings of a relying party', () => {
  it('left out make the strict policy', () => {
    expect(policyOf(revocationSettings.parse({}))).toEqual({ ...strictPolicy, breakGlass: undefined });
  });

  it('stay the same when they are kept and read again', () => {
    const breakGlass = {
      reason: 'r',
      operator: 'o',
      from: '2026-06-01T00:00:00Z',
      until: '2026-06-01T01:00:00Z',
    };
    const settings = policySchema.parse({ revocation: { breakGlass, graceMinutes: 5 } });
    expect(policySchema.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  });

  it('say what is weakened, for how long', () => {
    const breakGlass = {
      reason: 'the authority is down',
      operator: 'duty officer',
      from: '2026-06-01T00:00:00Z',
      until: '2026-06-01T06:00:00+03:00',
    };
    const settings = revocationSettings.parse({
      order: ['ocsp'],
      graceMinutes: 90,
      maximumAgeMinutes: 60,
      breakGlass,
    });
    expect(policyOf(settings)).toMatchObject({
      order: ['ocsp'],
      freshness: { grace: 1.5 * hour, maximumAge: hour },
      breakGlass: { from: Date.UTC(2026, 5, 1), until: Date.UTC(2026, 5, 1, 3) },
    });
  });

  it.each([
    { order: [] },
    { order: ['crl', 'crl'] },
    { order: ['ldap'] },
    { graceMinutes: 100_000 },
    { graceMinutes: -1 },
    { ignoreRevocation: true },
    { breakGlass: { reason: 'r', operator: 'o', from: 'now', until: 'later' } },
    {
      breakGlass: { reason: ' ', operator: 'o', from: '2026-06-01T00:00:00Z', until: '2026-06-01T01:00:00Z' },
    },
    {
      breakGlass: { reason: 'r', operator: 'o', from: '2026-06-01T00:00:00Z', until: '2026-06-03T00:00:00Z' },
    },
    { patienceSeconds: 5, preferredPatienceSeconds: 6 },
  ])('refuse %j', (settings) => {
    expect(revocationSettings.safeParse(settings).success).toBe(false);
  });
});

describe('sources', () => {
  it('are asked in the order of the policy, the next only where one brings nothing', async () => {
    answerWith();
    await check(setting, makeSources(), { order: ['ocsp', 'crl'] });
    expect(setting.host.asked.filter((path) => path === '/a.crl')).toEqual([]);
    setting.host.asked.length = 0;
    setting.host.behaviours.delete('/ocsp');
    const { evidence } = await check(setting, makeSources(), { order: ['ocsp', 'crl'] });
    expect(evidence[0]).toMatchObject({ source: 'crl' });
    expect(setting.host.asked).toContain('/ocsp');
  });

  it('that the policy does not name are neither asked nor believed', async () => {
    answerWith();
    await expect(check(setting, makeSources(), { order: ['ocsp'] })).rejects.toMatchObject({
      code: 'revocation_unavailable',
    });
    expect(setting.host.asked).not.toContain('/a.crl');
  });

  it('of which one says revoked: that counts, whatever the other says', async () => {
    const sources = makeSources();
    await check(setting, sources);
    answerWith({ status: { revokedAt: setting.at - hour, reason: 1 } });
    const order = ['ocsp', 'crl'] as const;
    await expect(check(setting, sources, { order })).resolves.toBeDefined();
    await expect(check(setting, sources, { order, preferredPatience: 500 })).rejects.toMatchObject({
      code: 'certificate_revoked',
    });
    await expect(check(setting, sources, { order: ['crl', 'ocsp'] })).rejects.toMatchObject({
      code: 'certificate_revoked',
    });
  });

  it('that the policy prefers but that are silent keep nobody out who has a fresh list', async () => {
    const sources = makeSources();
    await check(setting, sources);
    setting.host.on('/ocsp', () => undefined);
    const { evidence } = await check(setting, sources, { order: ['ocsp', 'crl'], preferredPatience: 100 });
    expect(evidence[0]).toMatchObject({ source: 'crl', isInGrace: false });
  });

  it('that are dead do not touch logins with fresh lists: nothing is asked', async () => {
    const observer = notingObserver();
    const sources = makeSources({ observer });
    await check(setting, sources);
    await setting.host.stop();
    const asked = setting.host.asked.length;
    for (let login = 0; login < 100; login++) await check(setting, sources);
    expect(setting.host.asked).toHaveLength(asked);
    expect(observer.settlements.slice(2)).toEqual(Array(200).fill('held'));
  });

  it('are reported one row each: which said what, and when', async () => {
    const report = new Checks();
    const { house, person, at } = setting;
    await checkRevocation({
      path: house.path(person),
      sources: makeSources(),
      policy: strictPolicy,
      budget: new Budget(),
      at,
      algorithms: currentAlgorithms,
      report,
    });
    expect(report.list.map(({ name, outcome, subject }) => [name, outcome, String(subject)])).toEqual([
      ['revocation.crl', 'passed', 'CN=Person'],
      ['revocation.crl', 'passed', 'CN=Test Authority'],
    ]);
    expect(report.list[0]?.details).toMatchObject({ origin: setting.host.url('/a.crl') });
  });
});

describe('metrics', () => {
  it('tell ages, hits and failures by host', async () => {
    const registry = new Registry();
    const sources = makeSources({ observer: revocationObserver(registry) });
    measureSources(registry, sources, () => setting.at);
    await check(setting, sources);
    await check(setting, sources);
    await sources.fetcher
      .fetch({
        url: setting.host.url('/none'),
        requester: 'authority',
        hosts: new Set(),
        largest: 1,
        timeout: 1000,
      })
      .catch(() => undefined);
    const text = await registry.metrics();
    const key = createHash('sha256').update(setting.house.authority.spki).digest('hex').slice(0, 16);
    const labels = `list="${setting.host.url('/a.crl')}",key="${key}"`;
    expect(text).toContain(`sealgate_revocation_list_age_seconds{${labels}} 3600`);
    expect(text).toContain('sealgate_revocation_checks_total{settlement="fetched"} 2');
    expect(text).toContain('sealgate_revocation_checks_total{settlement="held"} 2');
    const host = `127.0.0.1:${setting.host.port}`;
    expect(text).toContain(`sealgate_revocation_requests_total{host="${host}",outcome="fetched"} 2`);
    expect(text).toContain(`sealgate_revocation_requests_total{host="${host}",outcome="http-status"} 1`);
  });
});
