import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { connectCarrier } from '../../src/carrier/connection.ts';
import { parseCertificate } from '../../src/certificate/certificate.ts';
import { thumbprintOf } from '../../src/certificate/thumbprint.ts';
import { rememberConsent } from '../../src/oidc/consent.ts';
import {
  employee,
  head,
  memberOf,
  organisation,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import type { Portal } from '../service/portal.ts';

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));
const { ogrn } = organisation;

let setting: Setting;
let portal: Portal;
let headCertificate: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting();
  portal = await setting.client('portal');
  headCertificate = await setting.issue(memberOf(organisation, head));
});
afterAll(() => setting.dispose());

function run(...words: string[]): Promise<{ status: number | null; out: string; told: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...words], {
      env: {
        ...process.env,
        LANG: 'C',
        SEALGATE_DATA: setting.folder,
        SEALGATE_REVOCATION_NETWORKS: '127.0.0.0/8',
      },
    });
    let out = '';
    let told = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, out, told }));
  });
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(setting.folder, name);
  writeFileSync(path, content);
  return path;
}

const csv = (state: string) =>
  `ogrn,inn,kpp,name,state,heads\n${ogrn},${organisation.inn},770101001,ООО «Северный ветер»,${state},${head.inn}\n`;

describe('sealgate organisation', () => {
  it('lists consents, and withdraws one by its portal and certificate, once', async () => {
    const certificate = thumbprintOf(parseCertificate(headCertificate.certificate));
    const parties = { subject: `ogrn:${ogrn}`, client: 'portal', certificate };
    const statements = rememberConsent(parties, { scopes: ['signer'], claims: [] }, setting.now());
    await setting.database.write({ statements });
    const listed = JSON.parse((await run('organisation', 'consents', ogrn, '--json')).out);
    expect(listed).toMatchObject([{ client: 'portal', scopes: ['signer'] }]);
    const hex = Buffer.from(certificate, 'base64url').toString('hex');
    expect((await run('organisation', 'consents', ogrn)).out).toContain(hex);
    const withdraw = () => run('organisation', 'withdraw-consent', ogrn, 'portal', hex);
    expect((await withdraw()).status).toBe(0);
    expect((await withdraw()).status).not.toBe(0);
    expect((await run('organisation', 'consents', ogrn)).out).not.toContain('signer');
  });

  it('imports, shows, blocks and unblocks, and lists what the organisation does', async () => {
    const imported = await run('organisation', 'import', file('register.csv', csv('active')));
    expect([imported.status, imported.out]).toEqual([
      0,
      '1 organisations imported, 0 of them closed or blocked\n',
    ]);
    expect((await run('organisation', 'show', ogrn)).out).toMatch(new RegExp(`heads +${head.inn}`));

    const { body } = await setting.signIn(portal, headCertificate);
    expect(body.authority).toEqual({ basis: 'head' });
    const sessions = JSON.parse((await run('organisation', 'sessions', ogrn, '--json')).out);
    expect(sessions).toMatchObject([{ id: body.sessionId, client: 'portal' }]);

    expect((await run('organisation', 'block', ogrn, '--reason', 'test')).status).toBe(0);
    expect(await setting.isActive(portal, body.assertion)).toBe(false);
    expect((await setting.signIn(portal, headCertificate)).body.code).toBe('organisation_blocked');
    expect((await run('organisation', 'unblock', ogrn)).status).toBe(0);

    const again = await setting.signIn(portal, headCertificate);
    expect((await run('organisation', 'end-session', ogrn, again.body.sessionId)).status).toBe(0);
    expect(await setting.isActive(portal, again.body.assertion)).toBe(false);
    const third = await setting.signIn(portal, headCertificate);
    expect((await run('organisation', 'end-sessions', ogrn)).out).toBe('Its sessions have ended\n');
    expect(await setting.isActive(portal, third.body.assertion)).toBe(false);
    const { out } = await run('organisation', 'sign-ins', ogrn);
    expect(out).toMatch(/organisation_blocked +portal +https:\/\/portal\.example/);
    expect(out).toMatch(/passed +portal/);
  });

  it('refuses a register with a wrong row, and a number that is no OGRN', async () => {
    const wrong = await run('organisation', 'import', file('wrong.csv', csv('gone')));
    expect([wrong.status, wrong.out]).toEqual([1, '']);
    expect(wrong.told).toContain('[register_malformed]');
    expect(wrong.told).toContain('Line 2');
    const skipped = await run('organisation', 'import', '--skip-invalid', file('wrong.csv', csv('gone')));
    expect(skipped.status).toBe(1);
    expect(skipped.out).toContain('line 2: state');
    expect((await run('organisation', 'show', '123')).status).toBe(64);
  });
});

describe('sealgate power', () => {
  it('lays a power ready, shows it and withdraws it', async () => {
    for (const [name, certificate] of [
      ['root.cer', setting.authority.root.certificate],
      ['authority.cer', setting.authority.accredited.certificate],
    ] as const) {
      expect((await run('trust', 'add', file(name, certificate), '--unpinned')).status).toBe(0);
    }
    const given = await setting.power(headCertificate);
    const files = [file('power.xml', given.document), file('power.sig', given.signature)];
    const added = await run('power', 'add', '--unqualified', ...files);
    expect([added.told, added.status]).toEqual(['', 0]);
    const signer = await setting.issue({ kind: 'natural-person', person: employee });
    const { body } = await setting.signIn(portal, signer, { chosen: organisation.inn });
    expect(body.authority).toEqual({ basis: 'power-of-attorney', power: given.number });
    expect((await run('power', 'list', ogrn)).out).toContain('in force');
    expect((await run('power', 'show', ogrn, given.number)).out).toContain('**********71');
    expect((await run('power', 'withdraw', ogrn, given.number)).status).toBe(0);
    expect(await setting.isActive(portal, body.assertion)).toBe(false);
    expect((await run('power', 'withdraw', ogrn, 'none')).told).toContain('power_of_attorney_unknown');
  });

  it('refuses a file that is too large', async () => {
    const large = file('large.xml', Buffer.alloc(1_000_000));
    expect((await run('power', 'add', large, large)).told).toContain('request_too_large');
  });
});

describe('sealgate carrier', () => {
  it('lists, names and disconnects', async () => {
    const certificate = parseCertificate(headCertificate.certificate);
    const thumbprint = Buffer.from(thumbprintOf(certificate), 'base64url').toString('hex');
    const carrier = { name: 'Первый', holder: head.surname };
    const proof = { relyingParty: 'portal', basis: 'head', acr: 'urn:sealgate:acr:certificate' } as const;
    await connectCarrier(setting.database, `ogrn:${ogrn}`, certificate, carrier, proof, setting.now());
    expect((await run('carrier', 'name', ogrn, thumbprint, 'Второй')).status).toBe(0);
    const listed = (await run('carrier', 'list', ogrn)).out;
    expect(listed).toContain('Второй');
    expect(listed).toContain(thumbprint);
    expect((await run('carrier', 'notify')).out).toBe('0 notices sent\n');
    expect((await run('carrier', 'disconnect', ogrn, thumbprint)).status).toBe(0);
  });
});
