import { z } from 'zod';
import { isFailure, SealgateError } from '../error.ts';
import { cookieNames } from '../oidc/cookie.ts';
import { oidcIssuer } from '../oidc/dependencies.ts';
import type { InteractionCall } from '../oidc/interaction.ts';
import { consentPage } from '../oidc/view.ts';
import { bodyLimit, conform, readBody, readOctets } from './body.ts';
import { callerOf } from './caller.ts';
import { askedLanguage, pageRoute, seeOther } from './page-handler.ts';
import { parameter, readCookie, wantsData } from './page-request.ts';
import type { Answer, Call, PageRoute } from './route.ts';
import { failurePage } from './sign-in-page.ts';

/** Where a portal's request by OpenID Connect goes on: to the page of the sign-in and back, and what may be handed over. */
export const oidcPageRoutes: readonly PageRoute[] = [
  interactionRoute('get', '/oidc/interaction/:uid', interaction),
  interactionRoute('get', '/oidc/auth/:uid', signed),
  interactionRoute('post', '/oidc/interaction/:uid/consent', consent),
  postedAs('/oidc/auth'),
  postedAs('/oidc/session/end'),
];

/** A route of an interaction. One that is over leads back to the portal, to begin again. */
function interactionRoute(method: 'get' | 'post', path: string, handle: PageRoute['handle']): PageRoute {
  const route = pageRoute(method, path, handle);
  return {
    ...route,
    async refuse(call, error) {
      const { service, request } = call;
      if (wantsData(request) || !isFailure(error, 'oidc_sign_in_over')) return route.refuse(call, error);
      const address = await service.oidc.portalOf(String(request.params.uid));
      return failurePage(
        call,
        error,
        askedLanguage(call),
        address === undefined ? undefined : { address, isAnew: true },
      );
    },
  };
}

/**
 * A request that a portal's page posts (OpenID Connect Core, section 3.1.2.1; RP-Initiated Logout 1.0, section 2). A
 * browser sends no cookies with a form of another site, so that it is sent on to where it might have come to at once.
 */
function postedAs(path: string): PageRoute {
  return { ...pageRoute('get', path, byAddress), method: 'post' };
}

async function byAddress({ service, request }: Call): Promise<Answer> {
  const { reading, patience } = service;
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded')
    throw new SealgateError('request_malformed', { field: 'body', problem: 'not a form' });
  const octets = await reading.read(`address ${callerOf(request)}`, bodyLimit(request), () =>
    readOctets(request, patience.body),
  );
  const parameters = new URL(request.originalUrl, 'http://localhost').searchParams;
  for (const [name, value] of new URLSearchParams(octets.toString())) parameters.append(name, value);
  return seeOther(`${oidcIssuer(service)}${request.path.slice('/oidc'.length)}?${parameters}`);
}

async function interaction(call: Call): Promise<Answer> {
  const { oidc, pages } = call.service;
  const facts = await oidc.consentQuestion(interactionCall(call));
  const policy = pages.headers['content-security-policy'] ?? '';
  return {
    body: consentPage(pages, facts),
    type: 'text/html; charset=utf-8',
    headers: {
      ...pages.headers,
      // The answer leads back to the portal, which browsers take for a form that is sent there.
      'content-security-policy': policy.replace(
        "form-action 'self'",
        `form-action 'self' ${facts.portal.origin}`,
      ),
      'content-language': facts.language,
    },
  };
}

/** From the page of a sign-in; the library goes on with what is noted here. It also comes here by itself. */
async function signed({ service, request, at, traceId }: Call): Promise<undefined> {
  const [code, error] = [parameter(request, 'code', 64), parameter(request, 'error', 64)];
  if (code === undefined && error === undefined) return;
  const uid = String(request.params.uid);
  const cookie = readCookie(request, cookieNames(oidcIssuer(service)).resume);
  await service.oidc.comeBack({ uid, cookie, code, at, traceId });
}

const answer = z.strictObject({ answer: z.enum(['agree', 'decline']) });

async function consent(call: Call): Promise<Answer> {
  const { service, request } = call;
  const { reading, patience } = service;
  const body = await reading.read(`address ${callerOf(request)}`, bodyLimit(request), () =>
    readBody(request, ['application/x-www-form-urlencoded'], patience.body),
  );
  const agrees = conform(answer, body).answer === 'agree';
  return seeOther(await service.oidc.answerConsent(interactionCall(call), agrees));
}

function interactionCall({ request, at, traceId }: Call): InteractionCall {
  const { res: response } = request;
  if (response === undefined) throw new Error('a request without an answer');
  return { request, response, uid: String(request.params.uid), at, traceId };
}
