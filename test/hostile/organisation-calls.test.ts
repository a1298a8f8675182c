import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { IssuedCertificate } from '../../src/authority/issuer.ts';
import {
  head,
  memberOf,
  organisation,
  otherOrganisation,
  type Setting,
  startSetting,
} from '../authorisation/setting.ts';
import { browser, origin, type Portal } from '../service/portal.ts';

/**
 * An organisation asks about itself without end. Before, each request was charged to the relying party through which
 * it had signed in, even one that was then refused: nobody else could sign in there.
 */

let setting: Setting;
let portal: Portal;
let one: IssuedCertificate;
let another: IssuedCertificate;
beforeAll(async () => {
  setting = await startSetting({ environment: { SEALGATE_REQUESTS_PER_SECOND: '10' } });
  portal = await setting.client('portal', { organisationView: true });
  one = await setting.issue(memberOf(organisation, head));
  another = await setting.issue(memberOf(organisation, head));
  // No allowance fills up by itself while requests are on their way, however long they take.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterAll(async () => {
  vi.useRealTimers();
  await setting.dispose();
});

/** Time goes on, so that every allowance is full again. */
const rest = () => setting.pass(60_000);

async function enter(signer: IssuedCertificate): Promise<string> {
  const { body } = await setting.signIn(portal, signer);
  expect(body.code).toBe(undefined);
  return body.assertion;
}

/** A hundred requests at once, by status and the seconds that they are told to wait. */
async function flood(assertion: string, ogrn?: string): Promise<Record<string, number>> {
  const replies = await Promise.all(
    Array.from({ length: 100 }, () => setting.ask('/carriers', assertion, undefined, ogrn)),
  );
  const kinds = Map.groupBy(replies, ({ status, headers }) =>
    [status, headers.get('retry-after')].filter((part) => part !== null).join(', '),
  );
  return Object.fromEntries([...kinds].map(([kind, found]) => [kind, found.length]));
}

it('a flood of one certificate spends its own allowance: not its portal’s, nor a colleague’s', async () => {
  const [assertion, colleagues] = [await enter(one), await enter(another)];
  rest();
  expect(await flood(assertion)).toEqual({ '200': 20, '429, 1': 80 });
  // Before: 429, by what the flood had spent.
  expect(await portal.post('/v1/challenges', { origin, browser })).toMatchObject({ status: 200 });
  expect((await setting.ask('/carriers', colleagues)).status).toBe(200);
});

it('requests for another organisation are refused, and cost whoever makes them', async () => {
  rest();
  const [assertion, colleagues] = [await enter(one), await enter(another)];
  rest();
  expect(await flood(assertion, otherOrganisation.ogrn)).toEqual({ '403': 20, '429, 1': 80 });
  expect(await portal.post('/v1/challenges', { origin, browser })).toMatchObject({ status: 200 });
  expect((await setting.ask('/carriers', assertion)).status).toBe(429);
  expect((await setting.ask('/carriers', colleagues)).status).toBe(200);
});

it('a flood without an assertion in force spends nobody’s', async () => {
  rest();
  const assertion = await enter(one);
  const forged = `${assertion.slice(0, -8)}AAAAAAAA`;
  expect(await flood(forged)).toEqual({ '401': 100 });
  expect((await setting.ask('/carriers', assertion)).status).toBe(200);
});
