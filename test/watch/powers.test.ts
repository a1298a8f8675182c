import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { Person } from '../../src/authority/subscriber.ts';
import { givenName, handingOn } from '../../src/power-of-attorney/name.ts';
import { findPower } from '../../src/power-of-attorney/store.ts';
import { type Policy, policySchema } from '../../src/relying-party/registration.ts';
import { endSession, findSession } from '../../src/session/session.ts';
import {
  type Answer,
  colleague,
  employee,
  head,
  memberOf,
  organisation,
  signInPower,
} from '../authorisation/setting.ts';
import { makePower, type PowerOrder, type SignedPower } from '../authority/power-of-attorney.ts';
import { browser, origin, type Portal, type TestService } from '../service/portal.ts';
import { startWhole } from '../service/whole.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const subject = `ogrn:${organisation.ogrn}`;
/** Long enough for a machine that is busy with other tests. */
const patiently = { timeout: 10_000, interval: 20 };

let moved = 0;
const now = () => Date.now() + moved;
let authority: Authority;
let service: TestService;
let portal: Portal;

beforeEach(async () => {
  moved = 0;
  authority = await createAuthority({ serve: {}, now, at: now() - 400 * day });
});
afterEach(async () => {
  await service.dispose();
  await authority.close();
});

async function start(interval: number, policy: Partial<Policy> = {}): Promise<void> {
  service = await startWhole({ authority, now, renewal: { interval } });
  portal = await service.portal({
    policy: policySchema.parse({ acceptedPowers: [signInPower], allowDelegation: true, ...policy }),
  });
}

const headed = (person: Person, notAfter = now() + 100 * day) =>
  authority.issue({ subscriber: memberOf(organisation, person), notBefore: now() - day, notAfter });
const natural = (person: Person) =>
  authority.issue({ subscriber: { kind: 'natural-person', person }, notBefore: now() - day });
const dayOf = (at: number) => new Date(at + 3 * 60 * minute).toISOString().slice(0, 10);

function give(signer: IssuedCertificate, changes: Partial<PowerOrder> = {}): Promise<SignedPower> {
  const order = {
    ...{ from: dayOf(now() - day), until: dayOf(now() + 300 * day), principal: organisation, head },
    ...{ representatives: [employee], powers: [signInPower], ...changes },
  };
  return makePower(order, signer, now());
}

async function enter(signer: IssuedCertificate, power?: SignedPower) {
  const { challenge, content } = await portal.challenge();
  const signature = await signDetached(Buffer.from(content, 'base64'), signer, now());
  const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
  const attached = power && { document: base64(power.document), signature: base64(power.signature) };
  return portal.post<Answer>('/v1/logins', {
    ...{ challenge, signature: base64(signature), origin, browser },
    ...(attached ? { powerOfAttorney: attached } : {}),
  });
}

async function session(signer: IssuedCertificate, power?: SignedPower): Promise<string> {
  const { status, body } = await enter(signer, power);
  expect([status, body.code]).toEqual([200, undefined]);
  return body.sessionId;
}

const endOf = async (id: string) => (await findSession(service.service.database, id))?.endReason;
const isWithdrawn = async ({ number }: SignedPower, first?: SignedPower) => {
  const name = givenName(subject, number);
  const kept = await findPower(
    service.service.database,
    first === undefined ? name : { ...name, giver: handingOn(first.number) },
  );
  if (kept === undefined) throw new Error('the power is not kept');
  return kept.withdrawnAt !== undefined;
};

async function audit(event: string): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(service.service.database)) records.push(JSON.parse(record));
  return records.filter((record) => record.event === event);
}

