import { SealgateError } from '../error.ts';
import { pageBase } from '../sign-in/challenge.ts';
import { accountPageRoutes } from './account-pages.ts';
import { contractPageRoutes } from './contract-page.ts';
import { firstScreenRoutes } from './first-screen.ts';
import { oidcPageRoutes } from './oidc-pages.ts';
import { otherScreenRoutes } from './other-screen.ts';
import { pageRoute } from './page-handler.ts';
import type { Answer, Call, PageRoute } from './route.ts';
import { verificationPageRoutes } from './verification-pages.ts';

/** Every address that people's browsers open; the OpenAPI document tells of those for programs alone. */
export const pageRoutes: readonly PageRoute[] = [
  ...otherScreenRoutes,
  ...firstScreenRoutes,
  ...contractPageRoutes,
  ...oidcPageRoutes,
  ...accountPageRoutes,
  ...verificationPageRoutes,
  pageRoute('get', '/assets/:file', asset),
];

async function asset({ service, request }: Call): Promise<Answer> {
  const { style, icon, script, verification } = service.pages;
  const assets = [style, icon, script, verification.style, verification.script];
  const found = assets.find((each) => each?.path === `${pageBase(service)}${request.path}`);
  if (found === undefined) throw new SealgateError('resource_unknown', { path: request.path });
  const headers = { 'cache-control': 'public, max-age=31536000, immutable' };
  return { body: found.text, type: found.type, headers };
}
