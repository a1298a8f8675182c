import { expect, it } from 'vitest';
import { sampleSubscriber } from '../../src/authority/configuration.ts';
import { personalIn } from './personal.ts';
import { startTestService } from './portal.ts';

it('the log of a service in which people sign in, and are refused, at every level, names nobody', async () => {
  const service = await startTestService({}, { SEALGATE_LOG_LEVEL: 'trace' });
  const portal = await service.portal();
  expect((await portal.signIn()).status).toBe(200);
  expect((await portal.signIn({ origin: 'https://other.example' })).status).toBeGreaterThan(399);
  expect(service.log.length).toBeGreaterThan(2);
  expect(personalIn(service.log.join(''))).toEqual([]);
  await service.dispose();
});

it('a log that names an organisation or its head is found out', async () => {
  const { organisation, person } = sampleSubscriber('legal-entity');
  for (const text of [organisation.inn, organisation.name, person.surname])
    expect(personalIn(`{"msg":"answered","who":"${text}"}`)).toEqual([text]);
  const service = await startTestService();
  service.log.push('{"msg":"ПАО «Ромашка»"}');
  await expect(service.dispose()).rejects.toThrow('in the log: Ромашка');
});
