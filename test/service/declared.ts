import * as esia from '../../src/esia/refusals.ts';
import type { FailureCode } from '../../src/failure/catalogue.ts';
import { esiaRoutes } from '../../src/service/esia-routes.ts';
import { refusalsAt } from '../../src/service/openapi.ts';
import { pageRoutes } from '../../src/service/page-routes.ts';
import {
  openCallRefusals,
  pageRefusals,
  serviceRefusals,
  unroutedRefusals,
} from '../../src/service/refusals.ts';
import { routes } from '../../src/service/routes.ts';

interface Answered {
  readonly method: string;
  readonly route: string;
  readonly code?: FailureCode;
}

/**
 * The refusals in the log of a service that the OpenAPI document does not name for their route. Each test service is
 * asked for them when it ends, so that whatever a test brings a route to answer has to be in its list.
 */
export function undeclaredRefusals(log: readonly string[]): readonly string[] {
  const answers = log.flatMap((line) => (line.includes('"code"') ? [JSON.parse(line) as Answered] : []));
  return answers.flatMap(({ method, route, code }) => {
    if (code === undefined || method === undefined || declaredAt(method, route).includes(code)) return [];
    return [`${method} ${route}: ${code}`];
  });
}

/**
 * The failures that a request with that method to that route may be answered with; `unknown` is no route. Pages are
 * for people and not in the document, but have their list as well.
 */
export function declaredAt(method: string, path: string): readonly FailureCode[] {
  if (path === 'unknown') return unroutedRefusals;
  // What OpenID Connect answers is described by its own discovery; around it stands what the service says everywhere.
  if (path === '/oidc') return [...serviceRefusals, ...openCallRefusals];
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = routes.find((each) => each.path === path && each.method.toUpperCase() === wanted);
  if (route !== undefined) return refusalsAt(route);
  const isAt = (each: { readonly path: string; readonly method: string }) =>
    each.path === path && each.method.toUpperCase() === wanted;
  if (['', '/esia'].some((base) => esiaRoutes(base).some(isAt)))
    return [...Object.values(esia).flat(), ...pageRefusals, ...serviceRefusals];
  return pageRoutes.some(isAt) ? [...pageRefusals, ...serviceRefusals] : [];
}
