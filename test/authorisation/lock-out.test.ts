import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { fileStatus } from '../../src/power-of-attorney/status.ts';
import { type Portal, portalOf } from '../service/portal.ts';
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

const minute = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'sealgate-lock-out-'));
const withdrawn = join(folder, 'withdrawn');
const lockOut = { refusals: 3, addressRefusals: 6, organisationRefusals: 7, minutes: 10 };

let setting: Setting;
let portal: Portal;
let headCertificate: IssuedCertificate;
let colleagueCertificate: IssuedCertificate;
let employeeCertificate: IssuedCertificate;
beforeAll(async () => {
  writeFileSync(withdrawn, '');
  setting = await startSetting({ authorisation: () => ({ powerStatus: fileStatus(withdrawn) }) });
  await register(setting.database);
  headCertificate = await setting.issue(memberOf(organisation, head));
  colleagueCertificate = await setting.issue(memberOf(organisation, colleague));
  employeeCertificate = await setting.issue({ kind: 'natural-person', person: employee });
});
afterAll(async () => {
  await setting.dispose();
  rmSync(folder, { recursive: true, force: true });
});
let portals = 0;
beforeEach(async () => {
  portals += 1;
  portal = await setting.client(`portal-${portals}`, { lockOut });
});

type Attempt = () => ReturnType<Setting['signIn']>;
const byHead = (at: Portal = portal, address?: string) =>
  setting.signIn(at, headCertificate, address ? { address } : {});
/** Refused: the register has another head. */
const byColleague = (signer = colleagueCertificate, address?: string) =>
  setting.signIn(portal, signer, address ? { address } : {});
/** The same certificate, by a power that is gone again afterwards. */
const byRight = async (at: Portal = portal) => {
  const power = await setting.power(headCertificate, { representatives: [colleague] });
  const reply = await setting.signIn(at, colleagueCertificate, { power });
  const tables = ['power', 'power_scope', 'power_document'];
  const statements = tables.map((table) => ({
    sql: `DELETE FROM ${table} WHERE number = ?`,
    parameters: [power.number],
  }));
  await setting.database.write({ statements });
  return reply;
};

async function repeat(times: number, attempt: Attempt, code: string): Promise<void> {
  for (let done = 0; done < times; done += 1) expect((await attempt()).body.code).toBe(code);
}

async function audit(): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(setting.database)) records.push(JSON.parse(record));
  return records;
}

describe('a certificate', () => {
  it('one refusal short of the number is let in, and at the number refused with locked_out', async () => {
    await repeat(2, byColleague, 'authority_unproven');
    expect((await byRight()).status).toBe(200);
    await repeat(1, byColleague, 'authority_unproven');
    const { status, headers, body } = await byRight();
    expect([status, body.code]).toEqual([429, 'locked_out']);
    expect(body.detail).toContain('this certificate');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(590);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(600);
    expect((await audit()).at(-1)).toMatchObject({
      event: 'login.refused',
      code: 'locked_out',
      client: portal.id,
      subject: `ogrn:${organisation.ogrn}`,
      details: { holder: 'this-certificate', retryAfter: expect.any(Number) },
    });
    expect((await audit()).at(-1)).not.toHaveProperty('evidence');
  });

  it('is locked out with that relying party alone, and no colleague’s is', async () => {
    await repeat(3, byColleague, 'authority_unproven');
    expect((await byRight()).body.code).toBe('locked_out');
    expect((await byHead()).status).toBe(200);
    const other = await setting.client(`${portal.id}-other`, { lockOut });
    expect((await byRight(other)).status).toBe(200);
  });

  it('is let in when the time is over, however often it has tried meanwhile', async () => {
    await repeat(3, byColleague, 'authority_unproven');
    setting.pass(5 * minute);
    await repeat(5, byColleague, 'locked_out');
    setting.pass(5 * minute + 1);
    expect((await byRight()).status).toBe(200);
    await repeat(2, byColleague, 'authority_unproven');
    expect((await byRight()).status).toBe(200);
  });

  it('of a representative is locked out, though it does not name the organisation', async () => {
    const given = await setting.power(headCertificate, { powers: ['OTHER'] });
    const enter = () => setting.signIn(portal, employeeCertificate, { power: given });
    await repeat(3, enter, 'power_of_attorney_scope');
    expect((await enter()).body.code).toBe('locked_out');
    expect((await byHead()).status).toBe(200);
  });

  it('is locked out by sessions beyond the limit', async () => {
    portal = await setting.client(`${portal.id}-limited`, { lockOut, sessionLimit: 1 });
    expect((await byHead()).status).toBe(200);
    await repeat(3, byHead, 'session_limit');
    expect((await byHead()).body.code).toBe('locked_out');
  });
});

