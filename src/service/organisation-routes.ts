import { z } from 'zod';
import {
  connectCarrier,
  disconnectCarrier,
  findCarrier,
  listCarriers,
  nameCarrier,
} from '../carrier/carrier.ts';
import { challengeLifetime, issueChallenge, openChallenge } from '../challenge/challenge.ts';
import { takeChallenge } from '../challenge/take.ts';
import { shownText } from '../client/registration.ts';
import { type FailureCode, SealgateError } from '../error.ts';
import { findContact, setContact } from '../organisation-view/contact.ts';
import { endOwnSession } from '../organisation-view/session.ts';
import { followSignIns, listSignIns } from '../organisation-view/sign-in.ts';
import { listPowers, withdrawPower } from '../power-of-attorney/store.ts';
import { liveSessions } from '../session/session.ts';
import { decodeSignature } from '../signature/base64.ts';
import { expectHead } from './organisation-call.ts';
import * as view from './organisation-schema.ts';
import { type OrganisationCall, organisationRoute, type Route } from './route.ts';
import { challengeAnswer, powerOfAttorney } from './schema.ts';
import { presentedPower, shownCarrier, shownPower, shownSession } from './shown.ts';

const base = '/v1/organisations/:ogrn';
const nothing = z.strictObject({}).meta({ id: 'Nothing' });

/** The failures of a signature, and of whoever made it: those of a login. */
const ofSignature: readonly FailureCode[] = [
  'signature_malformed',
  'signature_content_mismatch',
  'signature_invalid',
  'signer_certificate_missing',
  'certificate_expired',
  'certificate_revoked',
  'chain_incomplete',
  'root_untrusted',
  'certificate_not_qualified',
  'revocation_unavailable',
  'organisation_missing',
  'organisation_mismatch',
  'organisation_blocked',
  'authority_unproven',
];

