import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IssuedCertificate, Issuer } from '../../src/authority/issuer.ts';
import { givenName } from '../../src/power-of-attorney/name.ts';
import { findPower } from '../../src/power-of-attorney/store.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import { employee, head, memberOf, organisation, signInPower } from '../authorisation/setting.ts';
import { makePower } from '../authority/power-of-attorney.ts';
import type { LoginBody, Portal, TestService } from '../service/portal.ts';
import { signInWith } from '../service/whole.ts';
import { day, endOf, hour, patiently, Rivals, validate } from './authorities.ts';

let rivals: Rivals;
let service: TestService;
let portal: Portal;

beforeEach(async () => {
  rivals = await Rivals.create();
  service = await rivals.start({ interval: 0 });
  portal = await service.portal({
    policy: policySchema.parse({ acceptedPowers: [signInPower], allowDelegation: true }),
  });
});

afterEach(async () => {
  await service.dispose();
  await rivals.close();
});

async function signIn(signer: IssuedCertificate): Promise<LoginBody> {
  const { status, body } = await rivals.signIn(portal, signer);
  expect([status, body.code]).toEqual([200, undefined]);
  return body;
}

/** An indirect list of `issuer` that names certificates of the honest authority. */
function indirectList(issuer: Issuer, serialNumbers: readonly string[]): Promise<Uint8Array> {
  return issuer.makeCrl({
    scope: { isIndirect: true },
    thisUpdate: rivals.now() - hour,
    nextUpdate: rivals.now() + 300 * day,
    entries: serialNumbers.map((serialNumber) => ({
      serialNumber: Buffer.from(serialNumber, 'hex'),
      at: rivals.now() - hour,
      reason: 'keyCompromise',
      certificateIssuer: rivals.honest.accredited.name,
    })),
  });
}

/** Has the list of `issuer` verified: one of its certificates is found good by it. */
async function putForward(issuer: Issuer): Promise<void> {
  expect(await validate(portal, await rivals.issue(issuer))).toBe('TOTAL-PASSED');
}

/** A session that the honest authority's next list ends, so that it is seen when the service has looked at lists. */
async function watermark(): Promise<() => Promise<void>> {
  const { honest } = rivals;
  const signer = await rivals.issue(honest.accredited);
  const session = await signIn(signer);
  return async () => {
    honest.revoke(signer.serialNumber);
    await expect.poll(() => endOf(service, session), patiently).toBe('certificate-revoked');
  };
}

describe('an indirect list of an authority that names certificates of another', () => {
  it('ends no session of them, while the list of their own authority does', async () => {
    const { honest, hostile } = rivals;
    const [victim, other] = [await rivals.issue(honest.accredited), await rivals.issue(honest.accredited)];
    const session = await signIn(victim);
    const stays = await signIn(other);
    const looked = await watermark();
    const list = await indirectList(hostile.accredited, [victim.serialNumber]);
    rivals.answering = (path) => (path === '/crl/accredited.crl' ? list : undefined);
    await putForward(hostile.accredited);
    await looked();
    expect(await endOf(service, session)).toBeUndefined();
    await signIn(victim);

    honest.revoke(victim.serialNumber, 'keyCompromise');
    await expect.poll(() => endOf(service, session), patiently).toBe('certificate-revoked');
    expect(await endOf(service, stays)).toBeUndefined();
  });

  it('ends none under the same trust anchor either', async () => {
    const { honest } = rivals;
    const neighbour = await honest.createSubordinate({
      slug: 'neighbour',
      notBefore: rivals.now() - 100 * day,
    });
    const victim = await rivals.issue(honest.accredited);
    const session = await signIn(victim);
    const looked = await watermark();
    const list = await indirectList(neighbour, [victim.serialNumber]);
    neighbour.currentCrl = async () => list;
    await putForward(neighbour);
    await looked();
    expect(await endOf(service, session)).toBeUndefined();
    await signIn(victim);
  });

  it('withdraws no power of attorney that one of them has signed, while the list of their own authority does', async () => {
    const { honest, hostile, now } = rivals;
    const headOfIt = await honest.issue({
      subscriber: memberOf(organisation, head),
      notBefore: now() - day,
    });
    const dayOf = (at: number) => new Date(at + 3 * hour).toISOString().slice(0, 10);
    const power = await makePower(
      {
        ...{ from: dayOf(now() - day), until: dayOf(now() + 300 * day), principal: organisation, head },
        ...{ representatives: [employee], powers: [signInPower] },
      },
      headOfIt,
      now(),
    );
    const representative = await honest.issue({
      subscriber: { kind: 'natural-person', person: employee },
      notBefore: now() - day,
    });
    const enter = () => signInWith(portal, representative, now(), power);
    const { body: session } = await enter();
    expect(session.code).toBeUndefined();
    const isWithdrawn = async () =>
      (await findPower(service.service.database, givenName(`ogrn:${organisation.ogrn}`, power.number)))
        ?.withdrawnAt !== undefined;
    const looked = await watermark();

    const list = await indirectList(hostile.accredited, [headOfIt.serialNumber]);
    rivals.answering = (path) => (path === '/crl/accredited.crl' ? list : undefined);
    await putForward(hostile.accredited);
    await looked();
    expect([await isWithdrawn(), await endOf(service, session)]).toEqual([false, undefined]);
    expect((await enter()).status).toBe(200);

    honest.revoke(headOfIt.serialNumber);
    await expect.poll(isWithdrawn, patiently).toBe(true);
    expect(await endOf(service, session)).toBe('certificate-revoked');
  });
});
