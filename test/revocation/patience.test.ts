import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currentAlgorithms } from '../../src/algorithm/policy.ts';
import { Budget } from '../../src/budget/budget.ts';
import { Patience } from '../../src/revocation/check/patience.ts';
import { checkRevocation } from '../../src/revocation/check.ts';
import { strictPolicy } from '../../src/revocation/policy.ts';
import { makeSetting, makeSources, type Setting } from './setting.ts';

describe('the patience of a sign-in', () => {
  it('is shared: what one waited is gone for the others', () => {
    let now = 1_000;
    const patience = new Patience(8_000, () => now);
    expect(patience.left()).toBe(8_000);
    expect(patience.left(3_000)).toBe(3_000);
    now += 6_000;
    expect(patience.left()).toBe(2_000);
    expect(patience.grant(4_000)).toBe(2_000);
  });

  it('leaves a moment to a few places when it is used up, and to none after them', () => {
    let now = 0;
    const patience = new Patience(1_000, () => now);
    expect(patience.grant(10)).toBe(250);
    now += 5_000;
    const granted = Array.from({ length: 12 }, () => patience.grant(500));
    expect(granted).toEqual([...Array<number>(8).fill(250), ...Array<undefined>(4).fill(undefined)]);
  });
});

describe('the paths of one sign-in', () => {
  let setting: Setting;
  beforeAll(async () => {
    setting = await makeSetting();
    for (const path of ['/a.crl', '/root.crl', '/ocsp']) setting.host.on(path, () => undefined);
  });
  afterAll(() => setting.host.stop());

  it('ask nobody any more once a host that never answers has used up what they share', async () => {
    const sources = makeSources();
    let now = 0;
    const patience = new Patience(300, () => now);
    const ask = () =>
      checkRevocation({
        path: setting.house.path(setting.person),
        sources,
        policy: { ...strictPolicy, order: ['ocsp'] },
        budget: new Budget(),
        patience,
        at: setting.at,
        algorithms: currentAlgorithms,
      });
    const unavailable = expect.objectContaining({ code: 'revocation_unavailable' });
    await expect(ask()).rejects.toThrow(unavailable);
    now += 1_000;
    for (let late = 0; late < 8; late++) patience.grant(0);
    const { length } = setting.host.asked;
    await expect(ask()).rejects.toThrow(unavailable);
    expect(setting.host.asked.length).toBe(length);
    await sources.fetcher.close();
  });
});
