import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import type { PowerOrder, SignedPower } from '../authority/power-of-attorney.ts';
import type { Portal } from '../service/portal.ts';
import {
  colleague,
  employee,
  head,
  memberOf,
  organisation,
  register,
  type Setting,
  signInPower,
  startSetting,
} from './setting.ts';

const day = 86_400_000;

let setting: Setting;
let portal: Portal;
/** Asks for the register's word on who heads an organisation. */
let strict: Portal;
let headCertificate: IssuedCertificate;
let colleagueCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal', { allowDelegation: true });
  strict = await setting.client('strict', { allowDelegation: true, requireRegistered: true });
  headCertificate = await setting.issue(memberOf(organisation, head));
  colleagueCertificate = await setting.issue(memberOf(organisation, colleague));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
});
afterAll(() => setting.dispose());
afterEach(() =>
  setting.database.write({
    statements: ['registered_organisation', 'power', 'power_scope', 'power_document'].map((table) => ({
      sql: `DELETE FROM ${table}`,
      parameters: [],
    })),
  }),
);

const registerHeads = (heads: string) => register(setting.database, { heads });
const enter = (at: Portal, signer: IssuedCertificate, power?: SignedPower) =>
  setting.signIn(at, signer, power ? { power } : {});
/** Without a power that is brought, for the organisation that the signed text names. */
const choose = (at: Portal, signer: IssuedCertificate) =>
  setting.signIn(at, signer, { chosen: organisation.inn });
const invalid = (detail: string) => ({
  status: 403,
  body: { code: 'power_of_attorney_invalid', detail: expect.stringContaining(detail) },
});

describe('a power written for oneself', () => {
  const own = () => setting.power(colleagueCertificate, { head: colleague, representatives: [colleague] });

  it.each([
    ['the register knows no heads', ''],
    ['the register knows another head', head.inn],
    ['the register has its signer as head', colleague.inn],
  ])('is refused with power_of_attorney_invalid where %s', async (_, heads) => {
    await registerHeads(heads);
    const power = await own();
    for (const at of [portal, strict]) {
      expect(await enter(at, colleagueCertificate, power)).toMatchObject(invalid('is the representative'));
    }
  });

  it('is refused for another certificate of the same person as well', async () => {
    const itself = await setting.issue({ kind: 'natural-person', person: colleague });
    expect(await enter(portal, itself, await own())).toMatchObject(invalid('is the representative'));
    expect((await enter(portal, itself)).body.code).toBe('organisation_missing');
  });

  it('by SNILS alone is refused, and by the SNILS of somebody else taken', async () => {
    const named = (person: typeof head) => ({ ...person, inn: '' });
    const order = (person: typeof head) =>
      setting.power(colleagueCertificate, { head: colleague, representatives: [named(person)] });
    expect(await enter(portal, colleagueCertificate, await order(colleague))).toMatchObject(
      invalid('is the representative'),
    );
    expect((await enter(portal, employeeCertificate, await order(employee))).status).toBe(200);
  });
});

describe('a relying party that asks for the register', () => {
  it('takes no power of a head whom the register does not name, where others do', async () => {
    await registerHeads('');
    const power = await setting.power(headCertificate);
    expect(await enter(strict, employeeCertificate, power)).toMatchObject(invalid('does not say who heads'));
    expect((await enter(portal, employeeCertificate, power)).status).toBe(200);
    // It lies ready now, and is no better for that.
    expect(await choose(strict, employeeCertificate)).toMatchObject(invalid('does not say who heads'));
    await registerHeads(head.inn);
    expect((await choose(strict, employeeCertificate)).status).toBe(200);
  });

  it('takes the power of an entrepreneur, who heads themselves by the register, and not of an unknown one', async () => {
    const entrepreneur = sampleSubscriber('entrepreneur');
    const { person, ogrnip } = entrepreneur;
    const signer = await setting.issue(entrepreneur);
    const { document } = await setting.power(signer, { head: person });
    const own = Buffer.from(document)
      .toString()
      .replace('ТипДоверит="1"', 'ТипДоверит="3"')
      .replace(/<РосОргДовер .*<\/РосОргДовер>/s, (text) =>
        (/<СвФЛ .*<\/СвФЛ>/s.exec(text)?.[0] ?? '')
          .replace('<СвФЛ ', `<ИПДовер ОГРНИП="${ogrnip}" `)
          .replace('</СвФЛ>', '</ИПДовер>'),
      );
    const power = {
      number: '',
      document: Buffer.from(own),
      signature: await signDetached(Buffer.from(own), signer, setting.now()),
    };
    expect((await enter(strict, employeeCertificate, power)).body.code).toBe('organisation_unknown');
    const name = `${person.surname} ${person.givenName}`;
    await register(setting.database, { ogrn: ogrnip, inn: person.inn, name, kpp: '', heads: '' });
    const { status, body } = await enter(strict, employeeCertificate, power);
    expect([status, body.code, body.organisation?.ogrn]).toEqual([200, undefined, ogrnip]);
  });
});

