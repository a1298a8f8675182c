import type { EsiaContext } from '../esia/context.ts';
import { pageRoute } from './page-handler.ts';
import type { Answer, Call, PageRoute, Service } from './route.ts';

/** A call of the front that speaks ЕСИА's dialect; its routes are there only where the front is. */
export interface EsiaCall extends Call {
  readonly service: Service & EsiaContext;
}

/** The call, where the front is open. */
export function esiaCall(call: Call): EsiaCall {
  const { esia } = call.service;
  if (esia === undefined) throw new Error('a route of a front that is not open');
  return call as EsiaCall;
}

/** As `pageRoute`, for pages of the front. */
export function esiaPage(
  method: 'get' | 'post',
  path: string,
  handle: (call: EsiaCall) => Promise<Answer>,
): PageRoute {
  return pageRoute(method, path, (call) => handle(esiaCall(call)));
}
