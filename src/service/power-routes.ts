import { expectHead } from '../account/insider.ts';
import { powersPage, withdraw } from '../account/powers.ts';
import { addedPowerRefusals } from '../authorisation/refusals.ts';
import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { powerWithdrawalRefusals } from '../power-of-attorney/refusals.ts';
import { organisationPath } from './organisation-call.ts';
import * as view from './organisation-schema.ts';
import { organisationRoute, type Route } from './route.ts';
import { powerOfAttorney } from './schema.ts';
import { presentedPower, shownPower } from './shown.ts';

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
      const { powers, next } = await powersPage(database, subject, request.query.after);
      const shown = powers.map(({ power, codes }) => shownPower(power, codes, at));
      return { body: { powers: shown, ...defined({ next }) } };
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
