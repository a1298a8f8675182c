import { hash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { type Authority, createAuthority } from '../../src/authority/authority.ts';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { signDetached } from '../../src/authority/detached.ts';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import { readEnvironment } from '../../src/config.ts';
import { exportEvidence } from '../../src/evidence/export.ts';
import { Allowance } from '../../src/relying-party/allowance.ts';
import { failureOf } from '../failure-code.ts';
import { browser, type LoginBody, origin, type Portal, type TestService } from '../service/portal.ts';
import { startWhole } from '../service/whole.ts';

const hour = 3_600_000;
const day = 24 * hour;
let moved = 0;
const now = () => Date.now() + moved;
let authority: Authority;
let stranger: Authority;
let foreign: IssuedCertificate;
let own: IssuedCertificate;
let service: TestService;
let portal: Portal;

beforeAll(async () => {
  const at = now() - 400 * day;
  authority = await createAuthority({ serve: {}, now, at });
  stranger = await createAuthority({ now, at });
  const subscriber = sampleSubscriber('legal-entity');
  foreign = await stranger.issue({ subscriber, notBefore: now() - day });
  own = await authority.issue({ subscriber, notBefore: now() - day });
  authority.revoke(own.serialNumber, 'keyCompromise');
});
afterEach(() => service.dispose());
afterAll(async () => {
  await authority.close();
  await stranger.close();
});

async function start(kilobytes: number): Promise<void> {
  service = await startWhole({
    authority,
    now,
    environment: { SEALGATE_REFUSED_EVIDENCE_KILOBYTES: String(kilobytes) },
  });
  portal = await service.portal();
}

async function refused(signer: IssuedCertificate, power?: Uint8Array) {
  const { challenge, content } = await portal.challenge();
  const message = await signDetached(Buffer.from(content, 'base64'), signer, now());
  const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');
  const { body } = await portal.post<LoginBody & { code: string; traceId: string }>('/v1/logins', {
    ...{ challenge, signature: base64(message), origin, browser },
    ...(power ? { powerOfAttorney: { document: base64(power), signature: base64(message) } } : {}),
  });
  return { code: body.code, traceId: body.traceId, message: hash('sha256', message, 'base64url') };
}

async function count(table: 'evidence' | 'evidence_object'): Promise<number> {
  const { database } = service.service;
  const [row] = await database.read({ sql: `SELECT count(*) AS n FROM ${table}`, parameters: [] });
  return Number(row?.n);
}

async function newestRecord(): Promise<Record<string, unknown>> {
  let newest = '{}';
  for await (const { record } of readAudit(service.service.database)) newest = record;
  return JSON.parse(newest) as Record<string, unknown>;
}

async function unkept(): Promise<string> {
  const text = await service.service.metrics.registry.metrics();
  return /^sealgate_evidence_not_kept_total\{.*$/m.exec(text)?.[0] ?? '';
}

describe('refusals of certificates that nobody vouches for', () => {
  it('leave evidence while the allowance lasts, and only a record with the digest after that', async () => {
    await start(30);
    const first = await refused(foreign);
    expect(first.code).toBe('root_untrusted');
    expect(await newestRecord()).toMatchObject({ evidence: expect.any(String) });
    expect(await newestRecord()).not.toHaveProperty('message');
    await exportEvidence(service.service.database, first.traceId);
    for (let login = 0; login < 8; login++) await refused(foreign);
    const kept = await count('evidence');
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(5);
    const last = await refused(foreign);
    expect(await newestRecord()).toMatchObject({ code: 'root_untrusted', message: last.message });
    expect(await newestRecord()).not.toHaveProperty('evidence');
    await expect(exportEvidence(service.service.database, last.traceId)).rejects.toMatchObject({
      code: 'evidence_unknown',
    });
    expect(await unkept()).toBe(`sealgate_evidence_not_kept_total{refusal="before-path"} ${10 - kept}`);
    moved += hour;
    await refused(foreign);
    expect(await count('evidence')).toBe(kept + 1);
  });

  it('take nothing from those of a certificate with a valid path, which are kept whole', async () => {
    await start(0);
    await refused(foreign);
    expect(await count('evidence')).toBe(0);
    const { code, traceId } = await refused(own);
    expect(code).toBe('certificate_revoked');
    await exportEvidence(service.service.database, traceId);
  });

  it('leave no objects of their own: neither certificates nor a power that came along', async () => {
    await start(1_000);
    await refused(foreign);
    const before = await count('evidence_object');
    const { code, traceId } = await refused(foreign, Buffer.from(`<power>${'x'.repeat(10_000)}</power>`));
    expect(code).toBe('root_untrusted');
    expect(await count('evidence_object')).toBe(before);
    await exportEvidence(service.service.database, traceId);
  });
});

describe('an allowance', () => {
  it('is an hour’s worth at once, fills up evenly, and is each relying party’s own', () => {
    const allowance = new Allowance({ capacity: 3_600, perSecond: 1 });
    expect(allowance.take('a', 3_601, 0)).toBe(false);
    expect(allowance.take('a', 3_600, 0)).toBe(true);
    expect(allowance.take('a', 1, 0)).toBe(false);
    expect(allowance.take('b', 3_600, 0)).toBe(true);
    expect(allowance.take('a', 11, 10_000)).toBe(false);
    expect(allowance.take('a', 10, 10_000)).toBe(true);
    expect(allowance.take('a', 3_600, 100 * hour)).toBe(true);
    expect(allowance.take('a', 1, 99 * hour)).toBe(false);
  });

  it('has a default, and is set in kilobytes', () => {
    expect(readEnvironment({}).refusedEvidenceKilobytes).toBe(1024);
    const set = (value: string) => readEnvironment({ SEALGATE_REFUSED_EVIDENCE_KILOBYTES: value });
    expect(set('0').refusedEvidenceKilobytes).toBe(0);
    expect(failureOf(() => set('-1')).code).toBe('configuration_invalid');
  });
});
