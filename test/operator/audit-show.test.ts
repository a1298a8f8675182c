import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { auditEntry } from '../../src/audit/record.ts';
import { readEnvironment, toConfig } from '../../src/config.ts';
import type { Unit } from '../../src/database/database.ts';
import { operatorName } from '../../src/environment.ts';
import { listReport } from '../../src/operator/audit-list.ts';
import { showReport } from '../../src/operator/audit-show.ts';
import type { Operation } from '../../src/operator/operate.ts';
import { signedBy } from '../../src/operator/signed.ts';
import type { Problem } from '../../src/service/problem.ts';
import { openState } from '../../src/service/state.ts';
import { showLines } from '../../src/terminal/table.ts';
import { browser, type Portal, startTestService, type TestService } from '../service/portal.ts';

let service: TestService;
let portal: Portal;
let operation: Operation;
let refused: Problem;
beforeAll(async () => {
  service = await startTestService();
  portal = await service.portal();
  await portal.signIn();
  refused = (await portal.signIn({ signature: 'AAAA' })).body;
  const config = toConfig(readEnvironment({ SEALGATE_DATA: service.folder }));
  operation = { ...(await openState(config, Date.now(), 'read')), config, at: Date.now() };
});
afterAll(async () => {
  await operation.database.close();
  await service.dispose();
});

const shown = async (id: string, options = {}) =>
  showLines((await showReport(operation, id, options)).lines, undefined).text;

describe('audit show', () => {
  it('tells under the trace id of a refusal who asked, why it was refused, and what to do', async () => {
    const text = await shown(refused.traceId);
    expect(text).toContain('A sign-in was refused');
    expect(text).toMatch(/portal +portal, https:\/\/portal\.example/);
    expect(text).toContain(`[${refused.code}]`);
    expect(text).toContain(refused.remedy);
  });

  it('tells the same as data', async () => {
    const { json } = await showReport(operation, refused.traceId, {});
    expect(json).toMatchObject({ records: [{ event: 'login.refused', code: refused.code }], log: [] });
  });

  it('finds a record by its number, with the organisation, the text and every check', async () => {
    const { json } = await listReport(operation, { after: 0, limit: 100 });
    const passed = (json as { event: string; sequence: number }[]).find(
      ({ event }) => event === 'login.passed',
    );
    const text = await shown(String(passed?.sequence));
    expect(text).toContain('Signed in');
    expect(text).toContain('organisation          ПАО «Ромашка»');
    expect(text).toMatch(/certificate, SHA-256 +[0-9a-f]{64}\n/);
    expect(text).toContain('What was signed:\n');
    expect(text).toContain('passed: the signature itself');
  });

  it('finds what was refused before a sign-in began, and whether the portal proved that it asked', async () => {
    const forged = { authorization: `Basic ${btoa('portal:guessed')}` };
    const { body: unproven } = await portal.post<Problem>('/v1/challenges', { browser }, forged);
    const { body: forbidden } = await portal.post<Problem>('/v1/challenges', {
      browser,
      origin: 'https://e.example',
    });
    await vi.waitFor(() => shown(forbidden.traceId), { timeout: 5_000 });
    const [told, other] = [await shown(unproven.traceId), await shown(forbidden.traceId)];
    expect(told).toMatch(
      /A request was refused before a sign-in .*\n +time .*\n +portal +portal, as it was named, not/,
    );
    expect(told).toMatch(/request +POST \/v1\/challenges\n +status +401\n/);
    expect(told).toContain(`[client_unauthenticated]\n  ${unproven.detail}`);
    expect(other).toMatch(/portal +portal\n/);
    expect(other).toContain(forbidden.detail);
    expect(other).toContain(forbidden.remedy);
  });

  it('tells of a refused sign-in once', async () => {
    const { json } = await showReport(operation, refused.traceId, {});
    expect(json).toMatchObject({ records: [{ code: refused.code }], refused: [] });
  });

  it('finds in the log what was refused before a sign-in began, and is not kept', async () => {
    const log = join(service.folder, 'service.log');
    const traceId = '1'.repeat(32);
    const line = {
      traceId,
      method: 'POST',
      route: '/v1/challenges',
      status: 401,
      code: 'client_unauthenticated',
    };
    const answered = JSON.stringify({ time: '2026-01-01T00:00:00.000Z', ...line });
    writeFileSync(log, `not ours: ${traceId}\n${answered}\n${service.log.join('\n')}`);
    await expect(shown(traceId)).rejects.toMatchObject({ code: 'trace_unknown' });
    const text = await shown(traceId, { log });
    expect(text).toMatch(
      /In the log of the service\n +time .*\n +request +POST \/v1\/challenges\n +status +401/,
    );
    expect(text).toContain('[client_unauthenticated]');
  });

  it.each([['0'.repeat(32)], ['99999'], ['%']])('refuses %s with trace_unknown', async (id) => {
    await expect(shown(id)).rejects.toMatchObject({ code: 'trace_unknown', details: { id } });
  });
});

