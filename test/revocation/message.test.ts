import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { atOnce } from '../../src/budget/slices.ts';
import { Checks } from '../../src/report/check.ts';
import type { CurrentPath } from '../../src/revocation/check.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import { provenTime, revocationClaim } from '../../src/revocation/evidence.ts';
import { strictFreshness } from '../../src/revocation/freshness.ts';
import { readValues } from '../../src/revocation/message-values.ts';
import { type RevocationPolicy, strictPolicy } from '../../src/revocation/policy.ts';
import { policyOf, revocationSettings } from '../../src/revocation/policy-settings.ts';
import type { RevocationSources } from '../../src/revocation/sources.ts';
import { pathToWatch } from '../../src/watch/watched-path.ts';
import { nonceOf } from './host.ts';
import { type AnswerOrder, day, hour, makeAnswer, makeList, makeSigner } from './maker.ts';
import { check, makeSetting, makeSources, notingObserver, personSerial, type Setting } from './setting.ts';

let setting: Setting;
let observer: ReturnType<typeof notingObserver>;
let sources: RevocationSources;
beforeEach(async () => {
  setting = await makeSetting();
  observer = notingObserver();
  sources = makeSources({ observer });
});
afterEach(() => setting.host.stop());

const term = () => ({ thisUpdate: setting.at - 2 * hour, nextUpdate: setting.at + day });

/** The list of the authority from before anything was revoked, still in its term. */
const oldList = (number?: number) =>
  makeList({ issuer: setting.house.authority, ...term(), ...(number === undefined ? {} : { number }) });
const rootList = () => makeList({ issuer: setting.house.root, ...term() });
const revokingList = () =>
  makeList({
    issuer: setting.house.authority,
    ...term(),
    entries: [{ serial: personSerial, revokedAt: setting.at - 3 * hour, reason: 1 }],
  });

function answer(order: Partial<AnswerOrder> = {}): Uint8Array {
  const { authority } = setting.house;
  return makeAnswer({ responder: authority, issuer: authority, serial: personSerial, ...term(), ...order });
}

/** What the responder says from now on; it repeats the nonce. */
function respond(order: Partial<AnswerOrder>): void {
  setting.host.on(
    '/ocsp',
    (_, response, body) => void response.end(answer({ nonce: nonceOf(body), ...order })),
  );
}

interface Brought {
  readonly lists?: readonly Uint8Array[];
  readonly answers?: readonly Uint8Array[];
}

function attempt(
  { lists = [], answers = [] }: Brought,
  policy: Partial<RevocationPolicy> = {},
  report?: Checks,
): Promise<CurrentPath> {
  const budget = new Budget();
  return checkRevocation({
    path: setting.house.path(setting.person),
    sources,
    policy: { ...strictPolicy, patience: 2_000, ...policy },
    budget,
    at: setting.at,
    algorithms: currentAlgorithms,
    message: atOnce(readValues({ lists, answers }, budget)),
    report,
  });
}

const lastResort = { messageValues: 'last-resort' } as const;
const revoked = { code: 'certificate_revoked' };
const undetermined = { code: 'revocation_undetermined' };
const origins = ({ evidence }: CurrentPath) =>
  evidence.map((each) => (each.source === 'break-glass' ? each.source : each.origin));

describe('a revoked certificate whose signer brings evidence from before', () => {
  const all = () => ({ lists: [rootList(), oldList()], answers: [answer()] });
  it.each([
    ['by the usual policy', {}],
    ['where the policy takes it as a last resort', lastResort],
    ['where OCSP answers need a nonce', { requiresNonce: true }],
    ['where only responders are asked', { order: ['ocsp'] as const, ...lastResort }],
  ])('is refused %s, because the service asks', async (_, policy) => {
    setting.publish(2, [personSerial]);
    respond({ status: { revokedAt: setting.at - hour, reason: 1 } });
    await expect(attempt(all(), policy)).rejects.toMatchObject(revoked);
    expect(setting.host.asked.length).toBeGreaterThan(0);
  });

  it('is let in where it is not revoked: the service’s own sources settle it, and nothing is told of the message', async () => {
    const current = await attempt({ lists: [oldList()], answers: [answer()] });
    expect(origins(current)).toEqual([setting.host.url('/a.crl'), setting.host.url('/root.crl')]);
    expect(revocationClaim(current.evidence, setting.at)).not.toHaveProperty('fromMessage');
    expect(observer.settlements).toEqual(['fetched', 'fetched']);
  });
});

