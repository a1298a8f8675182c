import type { Language } from '../failure/failure.ts';
import { pageOrigin } from '../sign-in/challenge.ts';
import { expectOwnPage, languageParameter, wantsData } from './page-request.ts';
import type { Answer, Call, PageRoute } from './route.ts';
import { failureData, failurePage } from './sign-in-page.ts';

/**
 * A route of pages. What is posted has to come from a page of this service (`request_foreign` otherwise), and what
 * `handle` throws becomes a help page, or data where the page's script asks.
 */
export function pageRoute(method: 'get' | 'post', path: string, handle: PageRoute['handle']): PageRoute {
  return {
    method,
    path,
    async handle(call) {
      if (method === 'post') expectOwnPage(call.request, pageOrigin(call.service));
      return handle(call);
    },
    async refuse(call, error) {
      const language = askedLanguage(call);
      return wantsData(call.request)
        ? failureData(call, error, language)
        : failurePage(call, error, language);
    },
  };
}

/** The language of the address, or the one that the browser prefers. */
export function askedLanguage({ request }: Call): Language {
  const isAsked = languageIn(request);
  return isAsked ?? (request.acceptsLanguages('en', 'ru') === 'ru' ? 'ru' : 'en');
}

/** A wrong parameter must not make the page fail that tells of it. */
function languageIn(request: Call['request']): Language | undefined {
  try {
    return languageParameter(request);
  } catch {
    return undefined;
  }
}

/** Goes to another page of this service. */
export function seeOther(address: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { body: '', type: 'text/plain', status: 303, headers: { location: address, ...headers } };
}

/** A text as a download: exactly the octets that are to be signed. */
export function textFile(text: string, name = 'sealgate-sign-in.txt'): Answer {
  const headers = { 'content-disposition': `attachment; filename="${name}"` };
  return { body: text, type: 'text/plain; charset=utf-8', headers };
}
