import { checkAssertion } from '../assertion/check.ts';
import { jwksMaxAge } from '../assertion/keys.ts';
import { issueRefusals, revokeRefusals } from '../assertion/refusals.ts';
import { revokeAssertion } from '../assertion/revoke.ts';
import { challengeLifetime, issueChallenge } from '../challenge/challenge.ts';
import { isFailure, SealgateError } from '../error.ts';
import { login } from '../login/login.ts';
import { loginRefusals } from '../login/refusals.ts';
import { defined } from '../optional.ts';
import { useSession } from '../session/use.ts';
import { organisationRoutes } from './organisation-routes.ts';
import { type ClientCall, clientRoute, type Route } from './route.ts';
import * as schema from './schema.ts';
import { sessionStatusRoutes } from './session-status.ts';
import { presentedPower, shownOrganisation } from './shown.ts';
import { signInRoutes } from './sign-in-api.ts';
import { validationRoutes } from './validation-routes.ts';

const challenges = clientRoute({
  method: 'post',
  path: '/v1/challenges',
  id: 'issueChallenge',
  summary: 'Issue a challenge',
  description:
    'Gives a text for the person to read and sign. Nothing is kept until the signature comes back.',
  accepts: ['application/json'],
  schema: schema.challengeRequest,
  answer: { description: 'A challenge, good for five minutes.', schema: schema.challengeAnswer },
  failures: ['client_forbidden'],
  async handle({ service, client, body, at }) {
    if (!client.origins.includes(body.origin)) throw forbidden('origin', body.origin);
    const language = body.language ?? client.language;
    const { challenge, text, expiresAt } = issueChallenge(
      service.challengeKeys,
      {
        relyingParty: client.id,
        portal: client.name[language],
        origin: body.origin,
        browser: body.browser,
        language,
        lifetime: challengeLifetime,
        ...(body.organisation ? { organisation: shownOrganisation(body.organisation) } : {}),
      },
      at,
    );
    const content = Buffer.from(text).toString('base64');
    return { body: { challenge, text, content, expiresAt: new Date(expiresAt) } };
  },
});

const logins = clientRoute({
  method: 'post',
  path: '/v1/logins',
  id: 'login',
  summary: 'Verify a signed challenge and sign in',
  description:
    'Checks everything that makes the signature worth trusting, and hands out a short-lived assertion.',
  accepts: ['application/json'],
  schema: schema.loginRequest,
  answer: { description: 'Signed in; the audit has it.', schema: schema.loginAnswer },
  failures: loginRefusals,
  async handle({ service, client, body, at, traceId }) {
    const { challenge, signature, origin, browser, address, audience, powerOfAttorney: power } = body;
    const powerOfAttorney = power && presentedPower(power);
    const request = {
      ...{ client, challenge, signature, origin, browser, traceId, at },
      ...(powerOfAttorney ? { powerOfAttorney } : {}),
      ...defined({ address }),
    };
    const result = await login(service, audience === undefined ? request : { ...request, audience });
    const { assertion, expiresAt, sessionId, organisation, signer, authority, verdict } = result;
    const who = { organisation, signer, ...(authority ? { authority } : {}) };
    return { body: { assertion, expiresAt: new Date(expiresAt), sessionId, ...who, verdict } };
  },
});

const tokenTypes = ['application/x-www-form-urlencoded', 'application/json'] as const;

const introspect = clientRoute({
  method: 'post',
  path: '/v1/assertions/introspect',
  id: 'introspectAssertion',
  summary: 'Ask whether an assertion is in force (RFC 7662)',
  accepts: tokenTypes,
  schema: schema.tokenRequest,
  answer: { description: 'The claims, or that it is not active.', schema: schema.introspectionAnswer },
  failures: [],
  async handle(call) {
    const { service, client, body, at } = call;
    try {
      const keys = await service.assertionKeys.published(at);
      const input = { database: service.database, keys, issuer: service.issuer, audiences: client.audiences };
      const { claims, session } = await checkAssertion(body.token, input, at);
      await useSession(service.database, session, at);
      return { body: { active: true, ...claims } };
    } catch (error) {
      await recordInactive(call, error);
      return { body: { active: false } };
    }
  },
});

