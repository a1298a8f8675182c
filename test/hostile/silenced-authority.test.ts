import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/authority/issuer.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import type { Portal, TestService } from '../service/portal.ts';
import { day, hour, patiently, Rivals, validate } from './authorities.ts';

/** No responder makes up for a list that is kept away. */
const byLists = policySchema.parse({ revocation: { order: ['crl'] } });

let rivals: Rivals;
/** Bears the honest authority's name; its certificate is of the hostile one. */
let twin: Issuer;
let service: TestService;
let portal: Portal;

beforeEach(async () => {
  rivals = await Rivals.create();
  const { honest, hostile, now } = rivals;
  twin = await hostile.createSubordinate({
    slug: 'twin',
    subject: honest.accredited.name,
    notBefore: now() - 100 * day,
  });
  const list = await twin.makeCrl({
    number: 2 ** 30,
    authorityKey: honest.accredited.authorityKey(),
    thisUpdate: now() - hour,
    nextUpdate: now() + 300 * day,
  });
  rivals.answering = (path) => (path === '/crl/twin.crl' ? list : undefined);
});

afterEach(async () => {
  await service.dispose();
  await rivals.close();
});

/** One of the twin's certificates is looked at, and found good, so that its list has been verified and counts. */
async function putForward(): Promise<void> {
  expect(await validate(portal, await rivals.issue(twin))).toBe('TOTAL-PASSED');
}

const outcome = async (signer: Parameters<Rivals['signIn']>[1]) => {
  const { status, body } = await rivals.signIn(portal, signer);
  return [status, body.code];
};

describe('a list of the honest authority’s name and key identifier, numbered 2^30, of a hostile one', () => {
  it('keeps no later list of the honest one away: whom it revokes does not sign in, and others do', async () => {
    const { honest } = rivals;
    service = await rivals.start();
    portal = await service.portal();
    const [revoked, other] = [await rivals.issue(honest.accredited), await rivals.issue(honest.accredited)];
    expect(await outcome(revoked)).toEqual([200, undefined]);
    await putForward();
    honest.revoke(revoked.serialNumber, 'keyCompromise');
    rivals.moved += 2 * hour;
    await expect.poll(() => outcome(revoked), patiently).toEqual([401, 'certificate_revoked']);
    expect(await outcome(other)).toEqual([200, undefined]);
    // Once the list that was held before the attack is over, nothing but the later one can let anybody in.
    rivals.moved += 10 * day;
    expect(await outcome(revoked)).toEqual([401, 'certificate_revoked']);
    expect(await outcome(other)).toEqual([200, undefined]);
  });

  it('keeps none away after a restart, though it stands in the storage', async () => {
    const { honest } = rivals;
    service = await rivals.start();
    portal = await service.portal({ policy: byLists });
    const [revoked, other] = [await rivals.issue(honest.accredited), await rivals.issue(honest.accredited)];
    expect(await outcome(revoked)).toEqual([200, undefined]);
    await putForward();
    await service.stop();
    honest.revoke(revoked.serialNumber);
    rivals.moved += 2 * hour;
    service = await rivals.start({}, service.folder);
    portal = await service.portal({ id: 'portal-2', policy: byLists });
    await expect.poll(() => outcome(revoked), patiently).toEqual([401, 'certificate_revoked']);
    expect(await outcome(other)).toEqual([200, undefined]);
  });

  it('before the honest authority’s first one is no reason to refuse that', async () => {
    const { honest } = rivals;
    service = await rivals.start();
    portal = await service.portal({ policy: byLists });
    await putForward();
    expect(await outcome(await rivals.issue(honest.accredited))).toEqual([200, undefined]);
  });
});
