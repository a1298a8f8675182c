import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { blockOrganisation, unblockOrganisation } from '../../src/register/block.ts';
import type { Portal } from '../service/portal.ts';
import {
  colleague,
  employee,
  head,
  memberOf,
  organisation,
  otherOrganisation,
  register,
  type Setting,
  startSetting,
} from './setting.ts';

let setting: Setting;
let portal: Portal;
let strict: Portal;
let headCertificate: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal');
  strict = await setting.client('strict', { requireRegistered: true });
  headCertificate = await setting.issue(memberOf(organisation, head));
});
afterAll(() => setting.dispose());
beforeEach(() =>
  setting.database.write({
    statements: [{ sql: 'DELETE FROM registered_organisation', parameters: [] }],
  }),
);

describe('an organisation', () => {
  it('in the register, signed for by its head, is let in as head', async () => {
    await register(setting.database);
    const { status, body } = await setting.signIn(strict, headCertificate);
    expect([status, body.code]).toEqual([200, undefined]);
    expect(body.authority).toEqual({ basis: 'head' });
    expect(body.organisation).toMatchObject({ ogrn: organisation.ogrn });
  });

  it('that the register does not have is refused with organisation_unknown where one has to be registered', async () => {
    expect(await setting.signIn(strict, headCertificate)).toMatchObject({
      status: 403,
      body: { code: 'organisation_unknown', stage: 'organisation' },
    });
    const { body } = await setting.signIn(portal, headCertificate);
    expect(body.authority).toEqual({ basis: 'certificate' });
  });

  it.each([
    ['closed', 'closed'],
    ['blocked', 'blocked'],
  ])('that is %s in the register is refused with organisation_blocked', async (_, state) => {
    await register(setting.database, { state });
    expect(await setting.signIn(portal, headCertificate)).toMatchObject({
      status: 403,
      body: { code: 'organisation_blocked' },
    });
  });

  it.each([
    ['another name', { name: 'ООО «Южный ветер»' }, ['name', organisation.name, 'ООО «Южный ветер»']],
    ['a name in look-alike letters', { name: 'OOO «Северный ветер»' }, ['name', organisation.name, 'OOO «']],
    ['another INN', { inn: otherOrganisation.inn }, ['INN', organisation.inn, otherOrganisation.inn]],
    ['another OGRN', { ogrn: otherOrganisation.ogrn }, ['OGRN', organisation.ogrn, otherOrganisation.ogrn]],
  ])(
    'with %s in the register is refused with organisation_mismatch, which says both',
    async (_, row, told) => {
      await register(setting.database, row);
      const { status, body } = await setting.signIn(portal, headCertificate);
      expect([status, body.code]).toEqual([403, 'organisation_mismatch']);
      for (const text of told) expect(body.detail).toContain(text);
    },
  );

  it('whose name differs in form, case, quotes and ё alone is let in', async () => {
    const name = 'Общество с ограниченной ответственностью "СЕВЕРНЫЙ ВЕТЕР"';
    await register(setting.database, { name });
    expect((await setting.signIn(strict, headCertificate)).status).toBe(200);
  });

  it('whose name differs is let in where the relying party does not compare names', async () => {
    const lenient = await setting.client('lenient', { compareNames: false });
    await register(setting.database, { name: 'Другое имя' });
    expect((await setting.signIn(lenient, headCertificate)).status).toBe(200);
  });

  it('signed for by someone who does not head it is refused with authority_unproven', async () => {
    await register(setting.database);
    const signer = await setting.issue(memberOf(organisation, colleague));
    expect(await setting.signIn(portal, signer)).toMatchObject({
      status: 403,
      body: { code: 'authority_unproven' },
    });
  });

  it('that is an entrepreneur acts for itself', async () => {
    const entrepreneur = sampleSubscriber('entrepreneur');
    const { person, ogrnip } = entrepreneur;
    await register(setting.database, {
      ogrn: ogrnip,
      inn: person.inn,
      name: `${person.surname} ${person.givenName}`,
    });
    const { body } = await setting.signIn(strict, await setting.issue(entrepreneur));
    expect(body.authority).toEqual({ basis: 'self' });
  });

  it('missing in the certificate of a natural person is refused with organisation_missing', async () => {
    const signer = await setting.issue({ kind: 'natural-person', person: employee });
    expect(await setting.signIn(portal, signer)).toMatchObject({
      status: 403,
      body: { code: 'organisation_missing' },
    });
  });

  it.each([
    ['INN', { ...organisation, inn: '9901001014' }, head],
    ['OGRN', { ...organisation, ogrn: '1259901001019' }, head],
    ['SNILS', organisation, { ...head, snils: '90000010100' }],
  ])(
    'with a wrong check digit in %s is refused with organisation_identifier_invalid',
    async (_, of, person) => {
      const signer = await setting.issue(memberOf(of, person));
      expect(await setting.signIn(portal, signer)).toMatchObject({
        status: 422,
        body: { code: 'organisation_identifier_invalid' },
      });
    },
  );
});

