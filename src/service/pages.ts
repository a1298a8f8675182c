import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stylesheet } from '../markup/stylesheet.ts';
import { pageHeaders } from './headers.ts';

/** A file that pages load. Its name changes with its content, so that browsers may keep it for ever. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

/** What the service's pages are made with. */
export interface Pages {
  readonly style: Asset;
  readonly icon: Asset;
  /** Absent where the set-up did not build it; pages work without. */
  readonly script?: Asset;
  /** Headers of every page. */
  readonly headers: Readonly<Record<string, string>>;
  readonly agentPorts: readonly number[];
}

const scriptFile = fileURLToPath(new URL('../../build/page/sign-in.js', import.meta.url));

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/><path d="M9 21.5c4.5-1 3.5-11 8-11s1 8 6 7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/><path d="M9 25h14" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>`;

/** Reads what pages below the path `base` are made with; the script is what the set-up built. */
export function openPages(agentPorts: readonly number[], base = ''): Pages {
  const script = existsSync(scriptFile) ? readFileSync(scriptFile, 'utf8') : undefined;
  return {
    style: asset(
      `${base}/assets/style`,
      'css',
      'text/css; charset=utf-8',
      stylesheet('tokens', 'base', 'sign-in', 'account'),
    ),
    icon: asset(`${base}/assets/icon`, 'svg', 'image/svg+xml', icon),
    ...(script === undefined
      ? {}
      : { script: asset(`${base}/assets/sign-in`, 'js', 'text/javascript; charset=utf-8', script) }),
    headers: pageHeaders(agentPorts),
    agentPorts,
  };
}

function asset(path: string, extension: string, type: string, text: string): Asset {
  return { path: `${path}.${hash('sha256', text, 'hex').slice(0, 16)}.${extension}`, type, text };
}
