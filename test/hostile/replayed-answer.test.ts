import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nonceOf } from '../revocation/host.ts';
import { type AnswerOrder, hour, makeAnswer } from '../revocation/maker.ts';
import { check, makeSetting, makeSources, personSerial, type Setting } from '../revocation/setting.ts';

let setting: Setting;

beforeEach(async () => {
  setting = await makeSetting();
  setting.host.behaviours.delete('/a.crl');
});

afterEach(() => setting.host.stop());

/** Only what the responder says counts. */
const policy = { order: ['ocsp', 'crl'] } as const;

function answer(order: Partial<AnswerOrder>): Uint8Array {
  const { house, at } = setting;
  const usual = { responder: house.authority, issuer: house.authority, serial: personSerial };
  return makeAnswer({ ...usual, thisUpdate: at, nextUpdate: at + 7 * 24 * hour, ...order });
}

/** Somebody on the way gives an answer that the responder made earlier, to whatever is asked. */
function replay(kept: Uint8Array): void {
  setting.host.serve('/ocsp', () => kept);
}

describe('an older good answer of the responder, in its term, from before a revocation', () => {
  it('without a nonce is not taken for an answer to our request, while a new one without a nonce is', async () => {
    const { at } = setting;
    replay(answer({ thisUpdate: at - 3 * hour, producedAt: at - 3 * hour }));
    await expect(check(setting, makeSources(), policy)).rejects.toMatchObject({
      code: 'revocation_unavailable',
      details: { problems: expect.arrayContaining([expect.objectContaining({ problem: 'nonce-missing' })]) },
    });
    replay(answer({ thisUpdate: at - 3 * hour, producedAt: at - 60_000 }));
    await check(setting, makeSources(), policy);
  });

  it('with the nonce of another request is not either, while one that repeats ours is, however old its news', async () => {
    const { at, host } = setting;
    replay(answer({ nonce: Buffer.alloc(32, 7) }));
    await expect(check(setting, makeSources(), policy)).rejects.toMatchObject({
      code: 'revocation_unavailable',
      details: { problems: expect.arrayContaining([expect.objectContaining({ problem: 'nonce-wrong' })]) },
    });
    const old = { thisUpdate: at - 3 * hour, producedAt: at - 3 * hour };
    host.on('/ocsp', (_, response, body) => response.end(answer({ ...old, nonce: nonceOf(body) })));
    await check(setting, makeSources(), policy);
  });

  it('that was taken here once is asked about again after an hour, and counts then only where nobody answers', async () => {
    const { at, host } = setting;
    host.on('/ocsp', (_, response, body) => response.end(answer({ nonce: nonceOf(body) })));
    const sources = makeSources();
    await check(setting, sources, policy);
    const revoked = { status: { revokedAt: at, reason: 1 }, thisUpdate: at + 2 * hour };
    host.on('/ocsp', (_, response, body) => response.end(answer({ ...revoked, nonce: nonceOf(body) })));
    await check(setting, sources, policy, at + hour / 2);
    host.behaviours.delete('/ocsp');
    await check(setting, sources, policy, at + 2 * hour);
    host.on('/ocsp', (_, response, body) => response.end(answer({ ...revoked, nonce: nonceOf(body) })));
    await expect(check(setting, sources, policy, at + 2 * hour)).rejects.toMatchObject({
      code: 'certificate_revoked',
    });
  });
});
