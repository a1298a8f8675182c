import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { givenName } from '../../src/power-of-attorney/name.ts';
import { fileStatus, httpStatus } from '../../src/power-of-attorney/status.ts';
import { withdrawPower } from '../../src/power-of-attorney/withdraw.ts';
import { recheckPowers } from '../../src/watch/power-status.ts';
import type { PowerOrder, SignedPower } from '../authority/power-of-attorney.ts';
import { Host } from '../revocation/host.ts';
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
  signInPower,
  startSetting,
} from './setting.ts';

const day = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'sealgate-powers-'));
const withdrawn = join(folder, 'withdrawn');
const subject = `ogrn:${organisation.ogrn}`;

let setting: Setting;
let portal: Portal;
let headCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
beforeAll(async () => {
  writeFileSync(withdrawn, '');
  setting = await startSetting({ authorisation: () => ({ powerStatus: fileStatus(withdrawn) }) });
  portal = await setting.client('portal');
  headCertificate = await setting.issue(memberOf(organisation, head));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
});
afterAll(async () => {
  await setting.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const dayOf = (at: number) => new Date(at + 3 * 3_600_000).toISOString().slice(0, 10);
const power = (changes?: Partial<PowerOrder>) => setting.power(headCertificate, changes);
const signIn = (given?: Pick<SignedPower, 'document' | 'signature'>, at: Portal = portal) =>
  setting.signIn(at, employeeCertificate, given ? { power: given } : {});

describe('a power of attorney on GOST keys, of a qualified authority', () => {
  it('lets an employee in for the organisation that gave it', async () => {
    const gost = await startSetting({ algorithm: 'gost2012-256' });
    try {
      const client = await gost.client('portal', { requireQualified: true });
      const given = await gost.power(await gost.issue(memberOf(organisation, head)));
      const signer = await gost.issue({ kind: 'natural-person', person: employee });
      const { status, body } = await gost.signIn(client, signer, { power: given });
      expect([status, body.code]).toEqual([200, undefined]);
      expect(body).toMatchObject({
        organisation: { ogrn: organisation.ogrn, inn: organisation.inn, name: organisation.name },
        signer: { name: `${employee.surname} ${employee.givenName}`, inn: employee.inn },
        authority: { basis: 'power-of-attorney', power: given.number },
      });
    } finally {
      await gost.dispose();
    }
  });
});

describe('a power of attorney', () => {
  it('that came once lies ready, and the next sign-in need not bring it', async () => {
    const given = await power();
    expect((await signIn(given)).status).toBe(200);
    const { status, body } = await signIn();
    expect([status, body.authority?.basis]).toEqual([200, 'power-of-attorney']);
    await withdrawPower(setting.database, givenName(subject, given.number), 'operator', setting.now());
  });

  it.each<[string, string, Partial<PowerOrder>, string[]]>([
    ['has not begun', 'power_of_attorney_expired', { from: dayOf(Date.now() + 2 * day) }, []],
    ['has ended', 'power_of_attorney_expired', { from: '2020-01-01', until: dayOf(Date.now() - day) }, []],
    [
      'names another representative',
      'power_of_attorney_mismatch',
      { representatives: [colleague] },
      ['representative'],
    ],
    [
      'names another principal than its signer’s',
      'power_of_attorney_mismatch',
      { principal: otherOrganisation },
      ['principal', otherOrganisation.ogrn, organisation.ogrn],
    ],
    ['names another head than its signer', 'power_of_attorney_mismatch', { head: colleague }, ['head']],
    ['lacks the power to sign in', 'power_of_attorney_scope', { powers: ['OTHER'] }, [signInPower]],
    ['gives it with restrictions', 'power_of_attorney_scope', { powers: [], restricted: [signInPower] }, []],
    ['gives it in words', 'power_of_attorney_scope', { form: '0' }, [signInPower]],
    ['gives it jointly', 'power_of_attorney_invalid', { joint: '2' }, ['together with others']],
    [
      'has two representatives',
      'power_of_attorney_invalid',
      { representatives: [employee, colleague] },
      ['together with others'],
    ],
    [
      'has an INN with wrong check digits',
      'power_of_attorney_invalid',
      { principal: { ...organisation, inn: '9901001014' } },
      ['INN'],
    ],
    [
      'has a representative’s SNILS with wrong check digits',
      'power_of_attorney_invalid',
      { representatives: [{ ...employee, snils: '90000010100' }] },
      ['SNILS'],
    ],
  ])('that %s is refused with %s', async (_, code, changes, told) => {
    const { status, body } = await signIn(await power(changes));
    expect([status, body.code, body.stage]).toEqual([403, code, 'organisation']);
    for (const text of told) expect(body.detail).toContain(text);
  });

  it('with a broken signature is refused with power_of_attorney_invalid', async () => {
    const given = await power();
    const changed = Buffer.from(
      Buffer.from(given.document)
        .toString()
        .replace(/СрокДейст="[^"]*"/, 'СрокДейст="2099-01-01"'),
    );
    const replies = [
      await signIn({ document: changed, signature: given.signature }),
      await signIn({ document: given.document, signature: Buffer.of(0x30, 0x03, 0x06, 0x01, 0x2a) }),
      await signIn({ document: given.document, signature: (await power()).signature }),
    ];
    for (const { body } of replies) expect(body.code).toBe('power_of_attorney_invalid');
    expect(replies[0]?.body.detail).toContain('signature_content_mismatch');
    const mereText = await signIn({ document: given.document, signature: Buffer.from('no CMS') });
    expect(mereText.body.code).toBe('encoding_unexpected');
  });

  it('signed by a certificate that was revoked before is refused with power_of_attorney_invalid', async () => {
    // A setting of its own, because lists that are held and fresh are not fetched again.
    const other = await startSetting();
    const signer = await other.issue(memberOf(organisation, head));
    other.authority.revoke(signer.certificate, 'keyCompromise');
    const given = await other.power(signer);
    const representative = await other.issue({ kind: 'natural-person', person: employee });
    const { body } = await other.signIn(await other.client('portal'), representative, { power: given });
    expect(body.code).toBe('power_of_attorney_invalid');
    expect(body.detail).toContain('certificate_revoked');
    await other.dispose();
  });

  it('signed by a certificate of nobody’s trust is refused with power_of_attorney_invalid', async () => {
    const stranger = await startSetting();
    const signer = await stranger.issue(memberOf(organisation, head));
    const { body } = await signIn(await setting.power(signer));
    expect(body.code).toBe('power_of_attorney_invalid');
    await stranger.dispose();
  });

  it('given by someone whom the register does not have as head is refused with power_of_attorney_invalid', async () => {
    await register(setting.database, { heads: colleague.inn });
    const { body } = await signIn(await power());
    expect(body.code).toBe('power_of_attorney_invalid');
    expect(body.detail).toContain('does not head');
    await setting.database.write({
      statements: [{ sql: 'DELETE FROM registered_organisation', parameters: [] }],
    });
  });

  it('with another KPP than the register is refused with organisation_mismatch', async () => {
    await register(setting.database, { kpp: '660101001' });
    const { body } = await signIn(await power());
    expect(body.code).toBe('organisation_mismatch');
    expect(body.detail).toContain('KPP');
    await setting.database.write({
      statements: [{ sql: 'DELETE FROM registered_organisation', parameters: [] }],
    });
  });

  it('of an employee in the organisation’s own certificate replaces the head’s right', async () => {
    await register(setting.database);
    const signer = await setting.issue(memberOf(organisation, colleague));
    const given = await power({ representatives: [colleague] });
    const { status, body } = await setting.signIn(portal, signer, { power: given });
    expect([status, body.authority]).toEqual([200, { basis: 'power-of-attorney', power: given.number }]);
    await setting.database.write({
      statements: [{ sql: 'DELETE FROM registered_organisation', parameters: [] }],
    });
  });

  it('of one organisation does not serve a certificate of another: power_of_attorney_mismatch', async () => {
    const signer = await setting.issue(memberOf(otherOrganisation, employee));
    const { body } = await setting.signIn(portal, signer, { power: await power() });
    expect(body.code).toBe('power_of_attorney_mismatch');
  });

  it('does not let anybody in where the relying party accepts no powers', async () => {
    const none = await setting.client('none', { acceptedPowers: [] });
    expect(await signIn(await power(), none)).toMatchObject({ body: { code: 'power_of_attorney_scope' } });
  });

  it('that one relying party took without a qualified certificate does not serve one that asks for it', async () => {
    const other = await startSetting();
    const signer = await other.authority.issue({
      subscriber: memberOf(organisation, head),
      notBefore: other.now() - day,
      profile: { policies: false, subjectSignTool: false },
    });
    const representative = await other.issue({ kind: 'natural-person', person: employee });
    const given = await other.power(signer);
    const lenient = await other.client('lenient');
    const strict = await other.client('strict', { requireQualified: true });
    expect((await other.signIn(lenient, representative, { power: given })).status).toBe(200);
    for (const input of [{ chosen: organisation.inn }, { power: given }]) {
      const { body } = await other.signIn(strict, representative, input);
      expect(body.code).toBe('power_of_attorney_invalid');
      expect(body.detail).toContain('certificate_not_qualified');
    }
    await other.dispose();
  });

  it('ends its session when its own term ends', async () => {
    const { body } = await signIn(await power({ until: dayOf(setting.now()) }));
    const [row] = await setting.database.read({
      sql: 'SELECT expires_at FROM session WHERE id = ?',
      parameters: [body.sessionId],
    });
    const midnight = Date.parse(`${dayOf(setting.now() + day)}T00:00:00Z`) - 3 * 3_600_000;
    expect(Number(row?.expires_at)).toBeLessThanOrEqual(midnight);
  });
});

describe('a power that was withdrawn', () => {
  it('by the organisation is refused with power_of_attorney_withdrawn, and its sessions have ended', async () => {
    const given = await power();
    const { body } = await signIn(given);
    expect(await setting.isActive(portal, body.assertion)).toBe(true);
    await withdrawPower(setting.database, givenName(subject, given.number), 'organisation', setting.now());
    expect(await setting.isActive(portal, body.assertion)).toBe(false);
    expect(await signIn(given)).toMatchObject({ status: 403, body: { code: 'power_of_attorney_withdrawn' } });
  });

  it('in the register of powers ends its sessions at the next round, and is refused from then on', async () => {
    const given = await power();
    const { body } = await signIn(given);
    writeFileSync(withdrawn, `# withdrawn\n${given.number}; 2026-11-01T00:00:00Z\n`);
    expect(await recheckPowers(setting.database, fileStatus(withdrawn), setting.now())).toBe(1);
    expect(await setting.isActive(portal, body.assertion)).toBe(false);
    const refused = await signIn(given);
    expect(refused.body.code).toBe('power_of_attorney_withdrawn');
    expect(refused.body.detail).toContain('1 November 2026');
  });

  it('in the register before it first came is refused with power_of_attorney_withdrawn', async () => {
    const given = await power();
    writeFileSync(withdrawn, given.number.toUpperCase());
    expect(await signIn(given)).toMatchObject({ body: { code: 'power_of_attorney_withdrawn' } });
    writeFileSync(withdrawn, '');
  });

  it('cannot be told from a register that is damaged: register_unavailable', async () => {
    writeFileSync(withdrawn, 'neither number nor remark');
    expect(await signIn(await power())).toMatchObject({
      status: 503,
      body: { code: 'register_unavailable' },
    });
    writeFileSync(withdrawn, '');
  });
});

describe('a sign-in by a power', () => {
  it('that is withdrawn while it is on its way is refused, and leaves no session', async () => {
    let between = async () => {};
    const other = await startSetting({
      authorisation: () => ({
        powerStatus: {
          // By then the power has been read, and the session is not written yet.
          statusOf: async () => {
            await between();
            return { state: 'active' };
          },
        },
      }),
    });
    try {
      const client = await other.client('portal');
      const given = await other.power(await other.issue(memberOf(organisation, head)));
      const signer = await other.issue({ kind: 'natural-person', person: employee });
      expect((await other.signIn(client, signer, { power: given })).status).toBe(200);
      between = async () => {
        await withdrawPower(other.database, givenName(subject, given.number), 'organisation', other.now());
      };
      const { status, body } = await other.signIn(client, signer);
      expect([status, body.code]).toEqual([403, 'power_of_attorney_withdrawn']);
      const open = 'SELECT count(*) AS n FROM session WHERE ended_at IS NULL';
      expect((await other.database.read({ sql: open, parameters: [] }))[0]?.n).toBe(0);
    } finally {
      await other.dispose();
    }
  });

  it('under whose name another document comes in meanwhile is refused', async () => {
    const [one, two] = [await power(), await power()];
    const renamed = await power({ number: one.number, powers: [signInPower, 'MORE'] });
    const replies = await Promise.all([signIn(one), signIn(renamed), signIn(two)]);
    const codes = replies.map(({ body }) => body.code ?? 'passed').sort();
    expect(codes).toEqual(['passed', 'passed', 'power_of_attorney_invalid']);
  });

  it('beyond what is kept for one person is refused with power_of_attorney_quota, and one that is kept goes on', async () => {
    const other = await startSetting({
      authorisation: () => ({ powerQuota: { inForce: 10, handedOn: 10, forPerson: 2 } }),
    });
    try {
      const client = await other.client('portal');
      const chief = await other.issue(memberOf(organisation, head));
      const signer = await other.issue({ kind: 'natural-person', person: employee });
      const [one, two, three] = [
        await other.power(chief),
        await other.power(chief),
        await other.power(chief),
      ];
      for (const given of [one, two])
        expect((await other.signIn(client, signer, { power: given })).status).toBe(200);
      const { status, body } = await other.signIn(client, signer, { power: three });
      expect([status, body.code]).toEqual([403, 'power_of_attorney_quota']);
      expect((await other.signIn(client, signer, { power: one })).status).toBe(200);
      await withdrawPower(other.database, givenName(subject, two.number), 'organisation', other.now());
      expect((await other.signIn(client, signer, { power: three })).status).toBe(200);
    } finally {
      await other.dispose();
    }
  });
});

describe('a register of powers that does not confirm one', () => {
  it.each([
    ['PENDING', 403, 'power_of_attorney_unconfirmed'],
    ['unknown', 403, 'power_of_attorney_unconfirmed'],
    ['ACTIVE', 200, undefined],
  ])('and says %s: %s %s', async (told, status, code) => {
    const host = await Host.start();
    const other = await startSetting({
      authorisation: () => ({ powerStatus: httpStatus({ url: host.url('/poa/{number}') }) }),
    });
    try {
      const given = await other.power(await other.issue(memberOf(organisation, head)));
      if (told !== 'unknown') {
        host.on(`/poa/${given.number}`, (_, response) => response.end(JSON.stringify({ status: told })));
      }
      const signer = await other.issue({ kind: 'natural-person', person: employee });
      const { body, ...reply } = await other.signIn(await other.client('portal'), signer, { power: given });
      expect([reply.status, body.code]).toEqual([status, code]);
      if (code !== undefined) expect(body.detail).toContain(told);
    } finally {
      await other.dispose();
      await host.stop();
    }
  });
});

describe('a power that was handed on', () => {
  const handOn = async (
    first: SignedPower,
    changes: Partial<PowerOrder> = {},
    giver: IssuedCertificate = employeeCertificate,
  ) =>
    setting.power(giver, {
      handedOn: { first: first.number, giver: employee },
      representatives: [colleague],
      ...changes,
    });
  let colleagueCertificate: IssuedCertificate;
  let delegating: Portal;
  beforeAll(async () => {
    colleagueCertificate = await setting.issue({ kind: 'natural-person', person: colleague });
    delegating = await setting.client('delegating', { allowDelegation: true });
  });
  const enter = (given: SignedPower, at: Portal) =>
    setting.signIn(at, colleagueCertificate, { power: given });

  it('is refused with power_of_attorney_delegated, and let in where the relying party allows it', async () => {
    const first = await power({ delegation: '2' });
    expect((await signIn(first)).status).toBe(200);
    const second = await handOn(first);
    expect(await enter(second, portal)).toMatchObject({
      status: 403,
      body: { code: 'power_of_attorney_delegated' },
    });
    const { status, body } = await enter(second, delegating);
    expect([status, body.organisation.ogrn]).toEqual([200, organisation.ogrn]);
    await withdrawPower(setting.database, givenName(subject, first.number), 'organisation', setting.now());
    expect(await setting.isActive(delegating, body.assertion)).toBe(false);
    expect(await enter(second, delegating)).toMatchObject({ body: { code: 'power_of_attorney_withdrawn' } });
  });

  it.each<[string, Partial<PowerOrder>, Partial<PowerOrder>]>([
    ['from a power that does not allow it', { delegation: '1' }, {}],
    [
      'with more powers than the first',
      { delegation: '2', powers: ['OTHER', signInPower] },
      { powers: ['MORE'] },
    ],
    ['for longer than the first', { delegation: '2' }, { until: '2099-01-01' }],
  ])('%s is refused with power_of_attorney_invalid', async (_, one, two) => {
    const first = await power(one);
    expect((await signIn(first)).status).toBe(200);
    expect(await enter(await handOn(first, two), delegating)).toMatchObject({
      body: { code: 'power_of_attorney_invalid' },
    });
    await withdrawPower(setting.database, givenName(subject, first.number), 'organisation', setting.now());
  });

  it('from a first power that is not known here is refused with power_of_attorney_invalid', async () => {
    expect(await enter(await handOn(await power({ delegation: '2' })), delegating)).toMatchObject({
      body: { code: 'power_of_attorney_invalid', detail: expect.stringContaining('is not here') },
    });
  });
});

describe('a person with powers of several organisations', () => {
  it('has to choose one: organisation_choice_needed, then the organisation of the choice', async () => {
    const signer = await setting.issue(memberOf(otherOrganisation, colleague));
    const [one, two] = [
      await power(),
      await setting.power(signer, { principal: otherOrganisation, head: colleague }),
    ];
    expect((await signIn(one)).status).toBe(200);
    expect((await signIn(two)).status).toBe(200);
    const { status, body } = await signIn();
    expect([status, body.code]).toEqual([422, 'organisation_choice_needed']);
    const { inn, ogrn } = otherOrganisation;
    const chosen = await setting.signIn(portal, employeeCertificate, { chosen: inn });
    expect(chosen.body.organisation.ogrn).toBe(ogrn);
    const wrong = await setting.signIn(portal, employeeCertificate, { chosen: inn, power: one });
    expect(wrong.body.code).toBe('power_of_attorney_mismatch');
  });
});

describe('a document that is no power', () => {
  const attempt = async (text: string | Uint8Array) =>
    signIn({ document: Buffer.from(text), signature: (await power()).signature });
  const wellFormed = async () => Buffer.from((await power()).document).toString();

  it.each<[string, (text: string) => string | Uint8Array]>([
    ['a document type declaration', (text) => text.replace('?>', '?><!DOCTYPE x [<!ENTITY e "x">]>')],
    ['an external entity', (text) => text.replace('?>', '?><!DOCTYPE x SYSTEM "file:///etc/passwd">')],
    ['an entity that nobody declared', (text) => text.replace('https://powers.example/', '&unknown;')],
    ['windows-1251', (text) => text.replace('UTF-8', 'windows-1251')],
    ['UTF-16', (text) => Buffer.from(text.replace('UTF-8', 'UTF-16'), 'utf16le')],
    [
      'octets that are not UTF-8',
      (text) => Buffer.concat([Buffer.from(text.slice(0, 60)), Buffer.from([0xff, 0xfe])]),
    ],
    ['elements of another namespace', (text) => text.replace('EMCHD_1" В', 'EMCHD_2" В')],
    ['another format', (text) => text.replace('ВерсФорм="EMCHD_1"', 'ВерсФорм="5.01"')],
    ['two numbers', (text) => text.replace(/(<СвДов .*?<\/СвДов>)/, '$1$1')],
    ['deep nesting', () => `${'<a>'.repeat(1_000)}${'</a>'.repeat(1_000)}`],
    ['nothing', () => '<a/>'],
    ['a number that is no GUID', (text) => text.replace(/НомДовер="[^"]*"/, 'НомДовер="1"')],
    ['a day that does not exist', (text) => text.replace(/СрокДейст="[^"]*"/, 'СрокДейст="2027-02-30"')],
  ])('because it holds %s is refused with power_of_attorney_invalid', async (_, change) => {
    const { status, body } = await attempt(change(await wellFormed()));
    expect([status, body.code]).toEqual([403, 'power_of_attorney_invalid']);
    expect(body.detail).not.toContain('passwd');
  });

  it('of 100 MB is refused with request_too_large', async () => {
    const body = { powerOfAttorney: { document: 'A'.repeat(100_000_000), signature: 'AAAA' } };
    expect(await portal.post('/v1/logins', body)).toMatchObject({
      status: 413,
      body: { code: 'request_too_large' },
    });
  });
});
