import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type StyleName, stylesheet } from '../markup/stylesheet.ts';
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
  /** Of the page on which documents are verified. */
  readonly verification: { readonly style: Asset; readonly script?: Asset };
  /** Headers of every page. */
  readonly headers: Readonly<Record<string, string>>;
  readonly agentPorts: readonly number[];
}

/** A script that the set-up builds; undefined where it did not. */
function builtScript(name: string): string | undefined {
  const file = fileURLToPath(new URL(`../../build/page/${name}.js`, import.meta.url));
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b5cad"/><path d="M9 21.5c4.5-1 3.5-11 8-11s1 8 6 7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"/><path d="M9 25h14" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>`;

/** Reads what pages below the path `base` are made with; the script is what the set-up built. */
export function openPages(agentPorts: readonly number[], base = ''): Pages {
  const style = (name: string, ...sheets: readonly StyleName[]) =>
    asset(`${base}/assets/${name}`, 'css', 'text/css; charset=utf-8', stylesheet(...sheets));
  const script = (name: string) => {
    const text = builtScript(name);
    return text === undefined
      ? {}
      : { script: asset(`${base}/assets/${name}`, 'js', 'text/javascript; charset=utf-8', text) };
  };
  return {
    style: style('style', 'tokens', 'base', 'sign-in', 'account'),
    icon: asset(`${base}/assets/icon`, 'svg', 'image/svg+xml', icon),
    ...script('sign-in'),
    verification: {
      style: style('verify', 'tokens', 'base', 'sign-in', 'report'),
      ...script('verify'),
    },
    headers: pageHeaders(agentPorts),
    agentPorts,
  };
}

function asset(path: string, extension: string, type: string, text: string): Asset {
  return { path: `${path}.${hash('sha256', text, 'hex').slice(0, 16)}.${extension}`, type, text };
}
