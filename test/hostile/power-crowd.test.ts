import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import {
  employee,
  head,
  memberOf,
  organisation,
  otherOrganisation,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import type { PowerOrder, SignedPower } from '../authority/power-of-attorney.ts';
import type { Portal } from '../service/portal.ts';

/**
 * A stranger lays powers ready for somebody whom they do not know, with terms until 2090. Before, fifty of them pushed
 * out the genuine one, since only the fifty that end last were looked at, and one of them decided for whom the person
 * signed in.
 */

const { person: stranger } = sampleSubscriber('entrepreneur');

let setting: Setting;
let portal: Portal;
let other: Portal;
let cabinet: Portal;
let headCertificate: IssuedCertificate;
let strangerCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
let strangerAssertion: string;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal');
  other = await setting.client('other');
  cabinet = await setting.client('cabinet', { organisationView: true });
  headCertificate = await setting.issue(memberOf(organisation, head));
  strangerCertificate = await setting.issue(memberOf(otherOrganisation, stranger));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
  strangerAssertion = (await setting.signIn(cabinet, strangerCertificate)).body.assertion;
});
afterAll(() => setting.dispose());
beforeEach(() =>
  setting.database.write({
    statements: ['power', 'power_scope', 'power_document', 'representation'].map((table) => ({
      sql: `DELETE FROM ${table}`,
      parameters: [],
    })),
  }),
);

const forge = (changes: Partial<PowerOrder> = {}) =>
  setting.power(strangerCertificate, {
    ...{ principal: otherOrganisation, head: stranger, until: '2090-01-01', ...changes },
  });

function lay({ document, signature }: SignedPower) {
  const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
  // The stranger has time, and so has no trouble with the limit of requests.
  setting.pass(200);
  return setting.ask(
    '/powers',
    strangerAssertion,
    { document: base64(document), signature: base64(signature) },
    otherOrganisation.ogrn,
  );
}

const enter = async (at: Portal, input: { power?: SignedPower; chosen?: string } = {}) => {
  const { status, body } = await setting.signIn(at, employeeCertificate, input);
  return [status, body.code ?? body.organisation.ogrn];
};
const genuine = [200, organisation.ogrn];
const choice = [422, 'organisation_choice_needed'];

describe('fifty powers of a stranger until 2090', () => {
  it('neither push out the genuine one nor make a choice necessary; twenty for one person are kept', async () => {
    expect(await enter(portal, { power: await setting.power(headCertificate) })).toEqual(genuine);
    const replies = [];
    for (let done = 0; done < 50; done++) replies.push((await lay(await forge())).body);
    const refused = replies.filter(({ code }) => code !== undefined);
    expect(refused).toHaveLength(30);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(['power_of_attorney_quota']));
    // Before: the stranger's organisation.
    expect(await enter(portal)).toEqual(genuine);
  });

  it('are kept for another person all the same, and a withdrawn one makes room', async () => {
    for (let done = 0; done < 20; done++) expect((await lay(await forge())).status).toBe(200);
    const more = await forge();
    expect((await lay(more)).status).toBe(403);
    const { person } = sampleSubscriber('employee');
    expect((await lay(await forge({ representatives: [person] }))).status).toBe(200);
    const [row] = await setting.database.read({
      sql: 'SELECT number FROM power WHERE representative = ? LIMIT 1',
      parameters: [`inn:${employee.inn}`],
    });
    const withdrawal = `/powers/${String(row?.number)}/withdraw`;
    const { status } = await setting.ask(withdrawal, strangerAssertion, {}, otherOrganisation.ogrn);
    expect(status).toBe(200);
    expect((await lay(more)).status).toBe(200);
  });
});

describe('a power that nobody has acted by yet', () => {
  it('does not decide for whom the person signs in, and lets in whoever chooses its organisation', async () => {
    await lay(await forge());
    // Before: 200, for the stranger's organisation.
    expect(await enter(portal)).toEqual(choice);
    const stranger = [200, otherOrganisation.ogrn];
    expect(await enter(portal, { chosen: otherOrganisation.inn })).toEqual(stranger);
    // Chosen once, in a text that was signed: that counts from now on, and everywhere.
    expect(await enter(portal)).toEqual(stranger);
    expect(await enter(other)).toEqual(stranger);
  });

  it('that a relying party attaches by itself counts with no other one', async () => {
    expect(await enter(portal, { power: await setting.power(headCertificate) })).toEqual(genuine);
    const forged = await forge();
    expect(await enter(other, { power: forged })).toEqual([200, otherOrganisation.ogrn]);
    expect(await enter(portal)).toEqual(genuine);
    expect(await enter(other)).toEqual([200, otherOrganisation.ogrn]);
    expect(await enter(other, { chosen: organisation.inn })).toEqual(genuine);
    expect(await enter(other)).toEqual(choice);
  });

  it('of somebody else’s organisation is not listed where one has to be chosen', async () => {
    await lay(await forge());
    const { body } = await setting.signIn(portal, employeeCertificate);
    expect(body.code).toBe('organisation_choice_needed');
    expect(JSON.stringify(body)).not.toContain(otherOrganisation.inn);
  });

  it('of an organisation for which the person has acted by another counts at once', async () => {
    const ending = await setting.power(headCertificate);
    expect(await enter(portal, { power: ending })).toEqual(genuine);
    const assertion = (await setting.signIn(cabinet, headCertificate)).body.assertion;
    const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
    const { document, signature } = await setting.power(headCertificate);
    const next = { document: base64(document), signature: base64(signature) };
    expect((await setting.ask('/powers', assertion, next)).status).toBe(200);
    await setting.ask(`/powers/${ending.number}/withdraw`, assertion, {});
    expect(await enter(portal)).toEqual(genuine);
  });
});
