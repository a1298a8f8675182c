import { consentsFor, withdrawConsent } from '../account/consents.ts';
import { organisationPath } from './organisation-call.ts';
import * as view from './organisation-schema.ts';
import { organisationRoute, type Route } from './route.ts';

/** What people of the organisation have agreed to hand over: list and withdraw. */
export const consentRoutes: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${organisationPath}/consents`,
    id: 'listConsents',
    summary: 'What people of the organisation have agreed to hand over to portals, the newest first',
    description: 'A representative sees what they have agreed to themselves.',
    answer: { description: 'The consents.', schema: view.consentsAnswer },
    failures: [],
    async handle({ service, insider }) {
      const found = await consentsFor(service.database, insider);
      const consents = found.map(({ subject: _, givenAt, ...consent }) => ({
        ...consent,
        givenAt: new Date(givenAt),
      }));
      return { body: { consents } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/consents/withdraw`,
    id: 'withdrawConsent',
    summary: 'Withdraw what somebody with a certificate has agreed to hand over to a portal',
    description:
      'What the portal has by it opens nothing any more, and the portal is told that the session is over.',
    schema: view.consentRequest,
    answer: { description: 'It is withdrawn, where there was one.', schema: view.withdrawnAnswer },
    failures: [],
    async handle({ service, insider, body, at, traceId }) {
      return { body: { withdrawn: await withdrawConsent(service.database, insider, body, { at, traceId }) } };
    },
  }),
];
