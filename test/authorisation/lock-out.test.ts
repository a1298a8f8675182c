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
const lockOut = { refusals: 3, minutes: 10 };

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
const byHead = (at: Portal = portal) => setting.signIn(at, headCertificate);
const byColleague = () => setting.signIn(portal, colleagueCertificate);

async function repeat(times: number, attempt: Attempt, code: string): Promise<void> {
  for (let done = 0; done < times; done += 1) expect((await attempt()).body.code).toBe(code);
}

async function audit(): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(setting.database)) records.push(JSON.parse(record));
  return records;
}

describe('an organisation', () => {
  it('one refusal short of the number is let in, and at the number refused with locked_out', async () => {
    await repeat(2, byColleague, 'authority_unproven');
    expect((await byHead()).status).toBe(200);
    await repeat(1, byColleague, 'authority_unproven');
    const { status, headers, body } = await byHead();
    expect([status, body.code]).toEqual([429, 'locked_out']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(590);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(600);
    expect((await audit()).at(-1)).toMatchObject({
      event: 'login.refused',
      code: 'locked_out',
      client: portal.id,
      subject: `ogrn:${organisation.ogrn}`,
      details: { retryAfter: expect.any(Number) },
    });
    expect((await audit()).at(-1)).not.toHaveProperty('evidence');
  });

  it('is locked out with that relying party alone, and no other organisation is', async () => {
    await repeat(3, byColleague, 'authority_unproven');
    expect((await byHead()).body.code).toBe('locked_out');
    const other = await setting.client(`${portal.id}-other`, { lockOut });
    expect((await byHead(other)).status).toBe(200);
    const neighbour = await setting.issue(memberOf(otherOrganisation, colleague));
    expect((await setting.signIn(portal, neighbour)).status).toBe(200);
  });

  it('is let in when the time is over, however often it has tried meanwhile', async () => {
    await repeat(3, byColleague, 'authority_unproven');
    setting.pass(5 * minute);
    await repeat(5, byColleague, 'locked_out');
    setting.pass(5 * minute + 1);
    expect((await byHead()).status).toBe(200);
    await repeat(2, byColleague, 'authority_unproven');
    expect((await byHead()).status).toBe(200);
  });

  it('is locked out by refusals of its representatives, whose certificates do not name it', async () => {
    const given = await setting.power(headCertificate, { powers: ['OTHER'] });
    const enter = () => setting.signIn(portal, employeeCertificate, { power: given });
    await repeat(3, enter, 'power_of_attorney_scope');
    expect((await enter()).body.code).toBe('locked_out');
    expect((await byHead()).body.code).toBe('locked_out');
  });

  it('is locked out by sessions beyond the limit', async () => {
    portal = await setting.client(`${portal.id}-limited`, { lockOut, sessionLimit: 1 });
    expect((await byHead()).status).toBe(200);
    await repeat(3, byHead, 'session_limit');
    expect((await byHead()).body.code).toBe('locked_out');
  });
});

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
      expect(await post()).toMatchObject({ body: { code: 'signature_malformed' } });
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
    for (let done = 0; done < 2; done += 1) {
      const { status, headers, body } = await replica.signIn(there, headCertificate);
      expect([status, body.code]).toEqual([429, 'locked_out']);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
    }
  } finally {
    await replica.stop();
  }
});