const carriers: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${base}/carriers`,
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
    path: `${base}/carriers/challenge`,
    id: 'issueCarrierChallenge',
    summary: 'A challenge to be signed with the key of a carrier that is to be connected',
    schema: z
      .strictObject({ origin: z.string().min(1).max(255), browser: z.string().min(8).max(256) })
      .meta({ id: 'CarrierChallengeRequest' }),
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
          organisation: { name, ...(inn === undefined ? {} : { inn }) },
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
    path: `${base}/carriers`,
    id: 'connectCarrier',
    summary: 'Connect a carrier by the signed challenge',
    description: 'A representative may connect the certificate of the present sign-in; the head any one.',
    schema: view.connectRequest,
    answer: { description: 'It is connected.', schema: view.carrierAnswer },
    failures: [
      ...ofSignature,
      'challenge_malformed',
      'challenge_foreign',
      'challenge_expired',
      'challenge_used',
    ],
    handle: connect,
  }),
  organisationRoute({
    method: 'post',
    path: `${base}/carriers/:certificate/name`,
    id: 'nameCarrier',
    summary: 'Give a carrier another name',
    schema: z.strictObject({ name: shownText(100) }).meta({ id: 'CarrierNameRequest' }),
    answer: { description: 'It has that name.' },
    failures: ['carrier_unknown'],
    async handle(call) {
      const certificate = ownOrHead(call);
      await nameCarrier(call.service.database, call.subject, certificate, call.body.name, call.at);
      return { body: {} };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${base}/carriers/:certificate/disconnect`,
    id: 'disconnectCarrier',
    summary: 'Disconnect a carrier and end the sessions that it opened',
    schema: nothing,
    answer: { description: 'It is disconnected.' },
    failures: ['carrier_unknown'],
    async handle(call) {
      await disconnectCarrier(call.service.database, call.subject, ownOrHead(call), call.at);
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

async function connect(call: OrganisationCall<z.infer<typeof view.connectRequest>>) {
  const { service, subject, client, body, at, traceId } = call;
  const { origin, browser } = body;
  const binding = { relyingParty: client.id, purpose: 'carrier', origin, browser } as const;
  const challenge = openChallenge(service.challengeKeys, body.challenge, binding, at);
  const message = decodeSignature(body.signature);
  const verified = await service.verifyLogin({ challenge, message, client, at, isConnecting: true });
  const { ogrn, name: organisation } = verified.organisation;
  if (`ogrn:${ogrn}` !== subject) throw new SealgateError('organisation_view_forbidden', { organisation });
  const certificate = verified.certificateThumbprint;
  if (call.assertion.claims['x5t#S256'] !== certificate) expectHead(call);
  await service.database.write({ statements: [takeChallenge(challenge)] });
  if (verified.certificate === undefined) throw new Error('the verification gave no certificate');
  const carrier = { name: body.name, holder: verified.signer.name };
  await connectCarrier(service.database, subject, verified.certificate, carrier, at, traceId);
  const connected = await findCarrier(service.database, subject, certificate);
  if (connected === undefined) throw new SealgateError('storage_unavailable');
  return { body: shownCarrier(connected) };
}

const powers: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${base}/powers`,
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
    path: `${base}/powers`,
    id: 'addPower',
    summary: 'Lay a power of attorney ready, so that sign-ins need not bring it',
    schema: powerOfAttorney,
    answer: { description: 'It lies ready.', schema: view.addedPowerAnswer },
    failures: [
      'power_of_attorney_invalid',
      'power_of_attorney_mismatch',
      'power_of_attorney_withdrawn',
      'power_of_attorney_unconfirmed',
      'organisation_mismatch',
      'organisation_blocked',
      'revocation_unavailable',
      'register_unavailable',
      'resource_unknown',
    ],
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
    path: `${base}/powers/:number/withdraw`,
    id: 'withdrawPower',
    summary: 'Withdraw a power of attorney here and end the sessions that rest on it',
    description: 'It stays in force elsewhere until it is withdrawn in the register of powers.',
    schema: nothing,
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

const sessions: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${base}/sessions`,
    id: 'listSessions',
    summary: 'The organisation’s open sessions',
    answer: { description: 'Its sessions, the newest first.', schema: view.sessionsAnswer },
    failures: [],
    async handle({ service, subject, assertion, at }) {
      const found = await liveSessions(service.database, subject, at);
      return { body: { sessions: found.map((session) => shownSession(session, assertion.session.id)) } };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${base}/sessions/:session/end`,
    id: 'endSession',
    summary: 'End a session',
    schema: nothing,
    answer: { description: 'It is over.' },
    failures: ['session_unknown'],
    async handle(call) {
      const { service, subject, request, assertion, at, traceId } = call;
      const id = String(request.params.session);
      if (assertion.session.id !== id) expectHead(call);
      await endOwnSession(service.database, subject, id, at, traceId);
      return { body: {} };
    },
  }),
  organisationRoute({
    method: 'get',
    path: `${base}/sign-ins`,
    id: 'listSignIns',
    summary: 'Sign-ins of the organisation with outcome and place, the newest first',
    description: 'A hundred at a time; `?before=SEQUENCE` goes on where the last answer ended.',
    answer: { description: 'Its sign-ins.', schema: view.signInsAnswer },
    failures: [],
    async handle({ service, subject, request }) {
      const { before } = request.query;
      const number = typeof before === 'string' && /^\d{1,15}$/.test(before) ? Number(before) : undefined;
      if (before !== undefined && number === undefined) {
        throw new SealgateError('request_malformed', { field: 'before', problem: 'must be a number' });
      }
      await followSignIns(service.database);
      const page = { limit: 100, ...(number === undefined ? {} : { before: number }) };
      const found = await listSignIns(service.database, subject, page);
      return { body: { signIns: found.map(({ at, ...signIn }) => ({ ...signIn, at: new Date(at) })) } };
    },
  }),
];

const contact: readonly Route[] = [
  organisationRoute({
    method: 'get',
    path: `${base}/contact`,
    id: 'readContact',
    summary: 'Where the organisation wants to be told of things',
    answer: { description: 'Its contact; empty where it has named none.', schema: view.contactAnswer },
    failures: [],
    async handle({ service, subject }) {
      return { body: (await findContact(service.database, subject)) ?? {} };
    },
  }),
  organisationRoute({
    method: 'post',
    path: `${base}/contact`,
    id: 'setContact',
    summary: 'Set where the organisation wants to be told of things',
    schema: view.contactRequest,
    answer: { description: 'It is set.' },
    failures: [],
    async handle(call) {
      expectHead(call);
      await setContact(call.service.database, call.subject, call.body, call.at);
      return { body: {} };
    },
  }),
];

/** Everything below `/v1/organisations/{ogrn}`: what an organisation sees of itself, and may change. */
export const organisationRoutes: readonly Route[] = [...carriers, ...powers, ...sessions, ...contact];
