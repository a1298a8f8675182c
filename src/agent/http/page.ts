import type { IncomingMessage } from 'node:http';
import type { Language } from '../../failure/failure.ts';
import { documentHtml } from '../../markup/document.ts';
import { element } from '../../markup/element.ts';
import type { PageData } from '../view/model.ts';
import { words } from '../window/words.ts';
import { assetPaths } from './asset-path.ts';
import type { PageKind } from './page-key.ts';
import { setHeaders } from './respond.ts';
import type { Call, Route } from './route.ts';

/** Routes of the agent's pages. They hold nothing of anybody's: what they show is asked for with their key. */
export const pageRoutes: readonly Route[] = [
  { method: 'GET', path: '/', caller: 'visitor', handle: (call) => sendPage(call, 'home') },
  { method: 'GET', path: '/bridge', caller: 'visitor', handle: (call) => sendPage(call, 'bridge') },
  { method: 'GET', path: '/confirm/*', caller: 'visitor', handle: (call) => sendPage(call, 'confirm') },
];

function sendPage({ agent, keys, request, response }: Call, page: PageKind): void {
  const language = preferred(request);
  const said = words[language];
  const data: PageData = { key: keys.issue(page, Date.now()), language, version: agent.version };
  const body = element(
    'main',
    { class: page === 'home' ? 'page wide window' : 'page window', id: 'main' },
    element('noscript', {}, element('p', {}, said.scriptNeeded)),
  );
  setHeaders(response, page === 'bridge');
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Language': language });
  response.end(
    documentHtml({
      language,
      title: said.title[page],
      style: assetPaths.style,
      icon: assetPaths.icon,
      script: assetPaths.script(page),
      data,
      body: [body],
    }),
  );
}

/** The language that the browser prefers of those that the agent speaks. */
export function preferred({ headers }: IncomingMessage): Language {
  const wanted = (headers['accept-language'] ?? '')
    .split(',')
    .map((each) => each.trim().slice(0, 2).toLowerCase())
    .find((each) => each === 'ru' || each === 'en');
  return wanted === 'ru' ? 'ru' : 'en';
}
