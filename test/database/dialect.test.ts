import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** What only one engine understands, as it would stand in a statement. */
const foreign: Readonly<Record<string, RegExp>> = {
  'INSERT OR': /\b(INSERT|UPDATE) OR [A-Z]+\b/,
  REPLACE: /\bREPLACE INTO\b/,
  RETURNING: /\bRETURNING\b/,
  'max or min of two': /\b(max|min)\([^()]*,[^()]*\)/i,
  'functions for JSON': /\bjsonb?_[a-z_]+\(|->>/,
  'functions for dates': /\b(unixepoch|strftime|datetime|julianday|now)\(/i,
  'functions of one engine':
    /\b(ifnull|instr|printf|zeroblob|typeof|hex|random|group_concat|string_agg|greatest|least)\(/i,
  CAST: /\bCAST\(|[a-z)]::[a-z]/,
  rowid: /\b(rowid|ctid)\b/,
  GLOB: /\bGLOB\b|\bILIKE\b|\bSIMILAR TO\b/,
  PRAGMA: /\bPRAGMA\b/,
  'LIMIT in UPDATE or DELETE': /^\s*(UPDATE|DELETE)\b(?![\s\S]*\bSELECT\b)[\s\S]*\bLIMIT\b/,
  'types of one engine': /\b(BLOB|BYTEA|BIGINT|STRICT|WITHOUT ROWID)\b/,
};

/** The adapters' own; and questions to a database in memory that is SQLite for good. */
const ownDialect = ['database/sqlite/', 'database/postgresql/', 'evidence/earlier.ts', 'demo/postgresql.ts'];

function modules(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return modules(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

/** Texts of a module that are SQL, or begin to be. */
function statementsIn(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...code.matchAll(/`((?:[^`\\]|\\.)*)`|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/g)]
    .map(([, template, single, double]) => template ?? single ?? double ?? '')
    .filter((each) => /^\s*(SELECT|INSERT INTO|INSERT|UPDATE|DELETE FROM|REPLACE)\s/.test(each));
}

const found = modules(source)
  .map((path) => ({ place: relative(source, path), text: readFileSync(path, 'utf8') }))
  .filter(({ place }) => !ownDialect.some((own) => place.startsWith(own)))
  .flatMap(({ place, text }) => statementsIn(text).map((sql) => ({ place, sql })));

it.each(Object.entries(foreign))('no statement has %s, which the engines do not share', (_, pattern) => {
  expect(found.filter(({ sql }) => pattern.test(sql))).toEqual([]);
});

it('finds the statements, and what is wrong in one', () => {
  expect(found.length).toBeGreaterThan(100);
  const wrong = [
    'INSERT OR IGNORE INTO session VALUES (?)',
    'REPLACE INTO session VALUES (?)',
    'DELETE FROM session RETURNING id',
    'SELECT max(a, b) FROM session',
    "SELECT json_extract(a, '$.b') FROM session",
    'SELECT unixepoch() FROM session',
    'SELECT ifnull(a, b) FROM session',
    'SELECT CAST(a AS INTEGER) FROM session',
    'SELECT rowid FROM session',
    "SELECT a FROM session WHERE a GLOB '*'",
    'SELECT 1 FROM PRAGMA x',
    'DELETE FROM session WHERE a = ? LIMIT 1',
    'SELECT x BLOB',
  ];
  expect(statementsIn(wrong.map((each) => `\`${each}\``).join('\n'))).toHaveLength(wrong.length);
  expect(wrong.filter((each) => !Object.values(foreign).some((pattern) => pattern.test(each)))).toEqual([]);
  expect(Object.values(foreign).every((pattern) => wrong.some((each) => pattern.test(each)))).toBe(true);
});
