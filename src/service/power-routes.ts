import { addedPowerRefusals } from '../authorisation/refusals.ts';
import { SealgateError } from '../error.ts';
import { listPowers, withdrawPower } from '../power-of-attorney/store.ts';
import { expectHead, organisationPath } from './organisation-call.ts';
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
    summary: 'The powers of attorney that the organisation has given',
    answer: { description: 'Its powers.', schema: view.powersAnswer },
    failures: [],
    async handle({ service, subject, at }) {
      const found = await listPowers(service.database, subject);
      return { body: { powers: found.map((power) => shownPower(power, at)) } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/powers`,
    id: 'addPower',
    summary: 'Lay a power of attorney ready, so that sign-ins need not bring it',
    schema: powerOfAttorney,
    answer: { description: 'It lies ready.', schema: view.addedPowerAnswer },
    failures: [...addedPowerRefusals, 'resource_unknown'],
    async handle(call) {
      expectHead(call);
      const { service, client, subject, body, at, request } = call;
      if (service.verifyPower === undefined)
        throw new SealgateError('resource_unknown', { path: request.path });
      const { power } = await service.verifyPower(presentedPower(body), client.policy, at, subject);
      return { body: { number: power.number } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/powers/:number/withdraw`,
    id: 'withdrawPower',
    summary: 'Withdraw a power of attorney here and end the sessions that rest on it',
    description: 'It stays in force elsewhere until it is withdrawn in the register of powers.',
    schema: view.nothing,
    answer: { description: 'It is withdrawn.' },
    failures: ['power_of_attorney_unknown'],
    async handle(call) {
      expectHead(call);
      const { service, subject, request, at } = call;
      const number = String(request.params.number).toLowerCase();
      if (!(await withdrawPower(service.database, subject, number, 'organisation', at))) {
        throw new SealgateError('power_of_attorney_unknown', { number });
      }
      return { body: {} };
    },
  }),
];
