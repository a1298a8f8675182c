import { SealgateError } from '../error.ts';
import { pageBase } from '../sign-in/challenge.ts';
import { accountPageRoutes } from './account-pages.ts';
import { contractPageRoutes } from './contract-page.ts';
import { firstScreenRoutes } from './first-screen.ts';
import { oidcPageRoutes } from './oidc-pages.ts';
import { otherScreenRoutes } from './other-screen.ts';
import { pageRoute } from './page-handler.ts';
import type { Answer, Call, PageRoute } from './route.ts';

/** Every address that people's browsers open; the OpenAPI document tells of those for programs alone. */
export const pageRoutes: readonly PageRoute[] = [
  ...otherScreenRoutes,
  ...firstScreenRoutes,
  ...contractPageRoutes,
  ...oidcPageRoutes,
  ...accountPageRoutes,
  pageRoute('get', '/assets/:file', asset),
];

async function asset({ service, request }: Call): Promise<Answer> {
  const { style, icon, script } = service.pages;
  const found = [style, icon, script].find((each) => each?.path === `${pageBase(service)}${request.path}`);
  if (found === undefined) throw new SealgateError('resource_unknown', { path: request.path });
  const headers = { 'cache-control': 'public, max-age=31536000, immutable' };
  return { body: found.text, type: found.type, headers };
}
