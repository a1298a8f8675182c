import { z } from 'zod';
import { confirm, connect, connectionChallenge, disconnect, rename } from '../account/carriers.ts';
import { listCarriers } from '../carrier/carrier.ts';
import { carrierChangeRefusals, carrierConnectionRefusals } from '../carrier/refusals.ts';
import { verificationRefusals } from '../login/refusals.ts';
import { shownText } from '../relying-party/registration.ts';
import { organisationPath } from './organisation-call.ts';
import * as view from './organisation-schema.ts';
import { organisationRoute, type Route } from './route.ts';
import { challengeAnswer } from './schema.ts';
import { shownCarrier } from './shown.ts';

/** What `POST …/carriers/challenge` is asked. */
const challengeRequest = z
  .strictObject({ origin: z.string().min(1).max(255), browser: z.string().min(8).max(256) })
  .meta({ id: 'CarrierChallengeRequest' });

/** What `POST …/carriers/{certificate}/name` is asked. */
const nameRequest = z.strictObject({ name: shownText(100) }).meta({ id: 'CarrierNameRequest' });

/** The organisation's connected certificates: list, connect, name, disconnect. */
export const carrierRoutes: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${organisationPath}/carriers`,
    id: 'listCarriers',
    summary: 'The organisation’s connected carriers, those that end first first',
    answer: { description: 'Its carriers.', schema: view.carriersAnswer },
    failures: [],
    async handle({ service, insider }) {
      const found = await listCarriers(service.database, insider.subject);
      return { body: { carriers: found.map(shownCarrier) } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/carriers/challenge`,
    id: 'issueCarrierChallenge',
    summary: 'A challenge to be signed with the key of a carrier that is to be connected',
    schema: challengeRequest,
    answer: { description: 'A challenge, good for five minutes.', schema: challengeAnswer },
    failures: [],
    async handle({ service, insider, body, at }) {
      const { language } = insider.client;
      const issued = connectionChallenge(service, insider, body, language, at);
      const { challenge, text, expiresAt } = issued;
      const content = Buffer.from(text).toString('base64');
      return { body: { challenge, text, content, expiresAt: new Date(expiresAt) } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/carriers`,
    id: 'connectCarrier',
    summary: 'Connect a carrier by the signed challenge',
    description:
      'A representative may connect the certificate of the present sign-in; the head any one. What a representative connects counts with this relying party; others that ask for connected carriers wait for the head to confirm it.',
    schema: view.connectRequest,
    answer: { description: 'It is connected.', schema: view.carrierAnswer },
    failures: [...verificationRefusals, ...carrierConnectionRefusals],
    async handle({ service, insider, body, at, traceId }) {
      return { body: shownCarrier(await connect(service, insider, body, { at, traceId })) };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/carriers/:certificate/confirm`,
    id: 'confirmCarrier',
    summary: 'Confirm, as the head, a carrier that a representative has connected',
    schema: view.nothing,
    answer: { description: 'It is confirmed.' },
    failures: carrierChangeRefusals,
    async handle({ service, insider, request, at, traceId }) {
      await confirm(service, insider, String(request.params.certificate), { at, traceId });
      return { body: {} };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/carriers/:certificate/name`,
    id: 'nameCarrier',
    summary: 'Give a carrier another name',
    schema: nameRequest,
    answer: { description: 'It has that name.' },
    failures: carrierChangeRefusals,
    async handle({ service, insider, request, body, at }) {
      await rename(service, insider, String(request.params.certificate), body.name, { at });
      return { body: {} };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${organisationPath}/carriers/:certificate/disconnect`,
    id: 'disconnectCarrier',
    summary: 'Disconnect a carrier and end the sessions that it opened',
    schema: view.nothing,
    answer: { description: 'It is disconnected.' },
    failures: carrierChangeRefusals,
    async handle({ service, insider, request, at }) {
      await disconnect(service, insider, String(request.params.certificate), { at });
      return { body: {} };
    },
  }),
];
