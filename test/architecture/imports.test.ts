import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * The one direction, leaves first. A module imports from its own part and from parts above it in this list, never
 * from one below. A part is a folder of src, or a file that stands in src itself.
 */
const order = [
  'optional.ts',
  'failure',
  'error.ts',
  'environment.ts',
  'budget',
  'file',
  'markup',
  'terminal',
  'background',
  'cache',
  'asn1',
  'gost',
  'algorithm',
  'certificate',
  'subject',
  'xml',
  'report',
  'secret',
  'database',
  'audit',
  'session',
  'challenge',
  'signature',
  'encoding',
  'path',
  'fetch',
  'timestamp',
  'audit-anchor',
  'revocation',
  'relying-party',
  'issuer',
  'trust-list',
  'qualified',
  'organisation',
  'signer',
  'register',
  'power-of-attorney',
  'carrier',
  'notice',
  'watch',
  'authorisation',
  'evidence',
  'config.ts',
  'webcrypto',
  'authority',
  'token',
  'assertion',
  'portal',
  'validation',
  'document',
  'archive',
  'signing',
  'agent',
  'login',
  'sign-in',
  'oidc',
  'esia',
  'account',
  'verification',
  'service',
  'workers',
  'operator',
  'page',
  'doctor',
  'main.ts',
  'demo',
  'stand',
  'command-line',
  'cli.ts',
];

function modules(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return modules(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

function partOf(path: string): string {
  return relative(source, path).split('/')[0] ?? '';
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) =>
    join(dirname(path), target ?? ''),
  );
}

/** A module without its comments. */
function codeOf(path: string): string {
  return readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** Groups of modules that reach each other by imports (Tarjan's strongly connected components). */
function circles(
  paths: readonly string[],
  importedBy: (path: string) => readonly string[] = importsOf,
): string[][] {
  const numbers = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): number => {
    const number = numbers.size;
    numbers.set(path, number);
    open.push(path);
    let low = number;
    for (const target of importedBy(path)) {
      if (!paths.includes(target)) continue;
      if (!numbers.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, lowest.get(target) ?? numbers.get(target)!);
    }
    lowest.set(path, low);
    if (low === number) {
      const circle = open.splice(open.indexOf(path)).reverse();
      if (circle.length > 1) found.push(circle);
    }
    return low;
  };
  for (const path of paths) if (!numbers.has(path)) visit(path);
  return found;
}

it('every part of src has its place in the direction', () => {
  const parts = new Set(modules(source).map(partOf));
  expect([...parts].filter((part) => !order.includes(part))).toEqual([]);
});

it('no module imports from a later part', () => {
  const backwards = modules(source).flatMap((path) =>
    importsOf(path)
      .filter((target) => order.indexOf(partOf(target)) > order.indexOf(partOf(path)))
      .map((target) => `${relative(source, path)} imports ${relative(source, target)}`),
  );
  expect(backwards).toEqual([]);
});

it('no modules import each other in a circle', () => {
  expect(circles(modules(source)).map((circle) => circle.map((path) => relative(source, path)))).toEqual([]);
});

it('the environment is read by the configuration, what stands beside it, and the prompt for secrets alone', () => {
  const readers = modules(source)
    .filter((path) =>
      /process\s*\.\s*env\b|process\s*\[|\benv\b[^'\n]*from 'node:process'/.test(codeOf(path)),
    )
    .map((path) => relative(source, path));
  expect(readers).toEqual(['config.ts', 'environment.ts', 'terminal/prompt.ts']);
});

it('log lines are made in one place, which knows every field', () => {
  const writers = modules(source)
    .filter((path) => /from 'pino'|\bconsole\s*\./.test(codeOf(path)))
    .map((path) => relative(source, path))
    .filter((path) => !/^import type [^;]*from 'pino'/m.test(codeOf(join(source, path))));
  expect(writers).toEqual(['service/log.ts']);
});

it('finds circles at all, so that the test above can fail', () => {
  const imports = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(circles([...imports.keys()], (path) => imports.get(path) ?? [])).toEqual([['c', 'b']]);
});

it('finds imports at all, so that the test above can fail', () => {
  expect(importsOf(join(source, 'signature/verify.ts')).length).toBeGreaterThan(5);
});

/** Where programs begin; what a program starts in a worker or a browser is named by its address. */
const entries = [
  ...['main.ts', 'cli.ts', 'demo/main.ts', 'portal/index.ts'],
  ...['page/main.ts', 'page/verify.ts', 'page/contract.ts'],
];

it('every module is part of a program: what only tests use stands with them', () => {
  const reached = new Set<string>();
  const waiting = [
    ...entries.map((entry) => join(source, entry)),
    ...modules(join(source, 'agent/window')),
    ...modules(join(source, 'token/worker')),
  ];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path) || !existsSync(path)) continue;
    reached.add(path);
    const named = [...codeOf(path).matchAll(/'(\.[^']+\.ts)'/g)].map(([, target]) =>
      join(dirname(path), target ?? ''),
    );
    waiting.push(...named);
  }
  // Types of a package that has none, and what stages refuse with, which is compared with them in a test of its own.
  const isApart = (path: string) => path.endsWith('.d.ts') || path.endsWith('/refusals.ts');
  const unreached = modules(source).filter((path) => !reached.has(path) && !isApart(path));
  expect(unreached.map((path) => relative(source, path))).toEqual([]);
});