const revoke = clientRoute({
  method: 'post',
  path: '/v1/assertions/revoke',
  id: 'revokeAssertion',
  summary: 'Revoke an assertion and end its session (RFC 7009)',
  accepts: tokenTypes,
  schema: schema.tokenRequest,
  answer: { description: 'It is revoked, or was none of ours.' },
  failures: revokeRefusals,
  async handle({ service, client, body, at, traceId }) {
    const keys = (await service.assertionKeys.list()).map(({ jwk }) => jwk);
    const input = { database: service.database, keys, issuer: service.issuer, client: client.id, traceId };
    await revokeAssertion(body.token, input, at);
    return { body: undefined };
  },
});

/** Every address of the service; the OpenAPI document and the server are made from this one list. */
export const routes: readonly Route[] = [
  logins,
  challenges,
  introspect,
  revoke,
  ...sessionStatusRoutes,
  ...signInRoutes,
  ...organisationRoutes,
  ...validationRoutes,
  {
    method: 'get',
    path: '/.well-known/jwks.json',
    id: 'jwks',
    summary: 'Public keys of the assertions (RFC 7517)',
    answer: {
      description: 'Present keys, and one that will soon sign.',
      schema: schema.jwksAnswer,
      type: 'application/jwk-set+json',
    },
    failures: [],
    async handle({ service, at }) {
      const keys = await service.assertionKeys.published(at);
      const headers = { 'cache-control': `public, max-age=${jwksMaxAge}` };
      return { body: { keys }, type: 'application/jwk-set+json', headers };
    },
  },
  {
    method: 'get',
    path: '/healthz',
    id: 'health',
    summary: 'Whether the process is alive',
    answer: { description: 'It is.', schema: schema.stateAnswer },
    failures: [],
    handle: async () => ({ body: { status: 'ok' } }),
  },
  {
    method: 'get',
    path: '/readyz',
    id: 'readiness',
    summary:
      'Whether the service can sign people in: its storage answers, and its key did when it was last used',
    answer: { description: 'It can.', schema: schema.stateAnswer },
    failures: issueRefusals,
    async handle({ service, at }) {
      await service.database.ready();
      await service.assertionKeys.check(at);
      return { body: { status: 'ok' } };
    },
  },
  {
    method: 'get',
    path: '/metrics',
    id: 'metrics',
    summary: 'Measurements for Prometheus, where the operator serves them',
    answer: { description: 'In Prometheus’ text format.', type: 'text/plain' },
    failures: ['resource_unknown'],
    async handle({ service, request }) {
      const { registry, exposed } = service.metrics;
      if (!exposed) throw new SealgateError('resource_unknown', { path: request.path });
      return { body: await service.metrics.text(), type: registry.contentType };
    },
  },
  {
    method: 'get',
    path: '/openapi.json',
    id: 'openapi',
    summary: 'This document',
    answer: { description: 'OpenAPI 3.1.', type: 'application/json' },
    failures: [],
    handle: async ({ service }) => ({ body: await service.openApi }),
  },
];

function forbidden(field: 'audience' | 'origin', value: string): SealgateError {
  return new SealgateError('client_forbidden', { field, value });
}

/** RFC 7662, section 2.2: whoever asks is not told why. The audit is. */
async function recordInactive(
  { service, client, at, traceId }: ClientCall<unknown>,
  error: unknown,
): Promise<void> {
  const inactive = ['assertion_invalid', 'assertion_expired', 'assertion_revoked', 'session_ended'] as const;
  if (!(error instanceof SealgateError) || !inactive.some((code) => isFailure(error, code))) throw error;
  service.metrics.inactive(error.code);
  const journal = service.refusedAssertions.note({ client: client.id, error, traceId, at });
  if (journal.length > 0) await service.database.write({ statements: [], journal });
}