describe('audit list', () => {
  const events = async (options: object) => {
    const { json } = await listReport(operation, { after: 0, limit: 100, ...options });
    return (json as { event: string }[]).map(({ event }) => event);
  };

  it('shows the newest that fit, the oldest of them first', async () => {
    const all = await events({});
    expect(await events({ last: 2 })).toEqual(all.slice(-2));
    expect(await events({ last: 1, code: refused.code })).toEqual(['login.refused']);
    expect(await events({ last: 50, client: 'nobody' })).toEqual([]);
  });

  it('shows what is of an organisation, and what came since a time', async () => {
    expect(await events({ organisation: '1027700132195' })).toEqual(['login.passed']);
    expect(await events({ organisation: '1027700132196' })).toEqual([]);
    expect(await events({ since: Date.now() + 60_000 })).toEqual([]);
    expect(await events({ since: Date.now() - 600_000 })).toEqual(await events({}));
  });
});

describe('audit list, of what was refused before a sign-in', () => {
  const listed = async (options: object) => {
    const { json } = await listReport(operation, { after: 0, limit: 100, ...options });
    return (json as Record<string, unknown>[]).map(({ event, code, traceId }) => ({ event, code, traceId }));
  };

  it('shows it by code, portal and trace id, and among the newest in the order of time', async () => {
    const { body } = await portal.post<Problem>('/v1/challenges', { browser, origin: 'https://f.example' });
    const entry = { event: 'request.refused', code: body.code, traceId: body.traceId };
    await vi.waitFor(async () => expect(await listed({ trace: body.traceId })).toEqual([entry]), 5_000);
    expect((await listed({ code: body.code })).at(-1)).toEqual(entry);
    expect(await listed({ client: 'portal', last: 1 })).toEqual([entry]);
    await portal.signIn();
    const events = (await listed({ last: 2 })).map(({ event }) => event);
    expect(events).toEqual(['request.refused', 'login.passed']);
  });

  it('shows addresses that do not exist to those alone who look for them', async () => {
    const { traceId } = (await (await fetch(`${service.url}/nowhere`)).json()) as Problem;
    await vi.waitFor(async () => expect(await listed({ trace: traceId })).toHaveLength(1), 5_000);
    expect(await listed({ code: 'resource_unknown' })).toHaveLength(1);
    expect((await listed({})).filter(({ code }) => code === 'resource_unknown')).toEqual([]);
    expect(await listed({ organisation: '1027700132195', code: 'resource_unknown' })).toEqual([]);
  });
});

describe('what an operator does', () => {
  it('stands in the audit with the name of who typed it, and what the service does without one', async () => {
    const { database } = operation;
    const entries: Record<string, unknown>[] = [];
    for await (const { record } of readAudit(database)) entries.push(JSON.parse(record));
    expect(entries.filter(({ event }) => event === 'login.refused')).not.toHaveProperty('0.operator');
    const unit = {
      statements: [],
      journal: [auditEntry({ event: 'client.enabled', at: 1, client: 'portal' })],
    };
    const written: Unit[] = [];
    const kept = { ...database, write: async (each: Unit) => void written.push(each) };
    await signedBy(kept, 'maria').write(unit);
    expect(written[0]?.journal).toEqual([
      { at: 1, record: '{"client":"portal","event":"client.enabled","operator":"maria"}' },
    ]);
    expect(operatorName({ SUDO_USER: 'maria' })).toBe('maria');
    expect(operatorName({})).not.toBe('');
  });
});
