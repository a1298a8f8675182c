import { SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { startRefusals, takeRefusals } from '../sign-in/refusals.ts';
import { startSignIn } from '../sign-in/start.ts';
import { takeAsserted } from '../sign-in/take.ts';
import { clientRoute, type Route } from './route.ts';
import { shownOrganisation } from './shown.ts';
import * as schema from './sign-in-schema.ts';

/** What portals ask for whose people sign on the service's own page. */
export const signInRoutes: readonly Route[] = [
  clientRoute({
    method: 'post',
    path: '/v1/sign-ins',
    id: 'startSignIn',
    summary: 'Begin a sign-in by the service’s own page',
    description:
      'Gives the address of the page, for the browser to be sent to. The first browser that opens it is the one that signs in; it comes back to `returnUri` with `code`, `state` and `iss`, or with `error`.',
    accepts: ['application/json'],
    schema: schema.signInRequest,
    answer: { description: 'A sign-in, open for a quarter of an hour.', schema: schema.signInAnswer },
    failures: startRefusals,
    async handle({ service, client, body, at }) {
      const { returnUri, state, language, organisation, audience, minimumClass } = body;
      if (!client.returnUris.includes(returnUri)) {
        throw new SealgateError('client_forbidden', { field: 'returnUri', value: returnUri });
      }
      const returnTo = new URL(returnUri);
      if (state !== undefined) returnTo.searchParams.append('state', state);
      const { url, expiresAt } = await startSignIn(
        service,
        {
          client,
          returnTo: returnTo.href,
          language: language ?? client.language,
          requester: { origin: returnTo.origin },
          ...(organisation === undefined ? {} : { organisation: shownOrganisation(organisation) }),
          ...defined({ audience }),
          ...(minimumClass === undefined ? {} : { requirements: { minimumClass } }),
        },
        at,
      );
      return { body: { url, expiresAt: new Date(expiresAt) } };
    },
  }),
  clientRoute({
    method: 'post',
    path: '/v1/sign-ins/result',
    id: 'takeSignIn',
    summary: 'Exchange the code that a browser brought back, once',
    description: 'Gives what was decided and the assertion, which is made now.',
    accepts: ['application/json'],
    schema: schema.signInCode,
    answer: { description: 'Signed in; the audit has it.', schema: schema.signInResult },
    failures: takeRefusals,
    async handle({ service, client, body, at, traceId }) {
      const { assertion, expiresAt, claims } = await takeAsserted(service, client, body.code, {
        at,
        traceId,
      });
      const { sid, organisation, signer, authority, acr, amr, auth_time: authTime, warnings } = claims;
      return {
        body: {
          assertion,
          expiresAt: new Date(expiresAt),
          sessionId: sid,
          ...{ organisation, signer, acr, amr },
          ...defined({ authority }),
          authenticatedAt: new Date(authTime * 1000),
          ...defined({ warnings }),
        },
      };
    },
  }),
];