describe('a list that names the certificate of a power’s signer', () => {
  it('ends the representative’s session and withdraws the power, and leaves powers of other heads', async () => {
    await start(0);
    const [signer, other] = [await headed(head), await headed(colleague)];
    const [power, stays] = [await give(signer), await give(other, { head: colleague })];
    const representative = await natural(employee);
    const [ended, open] = [await session(representative, power), await session(representative, stays)];

    authority.revoke(signer.serialNumber, 'keyCompromise');
    await expect.poll(() => isWithdrawn(power), patiently).toBe(true);
    expect(await endOf(ended)).toBe('certificate-revoked');
    expect(await audit('session.ended')).toMatchObject([
      {
        session: ended,
        subject,
        details: {
          reason: 'certificate-revoked',
          revocation: 'keyCompromise',
          serialNumber: signer.serialNumber,
        },
      },
    ]);
    expect(await audit('power.withdrawn')).toMatchObject([
      { subject, details: { number: power.number, by: 'revocation', serialNumber: signer.serialNumber } },
    ]);
    expect((await enter(representative, power)).body.code).toBe('power_of_attorney_withdrawn');
    expect([await endOf(open), await isWithdrawn(stays)]).toEqual([undefined, false]);
    await session(representative, stays);
  });

  it('withdraws the power though nobody is signed in, so that it does not come back after the certificate’s term', async () => {
    await start(0);
    const signer = await headed(head);
    const power = await give(signer);
    const representative = await natural(employee);
    const id = await session(representative, power);
    await service.service.database.write({ statements: [endSession(id, 'logged-out', now())] });
    authority.revoke(signer.serialNumber);
    await expect.poll(() => isWithdrawn(power), patiently).toBe(true);
  });

  it('ends sessions by powers that were handed on from it', async () => {
    await start(0);
    const signer = await headed(head);
    const first = await give(signer, { delegation: '2' });
    const middle = await natural(employee);
    const own = await session(middle, first);
    const second = await give(middle, {
      handedOn: { first: first.number, giver: employee },
      representatives: [colleague],
    });
    const handedOn = await session(await natural(colleague), second);
    authority.revoke(signer.serialNumber);
    await expect.poll(() => isWithdrawn(second, first), patiently).toBe(true);
    expect([await endOf(own), await endOf(handedOn)]).toEqual(['certificate-revoked', 'certificate-revoked']);
  });

  it('as held ends the session and refuses the power, and withdraws nothing', async () => {
    await start(0);
    const signer = await headed(head);
    const power = await give(signer);
    const representative = await natural(employee);
    const id = await session(representative, power);
    authority.revoke(signer.serialNumber, 'certificateHold');
    await expect.poll(() => endOf(id), patiently).toBe('certificate-revoked');
    const { body } = await enter(representative, power);
    expect(body.code).toBe('power_of_attorney_invalid');
    expect(body.detail).toContain('certificate_revoked');
    expect(await isWithdrawn(power)).toBe(false);
  });
});

describe('a responder that names the certificate of a power’s signer', () => {
  const revocation = policySchema.parse({ revocation: { order: ['ocsp', 'crl'] } }).revocation;

  it('ends the session once it is asked again, withdraws the power, and leaves the head’s own other sessions', async () => {
    await start(day, { revocation });
    const [signer, other] = [await headed(head), await headed(head)];
    const power = await give(signer);
    const representative = await natural(employee);
    const [ended, stays] = [await session(representative, power), await session(other)];
    authority.revoke(signer.serialNumber, 'superseded');
    moved += 61 * minute;
    await expect.poll(() => isWithdrawn(power), patiently).toBe(true);
    expect(await endOf(ended)).toBe('certificate-revoked');
    expect(await endOf(stays)).toBeUndefined();
  });
});

describe('a power that lies ready', () => {
  it('is refused once its signer’s certificate is found revoked at a sign-in, and for good', async () => {
    await start(day);
    const signer = await headed(head, now() + 30 * day);
    const power = await give(signer);
    const representative = await natural(employee);
    const id = await session(representative, power);
    await service.service.database.write({ statements: [endSession(id, 'logged-out', now())] });
    authority.revoke(signer.serialNumber);
    // The list that is held is over by then, and the sign-in itself fetches the new one.
    moved += 20 * day;
    const { body } = await enter(representative);
    expect(['power_of_attorney_invalid', 'power_of_attorney_withdrawn']).toContain(body.code);
    await expect.poll(() => isWithdrawn(power), patiently).toBe(true);
    moved += 20 * day;
    expect((await enter(representative)).body.code).toBe('power_of_attorney_withdrawn');
  });

  it('still lets in after its signer’s certificate has ended unrevoked', async () => {
    await start(day);
    const power = await give(await headed(head, now() + 30 * day));
    const representative = await natural(employee);
    await session(representative, power);
    moved += 40 * day;
    await session(representative);
  });
});