describe('where nobody can be asked', () => {
  beforeEach(() => setting.host.behaviours.clear());

  it('what the message brings settles nothing by the usual policy', async () => {
    const brought = { lists: [rootList(), oldList()], answers: [answer()] };
    await expect(attempt(brought)).rejects.toMatchObject(undetermined);
    await expect(attempt(brought, policyOf(revocationSettings.parse({})))).rejects.toMatchObject(
      undetermined,
    );
  });

  it('it is taken where the policy takes it, after asking; claim, report and metrics say so', async () => {
    const report = new Checks();
    const policy = policyOf(revocationSettings.parse({ acceptMessageValues: true }));
    const current = await attempt({ lists: [rootList(), oldList()] }, policy, report);
    expect(setting.host.asked).toEqual(expect.arrayContaining(['/a.crl', '/ocsp', '/root.crl']));
    expect(origins(current)).toEqual(['message', 'message']);
    expect(revocationClaim(current.evidence, setting.at)).toEqual({
      source: 'crl',
      thisUpdate: new Date(setting.at - 2 * hour).toISOString(),
      age: 2 * 3600,
      grace: false,
      fromMessage: true,
    });
    expect(report.list.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['revocation.crl', 'warning'],
      ['revocation.crl', 'warning'],
    ]);
    expect(report.list[0]?.details).toMatchObject({ origin: 'message', fromMessage: true });
    expect(observer.settlements).toEqual(['message', 'message']);
  });

  it('a session that rests on it is asked about again within five minutes', async () => {
    const current = await attempt({ lists: [rootList(), oldList()] }, lastResort);
    expect(pathToWatch(current, false, setting.at)).toMatchObject({
      isAsked: true,
      dueAt: setting.at + 5 * 60_000,
    });
  });

  it('it is judged like any other: a foreign list, rubbish and one past its term are not taken', async () => {
    const { house, at } = setting;
    expect((await attempt({ lists: [rootList()], answers: [answer()] }, lastResort)).evidence[0].source).toBe(
      'ocsp',
    );
    const foreign = makeList({ issuer: { ...house.authority, key: makeSigner('x').key }, ...term() });
    const over = makeList({ issuer: house.authority, thisUpdate: at - day, nextUpdate: at - 1 });
    for (const list of [foreign, over, Buffer.from('junk')]) {
      await expect(attempt({ lists: [rootList(), list] }, lastResort)).rejects.toMatchObject(undetermined);
    }
  });

  it('an answer to no request of ours is none where a nonce is asked for; a list still is one', async () => {
    const policy = { ...lastResort, requiresNonce: true };
    const withNonce = answer({ nonce: new Uint8Array(32) });
    for (const brought of [answer(), withNonce]) {
      const attempted = attempt({ lists: [rootList()], answers: [brought] }, policy);
      await expect(attempted).rejects.toMatchObject(undetermined);
    }
    await attempt({ lists: [rootList(), oldList()] }, policy);
  });

  it('a list before one that was verified here is not taken', async () => {
    setting.publish(2, [], { thisUpdate: setting.at - hour, nextUpdate: setting.at - 1 });
    const own = { freshness: { ...strictFreshness, grace: hour } };
    setting.host.serve('/root.crl', rootList);
    await check(setting, sources, own);
    await expect(attempt({ lists: [oldList(1)] }, lastResort)).rejects.toMatchObject({
      code: 'revocation_stale',
    });
    await attempt({ lists: [oldList(3)] }, lastResort);
  });

  it('a revocation that was known here counts before it, although that list is past its term', async () => {
    setting.host.serve('/root.crl', rootList);
    setting.publish(2, [personSerial], { thisUpdate: setting.at - 3 * hour, nextUpdate: setting.at - 1 });
    await expect(attempt({}, lastResort)).rejects.toMatchObject({ code: 'revocation_stale' });
    await expect(attempt({ lists: [oldList(3)] }, lastResort)).rejects.toMatchObject(revoked);
  });
});

describe('a responder that answers', () => {
  it('“unknown” is not outvoted by the message, one that is silent is', async () => {
    setting.host.behaviours.delete('/a.crl');
    const brought = { lists: [oldList()] };
    respond({ status: 'unknown' });
    await expect(attempt(brought, lastResort)).rejects.toMatchObject(undetermined);
    setting.host.behaviours.delete('/ocsp');
    await attempt(brought, lastResort);
  });

  it('without the nonce that is asked for is not outvoted either', async () => {
    setting.host.behaviours.delete('/a.crl');
    setting.host.serve('/ocsp', () => answer({ status: { revokedAt: setting.at - hour, reason: 1 } }));
    const policy = { ...lastResort, requiresNonce: true };
    await expect(attempt({ lists: [oldList()] }, policy)).rejects.toMatchObject(undetermined);
  });

  it('once without a nonce does not serve later where one is asked for; one that repeated it does', async () => {
    setting.host.behaviours.delete('/a.crl');
    setting.host.serve('/ocsp', () => answer({ producedAt: setting.at }));
    await attempt({});
    setting.host.behaviours.delete('/ocsp');
    await expect(attempt({}, { requiresNonce: true })).rejects.toMatchObject(undetermined);
    respond({ producedAt: setting.at });
    await attempt({}, { requiresNonce: true });
    setting.host.behaviours.delete('/ocsp');
    await attempt({}, { requiresNonce: true });
  });
});

describe('the message always speaks against its signer', () => {
  it.each([
    ['a list', () => ({ lists: [revokingList()] })],
    ['an answer', () => ({ answers: [answer({ status: { revokedAt: setting.at - hour, reason: 1 } })] })],
  ])('by %s, although the service knows nothing of it', async (_, brought) => {
    setting.publish(1, [], { thisUpdate: setting.at - 4 * hour });
    await expect(attempt(brought())).rejects.toMatchObject({ ...revoked, details: { source: 'message' } });
    await attempt({ lists: [oldList()], answers: [answer()] });
  });

  it('but not by a source that the policy does not name, nor by a list that the service’s own replaces', async () => {
    await attempt(
      { answers: [answer({ status: { revokedAt: setting.at - hour, reason: 1 } })] },
      { order: ['crl'] },
    );
    setting.publish(5, [], { thisUpdate: setting.at - hour });
    await check(setting, sources);
    await attempt({ lists: [revokingList()] });
  });
});

describe('a document that brings the evidence of its own time', () => {
  it('is judged by it like by any other, and the time that it proves is told', async () => {
    setting.host.behaviours.clear();
    const current = await attempt({ lists: [rootList(), oldList()] }, { messageValues: 'equal' });
    expect(provenTime(current.evidence)).toBe(setting.at - 2 * hour);
    expect(revocationClaim(current.evidence, setting.at)).not.toHaveProperty('fromMessage');
    await expect(
      attempt({ lists: [rootList(), revokingList()] }, { messageValues: 'equal' }),
    ).rejects.toMatchObject(revoked);
  });
});
