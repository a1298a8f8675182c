import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';
import { defined } from '../optional.ts';
import { pluginExtensions } from '../sign-in/plugin-extension.ts';

/**
 * The security headers of every answer, as helmet sets them for a service that serves data and no pages. They are
 * the same each time, so helmet is asked once: run on each request it would cost as much as parsing the body.
 */
export function securityHeaders(): Readonly<Record<string, string>> {
  return headersBy(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'none'"],
        },
      },
      xFrameOptions: { action: 'deny' },
      // These speak to browsers about pages, scripts and documents, of which there are none here.
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    }),
  );
}

/**
 * Where CryptoPro's extension keeps its script: three identifiers in browsers of Chromium's family, in Firefox and
 * Safari one of each installation's own. An address of an extension leads to what the person has installed, and
 * nowhere on the network.
 */
const extensionSources = [
  ...pluginExtensions.map((id) => `chrome-extension://${id}`),
  ...['moz-extension:', 'safari-extension:', 'safari-web-extension:'],
];

/**
 * The security headers of pages: scripts and styles of this service's own alone, nothing inline; requests to it and to
 * the agent on the person's own computer; never in a frame. A window that a page opens keeps its opener, because the
 * agent's window answers it; the page itself keeps none of a page that opened it elsewhere.
 */
export function pageHeaders(agentPorts: readonly number[]): Readonly<Record<string, string>> {
  const sources = {
    scriptSrc: ["'self'", ...extensionSources],
    connectSrc: ["'self'", ...agentPorts.map((port) => `http://127.0.0.1:${port}`)],
  };
  return ownPageHeaders(sources, 'same-origin-allow-popups');
}

/** The security headers of pages that run no script at all, and that nothing else opens. */
export function scriptlessHeaders(): Readonly<Record<string, string>> {
  return ownPageHeaders({}, 'same-origin');
}

/** The security headers of the page on which documents are verified: its own script alone, and requests to nobody. */
export const documentPageHeaders: Readonly<Record<string, string>> = ownPageHeaders(
  { scriptSrc: ["'self'"] },
  'same-origin',
);

/** What all pages with forms share: styles and images of this service's own, forms to it, never in a frame. */
function ownPageHeaders(
  { scriptSrc, connectSrc }: { readonly scriptSrc?: string[]; readonly connectSrc?: string[] },
  crossOriginOpenerPolicy: 'same-origin' | 'same-origin-allow-popups',
): Readonly<Record<string, string>> {
  return headersBy(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          ...defined({ scriptSrc }),
          styleSrc: ["'self'"],
          imgSrc: ["'self'"],
          ...defined({ connectSrc }),
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      xFrameOptions: { action: 'deny' },
      crossOriginOpenerPolicy: { policy: crossOriginOpenerPolicy },
      // Not `no-referrer`: under that browsers send forms of this very site with `Origin: null`.
      referrerPolicy: { policy: 'same-origin' },
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    }),
  );
}

/** The security headers of the contract's viewer: its script, style and document are this service's own, its signs inline images. */
export function viewerHeaders(): Readonly<Record<string, string>> {
  return headersBy(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          formAction: ["'none'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      xFrameOptions: { action: 'deny' },
      referrerPolicy: { policy: 'no-referrer' },
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
    }),
  );
}

function headersBy(middleware: ReturnType<typeof helmet>): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const recorder = {
    setHeader: (name: string, value: string) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: (name: string) => {
      delete headers[name.toLowerCase()];
    },
  };
  middleware({} as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (error) throw error instanceof Error ? error : new Error(String(error));
  });
  return headers;
}
