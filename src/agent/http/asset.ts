import { readFile } from 'node:fs/promises';
import { SealgateError } from '../../error.ts';
import { stylesheet } from '../../markup/stylesheet.ts';
import { assetPaths } from './asset-path.ts';
import type { PageKind } from './page-key.ts';
import type { Call, Route } from './route.ts';

/** Where the set-up puts the scripts that it builds. */
const scripts = new URL('../../../build/agent/', import.meta.url);

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/><path d="M9 21.5c4.5-1 3.5-11 8-11s1 8 6 7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/><path d="M9 25h14" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>`;

/** Routes of scripts and styles: read when they are asked for, since the agent runs for weeks and they are for minutes. */
export const assetRoutes: readonly Route[] = [
  ...(['home', 'bridge', 'confirm'] as const).map((page) =>
    assetRoute(assetPaths.script(page), 'text/javascript; charset=utf-8', () => script(page)),
  ),
  assetRoute(assetPaths.style, 'text/css; charset=utf-8', async () => stylesheet('tokens', 'base', 'agent')),
  assetRoute(assetPaths.icon, 'image/svg+xml', async () => icon),
];

function assetRoute(path: string, type: string, read: () => Promise<string>): Route {
  const handle = async ({ response }: Call) => {
    const text = await read();
    response.writeHead(200, { 'Content-Type': type });
    response.end(text);
  };
  return { method: 'GET', path, caller: 'asset', handle };
}

/** Throws `file_unreadable` where the scripts were not built. */
async function script(page: PageKind): Promise<string> {
  const file = new URL(`${page}.js`, scripts);
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file: `${page}.js` }, { cause });
  });
}