describe('an address that the portal tells', () => {
  const office = '192.0.2.1';

  it('is locked out by several certificates, and others come in from elsewhere', async () => {
    const certificates = [colleagueCertificate, await another(), await another()];
    for (const signer of certificates)
      await repeat(2, () => byColleague(signer, office), 'authority_unproven');
    const { status, body } = await byHead(portal, office);
    expect([status, body.code, body.detail]).toEqual([
      429,
      'locked_out',
      expect.stringContaining('this network address'),
    ]);
    expect((await byHead(portal, '192.0.2.2')).status).toBe(200);
    expect(JSON.stringify(await audit())).not.toContain(office);
  });

  it('is not locked out by strangers, who may share it', async () => {
    const stranger = await startSetting();
    const forged = await stranger.issue(memberOf(organisation, colleague));
    await repeat(6, () => byColleague(forged, office), 'root_untrusted');
    await stranger.dispose();
    expect((await byHead(portal, office)).status).toBe(200);
  });

  it('that is none is refused with request_malformed', async () => {
    const { status, body } = await byHead(portal, 'the office');
    expect([status, body.code]).toEqual([400, 'request_malformed']);
  });
});

describe('an organisation', () => {
  it('is not locked out by one certificate that tries a hundred times at once', async () => {
    const attempts = Array.from({ length: 100 }, () => byColleague());
    const codes = new Set((await Promise.all(attempts)).map(({ body }) => body.code));
    expect([...codes].sort()).toEqual(['authority_unproven', 'locked_out']);
    expect((await byColleague()).body.code).toBe('locked_out');
    expect((await byHead()).status).toBe(200);
  });

  it('is locked out by many certificates at the higher number, with that relying party alone', async () => {
    for (let signer = 0; signer < 3; signer++) {
      const certificate = await another();
      await repeat(2, () => byColleague(certificate), 'authority_unproven');
    }
    expect((await byHead()).status).toBe(200);
    await repeat(1, byColleague, 'authority_unproven');
    const { status, headers, body } = await byHead();
    expect([status, body.code]).toEqual([429, 'locked_out']);
    expect(body.detail).toContain('organisation');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
    const other = await setting.client(`${portal.id}-other`, { lockOut });
    expect((await byHead(other)).status).toBe(200);
    const neighbour = await setting.issue(memberOf(otherOrganisation, colleague));
    expect((await setting.signIn(portal, neighbour)).status).toBe(200);
  });
});

/** Another certificate of the colleague. */
const another = () => setting.issue(memberOf(organisation, colleague));

describe('an organisation is not locked out', () => {
  it('by a stranger with a certificate of its name, nor by a revoked one of its own', async () => {
    const stranger = await startSetting();
    const forged = await stranger.issue(memberOf(organisation, colleague));
    await repeat(4, () => setting.signIn(portal, forged), 'root_untrusted');
    await stranger.dispose();

    const other = await startSetting();
    const client = await other.client('portal', { lockOut });
    const lost = await other.issue(memberOf(organisation, head));
    other.authority.revoke(lost.certificate, 'keyCompromise');
    await repeat(4, () => other.signIn(client, lost), 'certificate_revoked');
    expect((await other.signIn(client, await other.issue(memberOf(organisation, head)))).status).toBe(200);
    await other.dispose();
    expect((await byHead()).status).toBe(200);
  });

  it('by a stranger who brings its certificate, or a power of attorney that it never gave', async () => {
    const { challenge } = await portal.challenge();
    const other = await setting.issue(memberOf(otherOrganisation, employee));
    const forged = await setting.power(other);
    await repeat(
      4,
      () => setting.signIn(portal, employeeCertificate, { power: forged }),
      'power_of_attorney_mismatch',
    );
    const post = () =>
      portal.post('/v1/logins', {
        ...{ challenge, signature: Buffer.from(headCertificate.certificate).toString('base64') },
        ...{ origin: 'https://portal.example', browser: 'browser-session-1' },
      });
    for (let done = 0; done < 4; done += 1) {
      expect(await post()).toMatchObject({ body: { code: 'encoding_unexpected' } });
    }
    expect((await byHead()).status).toBe(200);
  });

  it('by what is down on our side', async () => {
    const given = await setting.power(headCertificate);
    writeFileSync(withdrawn, 'neither number nor remark');
    await repeat(
      4,
      () => setting.signIn(portal, employeeCertificate, { power: given }),
      'register_unavailable',
    );
    writeFileSync(withdrawn, '');
    expect((await byHead()).status).toBe(200);
  });
});

it('another replica refuses with locked_out too, and says how long', async () => {
  const replica = await startSetting({
    authority: setting.authority,
    environment: { SEALGATE_DATA: setting.folder },
    ahead: setting.now() - Date.now(),
  });
  try {
    await repeat(3, byColleague, 'authority_unproven');
    const secret = Buffer.from(portal.authorization.slice('Basic '.length), 'base64')
      .toString()
      .split(':')[1];
    const there = portalOf(replica.url, portal.id, secret ?? '');
    const power = await setting.power(headCertificate, { representatives: [colleague] });
    for (let done = 0; done < 2; done += 1) {
      const { status, headers, body } = await replica.signIn(there, colleagueCertificate, { power });
      expect([status, body.code]).toEqual([429, 'locked_out']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
    }
  } finally {
    await replica.stop();
  }
});
