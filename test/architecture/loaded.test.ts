import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// What a service loads before it answers: modules that are imported at once, and not those that a function imports.

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** Where `sealgate serve` begins, and the modules that it imports by functions on its way to answering. */
const beginnings = ['cli.ts', 'command-line/run.ts', 'command-line/serve.ts', 'main.ts'];
const onTheWay = ['operator/serve.ts', 'service/start.ts', 'service/verifier.ts', 'service/overload.ts'];

/** Packages and modules that many a service never uses: each comes with its first use. */
const unneeded = [
  ...['nodemailer', 'oidc-provider', 'pg', 'undici', 'pkijs', 'pdfkit'],
  ...['document/service.ts', 'verification/judge.ts', 'esia/open.ts', 'token/token-module.ts'],
];

/** What a module imports at once; types are not there when it runs. */
function importsOf(path: string): string[] {
  const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const found = code.matchAll(/^(?:import|export)\s+(?!type\b)(?:([^;'"]*?)\bfrom\s+)?'([^']+)'/gm);
  return [...found].filter(([, names = '']) => !isOfTypes(names)).map(([, , target = '']) => target);
}

function isOfTypes(names: string): boolean {
  const inner = /^\s*\{([\s\S]*)\}\s*$/.exec(names)?.[1]?.split(',') ?? [];
  const given = inner.map((name) => name.trim()).filter((name) => name !== '');
  return given.length > 0 && given.every((name) => name.startsWith('type '));
}

/** Modules of ours, below src, and packages that come with `starts`. */
function loadedBy(starts: readonly string[]): ReadonlySet<string> {
  const loaded = new Set<string>();
  const visit = (path: string) => {
    const name = relative(source, path);
    if (loaded.has(name) || !existsSync(path) || !path.endsWith('.ts')) return;
    loaded.add(name);
    for (const target of importsOf(path)) {
      if (target.startsWith('.')) visit(join(dirname(path), target));
      else if (!target.startsWith('node:')) loaded.add(/^(?:@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target);
    }
  };
  for (const start of starts) visit(join(source, start));
  return loaded;
}

it('a service that is asked for nothing yet has loaded nothing that it may never need', () => {
  const loaded = loadedBy([...beginnings, ...onTheWay]);
  expect(unneeded.filter((name) => loaded.has(name))).toEqual([]);
});

it('finds what is loaded at all, so that the test above can fail', () => {
  const loaded = loadedBy(onTheWay);
  for (const name of ['express', 'zod', 'oidc/oidc.ts', 'login/verify.ts']) expect(loaded).toContain(name);
  for (const [name, start] of [
    ['oidc-provider', 'oidc/library.ts'],
    ['undici', 'fetch/dispatcher.ts'],
    ['document/service.ts', 'verification/judge.ts'],
  ] as const)
    expect(loadedBy([start])).toContain(name);
});
