import type { PageKind } from './page-key.ts';

/** Addresses of what the agent's pages load. */
export const assetPaths = {
  style: '/assets/style.css',
  icon: '/assets/icon.svg',
  script: (page: PageKind) => `/assets/${page}.js`,
} as const;
