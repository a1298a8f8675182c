import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import { type Portal, startTestService, type TestService } from '../service/portal.ts';

/** A relying party asks about assertions that are not in force. Before, each left a record in the audit for good. */

let service: TestService;
let portal: Portal;
beforeAll(async () => {
  service = await startTestService();
  portal = await service.portal();
});
afterAll(() => service.dispose());

async function refused(): Promise<{ code: string; client: string; count: unknown }[]> {
  const found: { code: string; client: string; count: unknown }[] = [];
  for await (const { record } of readAudit(service.service.database)) {
    const { event, code, client, details } = JSON.parse(record);
    if (event === 'assertion.refused') found.push({ code, client, count: details?.count });
  }
  return found;
}

const ask = (by: Portal, token: string) => by.post('/v1/assertions/introspect', { token });
const one = (client: string, count?: number) => ({ code: 'assertion_invalid', client, count });

it('a hundred inactive assertions leave one record now and one in an hour, with their number', async () => {
  await Promise.all(Array.from({ length: 100 }, (_, index) => ask(portal, `nonsense-${index}`)));
  expect(await refused()).toEqual([one('portal')]);
  service.pass(3_600_000);
  await ask(portal, 'nonsense');
  expect(await refused()).toEqual([one('portal'), one('portal', 99), one('portal')]);
  const metrics = await service.service.metrics.registry.metrics();
  expect(metrics).toContain('sealgate_introspections_inactive_total{code="assertion_invalid"} 101');
});

it('another relying party’s are recorded by themselves, and an assertion in force is none', async () => {
  const other = await service.portal({ id: 'other' });
  const { assertion } = (await portal.signIn()).body;
  expect((await ask(portal, assertion)).body).toMatchObject({ active: true });
  expect((await ask(other, assertion)).body).toEqual({ active: false });
  expect((await refused()).at(-1)).toEqual(one('other'));
});
