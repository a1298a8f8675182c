import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * The one direction, leaves first. A module imports from its own part and from parts above it in this list, never
 * from one below. A part is a folder of src, or a file that stands in src itself.
 */
const order = [
  'failure',
  'error.ts',
  'terminal',
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
  'path',
  'revocation',
  'issuer',
  'client',
  'trust-list',
  'qualified',
  'organisation',
  'register',
  'power-of-attorney',
  'carrier',
  'organisation-view',
  'notice',
  'authorisation',
  'evidence',
  'config.ts',
  'authority',
  'token',
  'assertion',
  'problem.ts',
  'portal',
  'validation',
  'signing',
  'login-record.ts',
  'login.ts',
  'prove-path.ts',
  'verify-login.ts',
  'service',
  'server.ts',
  'start.ts',
  'verifier.ts',
  'operator',
  'doctor',
  'main.ts',
  'demo',
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

it('finds imports at all, so that the test above can fail', () => {
  expect(importsOf(join(source, 'signature/verify.ts')).length).toBeGreaterThan(5);
});
