import { expectHead } from '../account/insider.ts';
import { withdraw } from '../account/powers.ts';
import { addedPowerRefusals } from '../authorisation/refusals.ts';
import { SealgateError } from '../error.ts';
import { firstNumber, handingOn } from '../power-of-attorney/name.ts';
import { powerWithdrawalRefusals } from '../power-of-attorney/refusals.ts';
import { type KeptPower, listPowers, type PowerCursor, scopeOf } from '../power-of-attorney/store.ts';
import { organisationPath } from './organisation-call.ts';
import * as view from './organisation-schema.ts';
import { organisationRoute, type Route } from './route.ts';
import { powerOfAttorney } from './schema.ts';
import { mostShownCodes, presentedPower, shownPower } from './shown.ts';

/** Powers of one answer. */
const onPage = 50;

/** The powers of attorney that the organisation has given: list, lay ready, withdraw. */
export const powerRoutes: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${organisationPath}/powers`,
    id: 'listPowers',
    summary: 'The powers of attorney that the organisation has given, those that end last first',
    description:
      'Fifty at a time, each with its first hundred codes; `?after=NEXT` goes on where the last answer ended.',
    answer: { description: 'Its powers.', schema: view.powersAnswer },
    failures: [],
    async handle({ service: { database }, insider: { subject }, request, at }) {
      const found = await listPowers(database, subject, onPage, cursorIn(request.query.after, subject));
      const powers = await Promise.all(
        found.map(async (power) => shownPower(power, await scopeOf(database, power, mostShownCodes), at)),
      );
      const last = found.at(-1);
      const isMore = last !== undefined && found.length === onPage;
      return { body: { powers, ...(isMore ? { next: cursorOf(last) } : {}) } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/powers`,
    id: 'addPower',
    summary: 'Lay a power of attorney ready, so that sign-ins need not bring it',
    schema: powerOfAttorney,
    answer: { description: 'It lies ready.', schema: view.addedPowerAnswer },
    failures: [...addedPowerRefusals, 'encoding_unexpected', 'resource_unknown'],
    async handle(call) {
      const { service, insider, body, at, request } = call;
      expectHead(insider);
      if (service.verifyPower === undefined)
        throw new SealgateError('resource_unknown', { path: request.path });
      const { power } = await service.verifyPower(
        presentedPower(body),
        insider.client.policy,
        at,
        insider.subject,
      );
      return { body: { number: power.number } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/powers/:number/withdraw`,
    id: 'withdrawPower',
    summary: 'Withdraw a power of attorney here and end the sessions that rest on it',
    description: 'It stays in force elsewhere until it is withdrawn in the register of powers.',
    schema: view.withdrawRequest,
    answer: { description: 'It is withdrawn.' },
    failures: powerWithdrawalRefusals,
    async handle({ service, insider, request, body, at }) {
      const number = String(request.params.number);
      await withdraw(service.database, insider, { number, first: body.first }, at);
      return { body: {} };
    },
  }),
];

/** Where the next answer goes on, as text: end of the term, number, and that of the power it was handed on from. */
function cursorOf(power: KeptPower): string {
  const first = firstNumber(power);
  return [power.notAfter, power.number, ...(first === undefined ? [] : [first])].join('.');
}

const cursor = /^(\d{1,16})\.([0-9a-f-]{36})(?:\.([0-9a-f-]{36}))?$/;

/** The power that an answer goes on after; undefined for the beginning. Throws `request_malformed`. */
function cursorIn(after: unknown, principal: string): PowerCursor | undefined {
  if (after === undefined) return undefined;
  const [, notAfter, number, first] = (typeof after === 'string' && cursor.exec(after)) || [];
  if (notAfter === undefined || number === undefined) {
    throw new SealgateError('request_malformed', { field: 'after', problem: 'must be `next` of an answer' });
  }
  return { notAfter: Number(notAfter), number, giver: first === undefined ? principal : handingOn(first) };
}
