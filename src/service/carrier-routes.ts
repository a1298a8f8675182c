import { z } from 'zod';
import { disconnectCarrier, listCarriers, nameCarrier } from '../carrier/carrier.ts';
import { confirmCarrier } from '../carrier/connection.ts';
import { carrierChangeRefusals, carrierConnectionRefusals } from '../carrier/refusals.ts';
import { challengeLifetime, issueChallenge } from '../challenge/challenge.ts';
import { SealgateError } from '../error.ts';
import { verificationRefusals } from '../login/refusals.ts';
import { defined } from '../optional.ts';
import { shownText } from '../relying-party/registration.ts';
import { connect, connectionProof } from './carrier-connection.ts';
import { expectHead, organisationPath } from './organisation-call.ts';
import * as view from './organisation-schema.ts';
import { type OrganisationCall, organisationRoute, type Route } from './route.ts';
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
    async handle({ service, subject }) {
      const found = await listCarriers(service.database, subject);
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
    async handle({ service, client, assertion, body, at }) {
      const { origin, browser } = body;
      if (!client.origins.includes(origin)) {
        throw new SealgateError('client_forbidden', { field: 'origin', value: origin });
      }
      const { name, inn } = assertion.claims.organisation;
      const { language } = client;
      const { challenge, text, expiresAt } = issueChallenge(
        service.challengeKeys,
        {
          relyingParty: client.id,
          portal: client.name[language],
          purpose: 'carrier',
          organisation: { name, ...defined({ inn }) },
          lifetime: challengeLifetime,
          ...{ origin, browser, language },
        },
        at,
      );
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
    async handle(call) {
      return { body: shownCarrier(await connect(call)) };
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
    async handle(call) {
      expectHead(call);
      const { service, subject, request, at, traceId } = call;
      const certificate = String(request.params.certificate);
      await confirmCarrier(service.database, subject, certificate, connectionProof(call), at, traceId);
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
    async handle(call) {
      const certificate = ownOrHead(call);
      await nameCarrier(call.service.database, call.subject, certificate, call.body.name, call.at);
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
    async handle(call) {
      const { basis } = connectionProof(call);
      await disconnectCarrier(call.service.database, call.subject, ownOrHead(call), basis, call.at);
      return { body: {} };
    },
  }),
];

/** The certificate of the address; representatives may only touch the one that they signed in with. */
function ownOrHead(call: OrganisationCall<unknown>): string {
  const certificate = String(call.request.params.certificate);
  if (call.assertion.claims['x5t#S256'] !== certificate) expectHead(call);
  return certificate;
}
