import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import {
  colleague,
  employee,
  head,
  memberOf,
  organisation,
  otherOrganisation,
  type Setting,
  signInPower,
  startSetting,
} from '../authorisation/setting.ts';
import type { PowerOrder, SignedPower } from '../authority/power-of-attorney.ts';
import type { Portal } from '../service/portal.ts';

/**
 * A number names a power only together with whoever gave it. Before, a stranger who registered the number of the
 * victim's power made it ambiguous: whoever acted by a power that was handed on from it got 403.
 */

/** The stranger's own head. */
const { person: stranger } = sampleSubscriber('entrepreneur');

let setting: Setting;
let portal: Portal;
let cabinet: Portal;
let headCertificate: IssuedCertificate;
let strangerCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
let colleagueCertificate: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal', { allowDelegation: true });
  cabinet = await setting.client('cabinet', { organisationView: true });
  headCertificate = await setting.issue(memberOf(organisation, head));
  strangerCertificate = await setting.issue(memberOf(otherOrganisation, stranger));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
  colleagueCertificate = await setting.issue({ kind: 'natural-person', person: colleague });
});
afterAll(() => setting.dispose());
beforeEach(() =>
  setting.database.write({
    statements: ['power', 'power_scope', 'power_document', 'representation', 'session'].map((table) => ({
      sql: `DELETE FROM ${table}`,
      parameters: [],
    })),
  }),
);

const give = (changes: Partial<PowerOrder> = {}) =>
  setting.power(headCertificate, { delegation: '2', ...changes });
const handOn = (first: SignedPower, namesPrincipal: boolean, changes: Partial<PowerOrder> = {}) =>
  setting.power(employeeCertificate, {
    handedOn: { first: first.number, giver: employee, namesPrincipal },
    representatives: [colleague],
    ...changes,
  });
/** A power of the stranger's own organisation, with the victim's number. */
const forge = (number: string, changes: Partial<PowerOrder> = {}) =>
  setting.power(strangerCertificate, {
    ...{ number, principal: otherOrganisation, head: stranger, delegation: '2', ...changes },
  });

async function lay(power: SignedPower, by: IssuedCertificate, ogrn: string) {
  const { body } = await setting.signIn(cabinet, by);
  const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
  const content = { document: base64(power.document), signature: base64(power.signature) };
  return { assertion: body.assertion, reply: await setting.ask('/powers', body.assertion, content, ogrn) };
}
const layForged = async (power: SignedPower) => {
  const { reply } = await lay(power, strangerCertificate, otherOrganisation.ogrn);
  expect(reply.status).toBe(200);
};
const layOwn = async (power: SignedPower) => {
  const { reply } = await lay(power, headCertificate, organisation.ogrn);
  expect(reply.status).toBe(200);
};

const enter = async (signer: IssuedCertificate, power?: SignedPower, chosen?: string) => {
  const { status, body } = await setting.signIn(portal, signer, {
    ...(power ? { power } : {}),
    ...(chosen ? { chosen } : {}),
  });
  return [status, body.code ?? body.organisation.ogrn];
};
const victim = [200, organisation.ogrn];

describe('a stranger who registers the number of the victim’s power', () => {
  it.each([
    ['whose document names its principal', true],
    ['whose document does not', false],
  ])('changes nothing for one that was handed on from it, %s', async (_, namesPrincipal) => {
    const first = await give();
    expect(await enter(employeeCertificate, first)).toEqual(victim);
    const second = await handOn(first, namesPrincipal);
    await layForged(await forge(first.number, { representatives: [employee] }));
    // Before: 403, power_of_attorney_invalid.
    expect(await enter(colleagueCertificate, second)).toEqual(victim);
    expect(await enter(colleagueCertificate)).toEqual(victim);
    await layForged(await forge(second.number, { representatives: [colleague] }));
    expect(await enter(colleagueCertificate, second)).toEqual(victim);
    expect(await enter(colleagueCertificate)).toEqual(victim);
  });

  it('before the victim’s power is known does not become its principal', async () => {
    const first = await give();
    const second = await handOn(first, false);
    await layForged(await forge(first.number, { representatives: [employee] }));
    // Nobody has acted for the stranger: the person has to say for whom.
    expect(await enter(colleagueCertificate, second)).toEqual([422, 'organisation_choice_needed']);
    await layOwn(first);
    expect(await enter(colleagueCertificate, second)).toEqual([422, 'organisation_choice_needed']);
    expect(await enter(colleagueCertificate, second, organisation.inn)).toEqual(victim);
    const named = await handOn(first, true);
    expect(await enter(colleagueCertificate, named)).toEqual(victim);
  });

  it('and whoever withdraws it withdraws their own', async () => {
    const first = await give();
    const { body } = await setting.signIn(portal, employeeCertificate, { power: first });
    await layForged(await forge(first.number, { representatives: [employee] }));
    const { assertion } = await lay(
      await forge(first.number, { representatives: [employee] }),
      strangerCertificate,
      otherOrganisation.ogrn,
    );
    const withdrawal = await setting.ask(
      `/powers/${first.number}/withdraw`,
      assertion,
      {},
      otherOrganisation.ogrn,
    );
    expect(withdrawal.status).toBe(200);
    expect(await setting.isActive(portal, body.assertion)).toBe(true);
    expect(await enter(employeeCertificate, first)).toEqual(victim);
  });
});

describe('a representative who hands on a power with a number of the head’s', () => {
  it('does not keep the head’s own power out, and each is withdrawn by itself', async () => {
    const first = await give();
    expect(await enter(employeeCertificate, first)).toEqual(victim);
    const genuine = await give({ representatives: [colleague] });
    const squatting = await handOn(first, true, { number: genuine.number, powers: [signInPower] });
    expect(await enter(colleagueCertificate, squatting)).toEqual(victim);
    // Before: 403, since the number was taken.
    expect(await enter(colleagueCertificate, genuine)).toEqual(victim);

    const { body } = await setting.signIn(cabinet, headCertificate);
    const withdraw = (content: object) =>
      setting.ask(`/powers/${genuine.number}/withdraw`, body.assertion, content);
    expect(await withdraw({})).toMatchObject({
      status: 422,
      body: { code: 'power_of_attorney_ambiguous' },
    });
    expect(await withdraw({ first: colleague.inn })).toMatchObject({ status: 400 });
    expect((await withdraw({ first: first.number })).status).toBe(200);
    expect(await enter(colleagueCertificate, squatting)).toEqual([403, 'power_of_attorney_withdrawn']);
    expect(await enter(colleagueCertificate, genuine)).toEqual(victim);
    expect((await withdraw({ first: null })).status).toBe(200);
    expect(await enter(colleagueCertificate, genuine)).toEqual([403, 'power_of_attorney_withdrawn']);
  });
});

it('another document under the name of a power that is kept is refused', async () => {
  const first = await give();
  expect(await enter(employeeCertificate, first)).toEqual(victim);
  const other = await give({ number: first.number, powers: [signInPower, 'MORE'] });
  expect(await enter(employeeCertificate, other)).toEqual([403, 'power_of_attorney_invalid']);
  expect(await enter(employeeCertificate, first)).toEqual(victim);
});
