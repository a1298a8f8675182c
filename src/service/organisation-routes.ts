import { carrierRoutes } from './carrier-routes.ts';
import { consentRoutes } from './consent-routes.ts';
import { contactRoutes } from './contact-routes.ts';
import { powerRoutes } from './power-routes.ts';
import type { Route } from './route.ts';
import { sessionRoutes } from './session-routes.ts';

/** Everything below `/v1/organisations/{ogrn}`: what an organisation sees of itself, and may change. */
export const organisationRoutes: readonly Route[] = [
  ...carrierRoutes,
  ...powerRoutes,
  ...sessionRoutes,
  ...consentRoutes,
  ...contactRoutes,
];
