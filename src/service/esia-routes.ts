import { isFailure, SealgateError } from '../error.ts';
import {
  answerAuthorization,
  answerTokenCall,
  proveTokenCall,
  refuseTokenCall,
  type TokenCall,
  tokenRefusal,
} from '../esia/answer.ts';
import type { SecretForm } from '../esia/client-secret/signed-string.ts';
import { esiaDataError, esiaError } from '../esia/error.ts';
import { certificateBundle, tokenKeySet } from '../esia/key/published.ts';
import { type Parameters, readParameters } from '../esia/parameter.ts';
import { answerResource } from '../esia/resource/answer.ts';
import { openToken } from '../esia/resource/open.ts';
import { pageOrigin } from '../sign-in/challenge.ts';
import { isToken, newToken } from '../sign-in/token.ts';
import { bodyLimit, readOctets } from './body.ts';
import { callerOf, expectNetwork } from './caller.ts';
import { type EsiaCall, esiaCall, esiaPage } from './esia-call.ts';
import { esiaPageRoutes } from './esia-pages.ts';
import { askedLanguage, seeOther } from './page-handler.ts';
import { browserCookie } from './page-request.ts';
import type { Answer, Call, PageRoute } from './route.ts';

/** Every address of the front that speaks ЕСИА's dialect, below `base`. */
export function esiaRoutes(base: string): readonly PageRoute[] {
  return [
    esiaPage('get', `${base}/aas/oauth2/ac`, (call) => authorization(call, 'cms')),
    esiaPage('get', `${base}/aas/oauth2/v2/ac`, (call) => authorization(call, 'raw')),
    tokenRoute(`${base}/aas/oauth2/te`, 'cms'),
    tokenRoute(`${base}/aas/oauth2/v3/te`, 'raw'),
    dataRoute(`${base}/rs/*path`),
    ...esiaPageRoutes(base),
    published(`${base}/public/esia.zip`, async ({ service, at }) => ({
      body: certificateBundle(await service.esia.keys.published(at)),
      type: 'application/zip',
      headers: { 'content-disposition': 'attachment; filename="esia.zip"' },
    })),
    published(`${base}/public/jwks.json`, async ({ service, at }) => ({
      body: await tokenKeySet(await service.esia.keys.published(at)),
      type: 'application/jwk-set+json',
    })),
  ];
}

/** Parameters of the address; the path of `originalUrl` is that of the route. */
function addressParameters({ request }: Call): URLSearchParams {
  return new URL(request.originalUrl, 'http://localhost').searchParams;
}

async function authorization(call: EsiaCall, form: SecretForm): Promise<Answer> {
  const { service, request, at, traceId } = call;
  const parameters = readParameters(addressParameters(call));
  const client = await service.clients.findSystem(parameters.get('client_id') ?? '', at);
  const language = client?.language ?? askedLanguage(call);
  const origin = pageOrigin(service);
  const cookie = browserCookie(origin);
  const shown = cookie.read(request);
  const token = isToken(shown) ? shown : newToken();
  const browser = { token, session: browserCookie(origin, 'session').read(request) };
  const asked = { form, parameters, language, browser, at };
  const address = await answerAuthorization(service, asked, traceId);
  return seeOther(address, token === shown ? {} : { 'set-cookie': cookie.set(token) });
}

/** Tokens are for programs: whoever proves nothing is charged to their address, whoever does to the system. */
function tokenRoute(path: string, form: SecretForm): PageRoute {
  return {
    method: 'post',
    path,
    provesItself: true,
    handle: (call) => tokens(esiaCall(call), form),
    refuse: async (_call, error) => refusedTokens(error, undefined),
  };
}

async function tokens(call: EsiaCall, form: SecretForm): Promise<Answer> {
  const { service, at, traceId } = call;
  const parameters = await tokenParameters(call);
  const tokenCall: TokenCall = { form, parameters, at, traceId };
  try {
    const system = await prove(call, tokenCall);
    expectNetwork(system.client, call.request);
    return { body: await answerTokenCall(service, tokenCall, system) };
  } catch (error) {
    if (!isFailure(error) || isFailure(error, 'rate_limited')) throw error;
    const body = await refuseTokenCall(service, tokenCall, error);
    return { body, status: statusOf(error), code: error.code };
  }
}

async function prove(call: EsiaCall, tokenCall: TokenCall) {
  try {
    return await proveTokenCall(call.service, tokenCall);
  } catch (error) {
    charge(call);
    throw error;
  }
}

/** Charges a request that proves nothing to its address. Throws `rate_limited`. */
function charge({ service, request, at }: Call): void {
  service.strangers(callerOf(request), at);
}

function refusedTokens(error: unknown, state: string | undefined): Answer {
  const known = isFailure(error) ? error : new SealgateError('internal_error');
  return { body: tokenRefusal(known, state), status: statusOf(known), code: known.code };
}

/** ЕСИА refuses with 400; what is no fault of the request is told as such, so that clients come again. */
function statusOf(error: SealgateError): number {
  const { error: kind } = esiaError(error);
  if (kind === 'temporarily_unavailable') return 503;
  return kind === 'server_error' ? 500 : 400;
}

/** Clients send their parameters in the body, in the address, or some here and some there. */
async function tokenParameters(call: EsiaCall): Promise<Parameters> {
  const { request, service } = call;
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  const isForm = type.trim().toLowerCase() === 'application/x-www-form-urlencoded';
  const places = [addressParameters(call), headerParameters(call)];
  if (!isForm) return readParameters(...places);
  const octets = await service.reading.read(`address ${callerOf(request)}`, bodyLimit(request), () =>
    readOctets(request, service.patience.body),
  );
  return readParameters(...places, new URLSearchParams(octets.toString()));
}

/** General OAuth libraries put identifier and secret into the header (RFC 6749, section 2.3.1). */
function headerParameters({ request }: Call): URLSearchParams {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(request.headers.authorization ?? '')?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) return new URLSearchParams();
  return new URLSearchParams({ client_id: text.slice(0, colon), client_secret: text.slice(colon + 1) });
}

/** Data are opened by an access token. */
function dataRoute(path: string): PageRoute {
  return {
    method: 'get',
    path,
    provesItself: true,
    handle: (call) => data(esiaCall(call)),
    async refuse(call, error) {
      const known = isFailure(error) ? error : new SealgateError('internal_error');
      if (isFailure(known, 'esia_token_invalid')) charge(call);
      const { status, ...body } = esiaDataError(known);
      return { body, status, code: known.code };
    },
  };
}

async function data(call: EsiaCall): Promise<Answer> {
  const { service, request, at } = call;
  const { grant, client } = await openToken(service, request.headers.authorization, at);
  expectNetwork(client, request);
  service.limit(client.id, at);
  const { path } = request;
  const below = path.slice(service.esia.base.length + '/rs/'.length);
  const embed = addressParameters(call).get('embed') ?? undefined;
  return { body: await answerResource(service, grant, below, embed) };
}

function published(path: string, answer: (call: EsiaCall) => Promise<Answer>): PageRoute {
  return esiaPage('get', path, async (call) => {
    const { headers, ...rest } = await answer(call);
    return { ...rest, headers: { ...headers, 'cache-control': 'public, max-age=300' } };
  });
}