describe('an organisation that another register closes', () => {
  it('loses its sessions at its next sign-in, with one record in the audit, however often it tries', async () => {
    let state: 'active' | 'closed' = 'active';
    const entry = {
      ...{ ogrn: organisation.ogrn, inn: organisation.inn, name: organisation.name },
      ...{ kpp: [], shortName: '', heads: [{ inn: head.inn }] },
    };
    const other = await startSetting({
      authorisation: () => ({ register: { find: async () => ({ ...entry, state }) } }),
    });
    try {
      const client = await other.client('portal');
      const signer = await other.issue(memberOf(organisation, head));
      const { body } = await other.signIn(client, signer);
      expect(body.authority).toEqual({ basis: 'head' });
      state = 'closed';
      for (let attempt = 0; attempt < 3; attempt += 1) {
        expect((await other.signIn(client, signer)).body.code).toBe('organisation_blocked');
      }
      expect(await other.isActive(client, body.assertion)).toBe(false);
      const ends: unknown[] = [];
      for await (const { record } of readAudit(other.database)) {
        if (record.includes('session.ended"')) ends.push(JSON.parse(record));
      }
      expect(ends.filter((each) => (each as { event: string }).event === 'session.ended')).toEqual([
        {
          event: 'session.ended',
          subject: `ogrn:${organisation.ogrn}`,
          details: { reason: 'organisation-blocked', state: 'closed' },
        },
      ]);
    } finally {
      await other.dispose();
    }
  });
});

describe('a block', () => {
  it('ends the live sessions at once, keeps the organisation out, and is taken back', async () => {
    const { body } = await setting.signIn(portal, headCertificate);
    expect(await setting.isActive(portal, body.assertion)).toBe(true);
    await blockOrganisation(setting.database, `ogrn:${organisation.ogrn}`, 'for the test', setting.now());
    expect(await setting.isActive(portal, body.assertion)).toBe(false);
    expect(await setting.signIn(portal, headCertificate)).toMatchObject({
      body: { code: 'organisation_blocked' },
    });
    await unblockOrganisation(setting.database, `ogrn:${organisation.ogrn}`, setting.now());
    expect((await setting.signIn(portal, headCertificate)).status).toBe(200);
  });

  it('that is written while a sign-in is on its way refuses that sign-in', async () => {
    const replies = await Promise.all([
      ...Array.from({ length: 10 }, () => setting.signIn(portal, headCertificate)),
      blockOrganisation(setting.database, `ogrn:${organisation.ogrn}`, 'for the test', setting.now()),
    ]);
    const states = replies.map((reply) => reply?.body?.assertion).filter((token) => token !== undefined);
    const active = await Promise.all(states.map((token) => setting.isActive(portal, token)));
    expect(active).not.toContain(true);
    await unblockOrganisation(setting.database, `ogrn:${organisation.ogrn}`, setting.now());
  });
});
