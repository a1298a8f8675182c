import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/**
 * Each table has one owner: the folder that alone reads and writes it. What others want to know of a table its owner
 * gives them, as a function or as a statement for their unit.
 */
const owners: Readonly<Record<string, string>> = {
  account_session: 'account',
  known_sign_in: 'notice',
  known_sign_in_progress: 'notice',
  unusual_sign_in: 'notice',
  archived_document: 'archive',
  asked_path: 'watch',
  assertion_key: 'assertion',
  assertion_private_key: 'assertion',
  carrier: 'carrier',
  carrier_connection: 'carrier',
  client: 'relying-party',
  esia_authorization: 'esia',
  esia_grant: 'esia',
  esia_owner: 'esia',
  esia_request: 'esia',
  esia_signed_string: 'esia',
  esia_token_key: 'esia',
  evidence: 'evidence',
  evidence_object: 'evidence',
  expiry_notice: 'notice',
  held_revocation: 'revocation',
  journal: 'audit',
  journal_head: 'database',
  lock_out: 'session',
  migration: 'database',
  oidc_consent: 'oidc',
  oidc_object: 'oidc',
  oidc_reach: 'oidc',
  oidc_salt: 'oidc',
  oidc_sign_in: 'oidc',
  organisation_block: 'register',
  organisation_contact: 'notice',
  page_sign_in: 'sign-in',
  power: 'power-of-attorney',
  power_document: 'power-of-attorney',
  power_of_attorney: 'power-of-attorney',
  power_scope: 'power-of-attorney',
  refused_request: 'audit',
  registered_organisation: 'register',
  replica: 'database',
  representation: 'power-of-attorney',
  revocation_object: 'revocation',
  revocation_piece: 'revocation',
  revocation_record: 'revocation',
  revoked_assertion: 'assertion',
  session: 'session',
  session_reach: 'session',
  sign_in: 'audit',
  sign_in_progress: 'audit',
  taken_challenge: 'challenge',
  trust_certificate: 'trust-list',
  trust_snapshot: 'trust-list',
  watched_chain: 'watch',
  watched_path: 'watch',
  write_probe: 'database',
};

/**
 * What else touches a table, and why it may. The adapters write the journal, because its head is sealed inside of the
 * commit, and the audit checks that seal. Sessions are found by an index that begins with the relying party, of which
 * there are few. What ends sessions after the sign-in finds them together with the paths and powers that they rest on,
 * in one question. Evidence of an earlier version is read into a database in memory of its own.
 */
const exceptions: ReadonlySet<string> = new Set([
  'journal database',
  'journal_head audit',
  'client session',
  ...['client watch', 'session watch', 'power watch', 'power_document watch'],
]);
const ownDatabase = 'evidence/earlier.ts';
const schemaFolder = join(source, 'database/sqlite/schema');

function modules(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return modules(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

/** Tables that the SQL in a text names, for what it does with them. */
function tablesIn(text: string): string[] {
  const named = text.matchAll(/\b(?:FROM|INTO|UPDATE|JOIN)\s+([a-z_]+)\b(?!\.)/g);
  const found = [...named, ...text.matchAll(/\bSealedTable = \{\s*name: '([a-z_]+)'/g)];
  return [...new Set(found.map(([, table]) => table ?? ''))].filter((table) => table in owners);
}

const uses = modules(source)
  .filter((path) => !path.startsWith(schemaFolder) && relative(source, path) !== ownDatabase)
  .flatMap((path) => {
    const place = relative(source, path);
    const folder = place.split('/')[0] ?? '';
    return tablesIn(readFileSync(path, 'utf8')).map((table) => ({ table, folder, place }));
  });

it('every table of the schema has an owner', () => {
  const schema = modules(schemaFolder)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  const tables = [...schema.matchAll(/CREATE TABLE ([a-z_]+)/g)].map(([, table]) => table ?? '');
  expect(tables.filter((table) => !(table in owners))).toEqual([]);
  expect(tables.length).toBeGreaterThan(20);
});

it('only its owner touches a table', () => {
  const foreign = uses
    .filter(({ table, folder }) => owners[table] !== folder && !exceptions.has(`${table} ${folder}`))
    .map(({ table, place }) => `${place} touches ${table}, which is ${owners[table]}'s`);
  expect(foreign).toEqual([]);
});

it('finds what touches tables at all, so that the test above can fail', () => {
  expect(uses.some(({ table, place }) => table === 'session' && place === 'session/session.ts')).toBe(true);
  expect(tablesIn('SELECT 1 FROM power WHERE x; UPDATE carrier SET y')).toEqual(['power', 'carrier']);
  expect(uses.some(({ table, place }) => table === 'client' && place === 'relying-party/registry.ts')).toBe(
    true,
  );
});