describe('a power that lies ready', () => {
  it('is refused once the register names another head than gave it', async () => {
    const power = await setting.power(headCertificate);
    expect((await enter(portal, employeeCertificate, power)).status).toBe(200);
    await registerHeads(colleague.inn);
    expect(await enter(portal, employeeCertificate)).toMatchObject(invalid('does not head'));
    expect(await enter(portal, employeeCertificate, power)).toMatchObject(invalid('does not head'));
    await registerHeads(`${colleague.inn} ${head.inn}`);
    expect((await enter(portal, employeeCertificate)).status).toBe(200);
  });

  it('outlives the certificate that signed it, and the register is still asked about its head', async () => {
    const signer = await setting.authority.issue({
      subscriber: memberOf(organisation, head),
      notBefore: setting.now() - day,
      notAfter: setting.now() + day,
    });
    const power = await setting.power(signer);
    await registerHeads(head.inn);
    expect((await enter(strict, employeeCertificate, power)).status).toBe(200);
    setting.pass(2 * day);
    try {
      expect((await enter(strict, employeeCertificate)).status).toBe(200);
      await registerHeads(colleague.inn);
      expect(await enter(strict, employeeCertificate)).toMatchObject(invalid('does not head'));
    } finally {
      setting.pass(-2 * day);
    }
  });
});

describe('a power that was handed on', () => {
  const give = (changes: Partial<PowerOrder> = {}) =>
    setting.power(headCertificate, { delegation: '2', ...changes });
  const handOn = (first: SignedPower, representatives: PowerOrder['representatives']) =>
    setting.power(employeeCertificate, {
      handedOn: { first: first.number, giver: employee },
      representatives,
    });
  const person = (of: typeof head) => setting.issue({ kind: 'natural-person', person: of });

  it('to a third is taken where the register names who gave the first, and refused where it does not', async () => {
    await registerHeads(head.inn);
    const first = await give();
    expect((await enter(strict, employeeCertificate, first)).status).toBe(200);
    const second = await handOn(first, [colleague]);
    const third = await person(colleague);
    expect((await enter(strict, third, second)).status).toBe(200);
    await registerHeads('');
    expect(await enter(strict, third, second)).toMatchObject(invalid('does not say who heads'));
    expect((await enter(portal, third, second)).status).toBe(200);
    await registerHeads(colleague.inn);
    expect(await enter(portal, third, second)).toMatchObject(invalid('does not head'));
  });

  it.each([
    ['to oneself', employee],
    ['back to whoever gave the first', head],
  ])('%s is refused with power_of_attorney_invalid', async (_, receiver) => {
    const first = await give();
    expect((await enter(portal, employeeCertificate, first)).status).toBe(200);
    const second = await handOn(first, [receiver]);
    expect(await enter(portal, await person(receiver), second)).toMatchObject(
      invalid('is the representative'),
    );
  });
});

it('a power laid ready by the organisation is refused where its signer gave it to themselves', async () => {
  const cabinet = await setting.client('cabinet', { organisationView: true });
  const { body } = await enter(cabinet, headCertificate);
  const lay = async (power: SignedPower) => {
    const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
    const content = { document: base64(power.document), signature: base64(power.signature) };
    return setting.ask('/powers', body.assertion, content);
  };
  expect(await lay(await setting.power(headCertificate, { representatives: [head] }))).toMatchObject(
    invalid('is the representative'),
  );
  const other = await setting.power(headCertificate, { powers: [signInPower] });
  expect((await lay(other)).status).toBe(200);
});
