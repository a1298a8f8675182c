import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { readAudit } from '../../src/audit/read.ts';
import {
  forgetRefusedRequests,
  keepRefusedRequests,
  mostOfParty,
  readRefusedRequests,
  refusedRequestsOf,
} from '../../src/audit/refused-request.ts';
import { keyring } from '../../src/secret/keyring.ts';
import type { Problem } from '../../src/service/problem.ts';
import { RefusedRequests } from '../../src/service/refused-requests.ts';
import { browser, type Portal, startTestService, type TestService } from '../service/portal.ts';

// Whoever is refused before a sign-in is found by support; nobody may fill the audit by that, or hide somebody else's.

let service: TestService;
let portal: Portal;
beforeAll(async () => {
  service = await startTestService();
  portal = await service.portal();
});
afterAll(() => service.dispose());

const database = () => service.service.database;
const all = () => collected(readRefusedRequests(database()));

async function collected<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of source) found.push(each);
  return found;
}

it('a stranger who guesses secrets fills his own share, and neither the audit nor the portal’s', async () => {
  const records = (await collected(readAudit(database()))).length;
  const { body: own } = await portal.post('/v1/challenges', { browser, origin: 'https://other.example' });
  expect(own.code).toBe('client_forbidden');
  const guess = () =>
    portal.post('/v1/challenges', { browser }, { authorization: `Basic ${btoa('portal:guessed')}` });
  for (let round = 0; round < 4; round += 1) await Promise.all(Array.from({ length: 50 }, guess));
  const { body: last } = await guess();
  await vi.waitFor(
    async () => expect(await refusedRequestsOf(database(), last.traceId, 9)).toHaveLength(1),
    5_000,
  );
  expect(await refusedRequestsOf(database(), own.traceId, 9)).toMatchObject([
    { client: 'portal', isProven: true, status: 403, code: 'client_forbidden' },
  ]);
  const kept = await all();
  expect(kept.filter(({ isProven }) => !isProven)).toHaveLength(mostOfParty);
  expect(await collected(readAudit(database()))).toHaveLength(records);
});

it('who uses another’s trace id stands beside that one, and hides nothing', async () => {
  const { body: own } = await portal.post('/v1/challenges', { browser, origin: 'https://other.example' });
  const traceparent = `00-${own.traceId}-00f067aa0ba902b7-01`;
  const foreign = await fetch(`${service.url}/v1/challenges`, { method: 'POST', headers: { traceparent } });
  expect(((await foreign.json()) as Problem).traceId).toBe(own.traceId);
  await vi.waitFor(
    async () =>
      expect(
        (await refusedRequestsOf(database(), own.traceId, 9)).map(({ isProven }) => isProven).sort(),
      ).toEqual([false, true]),
    5_000,
  );
});

it('what a stranger writes into a request is not kept', async () => {
  const words = 'Иванова-Анна-11223344595';
  const authorization = `Basic ${Buffer.from(`${words}:x`).toString('base64')}`;
  await fetch(`${service.url}/${encodeURIComponent(words)}`, { headers: { 'user-agent': 'x' } });
  await portal.post('/v1/challenges', { [words]: words, browser: 1 });
  const { body } = await portal.post('/v1/challenges', { browser }, { authorization });
  await vi.waitFor(
    async () => expect(await refusedRequestsOf(database(), body.traceId, 9)).toHaveLength(1),
    5_000,
  );
  const [kept] = await refusedRequestsOf(database(), body.traceId, 9);
  expect(kept).not.toHaveProperty('client');
  expect(JSON.stringify(await all())).not.toMatch(/Иванова|11223344595|127\.0\.0\.1/);
});

it('of a flood in one millisecond the share keeps its number, and what is a month old is forgotten', async () => {
  const at = 1_900_000_000_000;
  const request = { party: 'client flood', at, isProven: true, method: 'GET', route: '/x', status: 403 };
  const flood = Array.from({ length: 3 * mostOfParty }, () => ({
    ...request,
    traceId: randomBytes(16).toString('hex'),
  }));
  await database().write({ statements: keepRefusedRequests(flood) });
  const ofFlood = async () => (await all()).filter(({ route }) => route === '/x');
  expect(await ofFlood()).toHaveLength(mostOfParty);
  await database().write({ statements: [forgetRefusedRequests(at + 30 * 86_400_000)] });
  expect(await ofFlood()).toHaveLength(mostOfParty);
  await database().write({ statements: [forgetRefusedRequests(at + 30 * 86_400_000 + 1)] });
  expect(await ofFlood()).toEqual([]);
});

it('while requests wait to be written, who brings the most loses his oldest, and nobody else loses one', async () => {
  const waiting = new RefusedRequests(keyring([randomBytes(32)], 'challenge'));
  const note = (caller: string, traceId: string, provenClient?: string) =>
    waiting.note({
      ...{ at: 1, traceId, method: 'GET', route: '/y', status: 403, caller },
      ...(provenClient === undefined ? {} : { provenClient }),
    });
  note('192.0.2.1', 'of a portal', 'portal');
  for (let each = 0; each < 5_000; each += 1) note('192.0.2.1', `stranger ${each}`);
  await waiting.write(database(), service.service.clients, Date.now());
  const kept = (await all()).filter(({ route }) => route === '/y').map(({ traceId }) => traceId);
  expect(kept).toHaveLength(mostOfParty + 1);
  expect(kept).toContain('of a portal');
  expect(kept).toContain('stranger 4999');
});
