import { readFileSync } from 'node:fs';

/** What every page needs, and what single kinds of pages need besides. */
export type StyleName = 'tokens' | 'base' | 'sign-in' | 'account' | 'agent' | 'report';

/** The stylesheets of these names as one, in this order. */
export function stylesheet(...names: readonly StyleName[]): string {
  return names.map((name) => readFileSync(new URL(`style/${name}.css`, import.meta.url), 'utf8')).join('\n');
}
