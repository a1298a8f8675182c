import { readFile } from 'node:fs/promises';
import { SealgateError } from '../error.ts';
import { documentHtml } from '../markup/document.ts';
import { element } from '../markup/element.ts';
import { pageBase } from '../sign-in/challenge.ts';
import { viewerHeaders } from './headers.ts';
import { askedLanguage, pageRoute } from './page-handler.ts';
import type { Answer, Call, PageRoute } from './route.ts';

/** The viewer's files, which the set-up built. */
const files = new Map([
  ['viewer.js', 'text/javascript; charset=utf-8'],
  ['viewer.css', 'text/css; charset=utf-8'],
]);

const words = {
  en: { title: 'Sealgate: the contract', file: 'The contract as a file (OpenAPI 3.1)' },
  ru: { title: 'Sealgate: договор', file: 'Договор файлом (OpenAPI 3.1)' },
};

const headers = viewerHeaders();

/** The contract for people: a viewer of `/openapi.json` whose files are the service's own. */
export const contractPageRoutes: readonly PageRoute[] = [
  pageRoute('get', '/docs', show),
  pageRoute('get', '/docs/:file', file),
];

async function show(call: Call): Promise<Answer> {
  const language = askedLanguage(call);
  const { title, file: link } = words[language];
  const base = pageBase(call.service);
  const body = documentHtml({
    ...{ language, title },
    style: `${base}/docs/viewer.css`,
    icon: call.service.pages.icon.path,
    script: `${base}/docs/viewer.js`,
    // The viewer takes the place of what stands here for browsers without it.
    body: [
      element(
        'main',
        { id: 'contract' },
        element('h1', {}, title),
        element('p', {}, element('a', { href: `${base}/openapi.json`, id: 'contract-file' }, link)),
      ),
    ],
  });
  return { body, type: 'text/html; charset=utf-8', headers };
}

/** Read each time: few ask for it, and kept it would take memory from everybody else. */
async function file({ request }: Call): Promise<Answer> {
  const name = String(request.params.file);
  const type = files.get(name);
  if (type === undefined) throw new SealgateError('resource_unknown', { path: request.path });
  try {
    const body = await readFile(new URL(`../../build/contract/${name}`, import.meta.url));
    return { body, type, headers: { 'cache-control': 'public, max-age=3600' } };
  } catch (error) {
    throw new SealgateError('resource_unknown', { path: request.path }, { cause: error });
  }
}
