import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** Modules that ask the database, each named for what it keeps; the database's own folder stands apart. */
const stores = [
  'account/storage',
  'archive/storage',
  ...['check', 'revoke', 'stored-keys'].map((name) => `assertion/${name}`),
  ...['read', 'refused-request', 'sign-in'].map((name) => `audit/${name}`),
  ...['carrier', 'connection'].map((name) => `carrier/${name}`),
  'challenge/take',
  // Not the service's own state: the server that the demo brings along.
  'demo/private-postgresql',
  ...['authorization', 'grant', 'owner', 'request', 'signed-string', 'token-key'].map(
    (name) => `esia/storage/${name}`,
  ),
  ...['earlier', 'keep', 'objects'].map((name) => `evidence/${name}`),
  ...['contact', 'known', 'notifier'].map((name) => `notice/${name}`),
  ...['consent', 'object', 'reach', 'salt', 'sign-in'].map((name) => `oidc/${name}`),
  ...['earlier', 'keep', 'quota', 'ready', 'representation', 'store', 'withdraw'].map(
    (name) => `power-of-attorney/${name}`,
  ),
  ...['block', 'import', 'lookup'].map((name) => `register/${name}`),
  'revocation/store/database',
  ...['idle', 'lock-out', 'of-many', 'reach', 'recent', 'session', 'use'].map((name) => `session/${name}`),
  'sign-in/storage',
  'trust-list/snapshot',
  ...['kept-powers', 'organisations', 'power-status', 'watched-chain', 'watched-path'].map(
    (name) => `watch/${name}`,
  ),
];

const statement =
  /['`]\s*(?:SELECT\b|INSERT (?:OR \w+ )?INTO\b|UPDATE [a-z_$]+|DELETE FROM\b|WITH [a-z_]+ AS)/;

it('SQL stands in the modules that keep something, and nowhere else', () => {
  const found = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => statement.test(readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')))
    .map((path) => relative(source, path).replace(/\.ts$/, ''))
    .filter((path) => !path.startsWith('database/'));
  expect(found.sort()).toEqual([...stores].sort());
});
