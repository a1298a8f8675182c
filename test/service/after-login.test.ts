import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { type Config, readEnvironment, toConfig } from '../../src/config.ts';
import { refreshReport } from '../../src/operator/revocation.ts';
import { policySchema } from '../../src/relying-party/registration.ts';
import type { RenewalSettings } from '../../src/revocation/store/renewal.ts';
import { openState } from '../../src/service/state.ts';
import { findSession } from '../../src/session/session.ts';
import type { LoginBody, Portal, TestService } from './portal.ts';
import { networks, signInWith, startWhole } from './whole.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** Long enough for a machine that is busy with other tests. */
const patiently = { timeout: 10_000, interval: 20 };

let moved = 0;
const now = () => Date.now() + moved;
let authority: Authority;
let service: TestService;
let portal: Portal;
let config: Config;

beforeEach(async () => {
  moved = 0;
  authority = await createAuthority({ serve: {}, now, at: now() - 400 * day });
});
afterEach(async () => {
  await service.dispose();
  await authority.close();
});

async function start(
  renewal: Partial<RenewalSettings> = {},
  environment: Record<string, string> = {},
): Promise<void> {
  service = await startWhole({ authority, now, renewal, environment });
  config = toConfig(readEnvironment({ SEALGATE_DATA: service.folder, ...networks }));
}

const issue = () =>
  authority.issue({ subscriber: sampleSubscriber('legal-entity'), notBefore: now() - 30 * day });

async function signIn(signer: IssuedCertificate): Promise<LoginBody> {
  const { status, body } = await signInWith(portal, signer, now());
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}

async function isActive({ assertion }: LoginBody): Promise<boolean> {
  const { body } = await portal.post<{ active: boolean }>('/v1/assertions/introspect', { token: assertion });
  return body.active;
}

const endOf = async ({ sessionId }: LoginBody) =>
  (await findSession(service.service.database, sessionId))?.endReason;

async function audit(event: string): Promise<Record<string, unknown>[]> {
  const records: Record<string, unknown>[] = [];
  for await (const { record } of readAudit(service.service.database)) records.push(JSON.parse(record));
  return records.filter((record) => record.event === event);
}

async function refresh(): Promise<void> {
  const state = await openState(config, now(), 'open');
  try {
    const { exitCode } = await refreshReport({ ...state, config, at: now() }, []);
    expect(exitCode).toBe(0);
  } finally {
    await state.database.close();
  }
}

describe('a certificate revoked after the login', () => {
  it('ends its sessions as soon as the new list has been fetched, and no others', async () => {
    await start({ interval: 0 });
    portal = await service.portal();
    const [revoked, other] = [await issue(), await issue()];
    const session = await signIn(revoked);
    const stays = await signIn(other);
    expect([await isActive(session), await isActive(stays)]).toEqual([true, true]);

    authority.revoke(revoked.serialNumber, 'keyCompromise');
    await expect.poll(() => isActive(session), patiently).toBe(false);
    expect(await isActive(stays)).toBe(true);
    expect(await endOf(session)).toBe('certificate-revoked');
    expect(await audit('session.ended')).toMatchObject([
      {
        client: 'portal',
        session: session.sessionId,
        subject: expect.stringMatching(/^ogrn:/),
        details: {
          reason: 'certificate-revoked',
          revocation: 'keyCompromise',
          serialNumber: revoked.serialNumber,
        },
      },
    ]);
  });

  it('ends the sessions of all its subscribers where it is the authority’s', async () => {
    await start({ interval: 0 });
    portal = await service.portal();
    const session = await signIn(await issue());
    authority.root.revoke(authority.accredited.certificate, 'cACompromise');
    await expect.poll(() => endOf(session), patiently).toBe('certificate-revoked');
  });

  it('ends its sessions after `sealgate revocation refresh`, though the service itself would ask later', async () => {
    await start();
    portal = await service.portal();
    const [revoked, other] = [await issue(), await issue()];
    const session = await signIn(revoked);
    const stays = await signIn(other);
    authority.revoke(revoked.serialNumber);
    await refresh();
    await expect.poll(() => isActive(session), patiently).toBe(false);
    expect(await isActive(stays)).toBe(true);
  });

  it('ends its sessions when the service starts, where the list came while it was down', async () => {
    await start();
    portal = await service.portal();
    const [revoked, other] = [await issue(), await issue()];
    const session = await signIn(revoked);
    const stays = await signIn(other);
    await service.stop();
    authority.revoke(revoked.serialNumber);
    await refresh();
    await start({}, { SEALGATE_DATA: service.folder });
    await expect.poll(() => endOf(session), patiently).toBe('certificate-revoked');
    expect(await endOf(stays)).toBeUndefined();
  });

  it('ends its sessions where only the responder tells, once it is asked again', async () => {
    await start({ interval: day });
    portal = await service.portal({ policy: policySchema.parse({ revocation: { order: ['ocsp', 'crl'] } }) });
    const [revoked, other] = [await issue(), await issue()];
    const session = await signIn(revoked);
    const stays = await signIn(other);
    authority.revoke(revoked.serialNumber, 'superseded');
    moved += 61 * minute;
    await expect.poll(() => endOf(session), patiently).toBe('certificate-revoked');
    expect(await audit('session.ended')).toMatchObject([
      {
        session: session.sessionId,
        details: { revocation: 'superseded', source: authority.accredited.ocspUrl },
      },
    ]);
    expect(await endOf(stays)).toBeUndefined();
  });
});

describe('a decision to let people in though revocation cannot be checked', () => {
  it('stands in the audit of each sign-in with reason, operator and end, and ends no later than the revocation', async () => {
    await start({ interval: day });
    const until = new Date(now() + 2 * 60 * minute).toISOString();
    const breakGlass = {
      reason: 'no responder',
      operator: 'duty',
      from: new Date(now()).toISOString(),
      until,
    };
    // The accredited authority's own certificate names no responder.
    const revocation = { order: ['ocsp'], breakGlass };
    portal = await service.portal({ policy: policySchema.parse({ revocation }) });
    const signer = await issue();
    const session = await signIn(signer);
    expect(await audit('login.passed')).toMatchObject([
      {
        details: {
          revocation: {
            source: 'break-glass',
            breakGlass: { reason: 'no responder', operator: 'duty', until },
          },
        },
        warnings: expect.arrayContaining(['revocation.break-glass']),
      },
    ]);
    authority.revoke(signer.serialNumber);
    moved += 6 * minute;
    await expect.poll(() => endOf(session), patiently).toBe('certificate-revoked');
  });
});

describe('an OCSP answer', () => {
  it('is renewed ahead of its end while its certificate has open sessions', async () => {
    await start({ interval: day });
    portal = await service.portal({ policy: policySchema.parse({ revocation: { order: ['ocsp', 'crl'] } }) });
    await signIn(await issue());
    const issued = async () => {
      const [row] = await service.service.database.read({
        sql: `SELECT record FROM held_revocation WHERE kind = 'ocsp'`,
        parameters: [],
      });
      return Number(JSON.parse(String(row?.record)).fetchedAt);
    };
    await expect.poll(issued, patiently).toBeGreaterThan(0);
    const first = await issued();
    moved += 61 * minute;
    await expect.poll(issued, patiently).toBeGreaterThan(first);
  });
});
