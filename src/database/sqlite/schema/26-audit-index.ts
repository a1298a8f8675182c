import type { Migration } from '../migration.ts';

/** SQLite's way to take the value of a member out of canonical JSON; NULL where it is not there. */
function memberOf(name: string): string {
  const mark = `'"${name}":"'`;
  const rest = `substr(record, instr(record, ${mark}) + ${name.length + 4})`;
  return `CASE WHEN instr(record, ${mark}) > 0 THEN substr(${rest}, 1, instr(${rest}, '"') - 1) END`;
}

/** The same for PostgreSQL. No value that is looked for has a quotation mark in it. */
function memberIn(name: string): string {
  return `substring(record from '"${name}":"([^"]*)"')`;
}

const members = { trace: 'traceId', session: 'session', subject: 'subject', code: 'code' } as const;

function view(expression: (name: string) => string): string {
  const columns = Object.entries(members).map(([column, name]) => `${expression(name)} AS ${column}`);
  return `CREATE VIEW journal_entry AS SELECT sequence, at, record, hash, ${columns.join(', ')} FROM journal;`;
}

/**
 * Entries of the journal by what people know of them. Whoever asks `journal_entry` looks again at what is found: the
 * first member of that name counts, at whatever depth.
 */
export const auditIndex: Migration = {
  number: 26,
  name: 'the audit found by trace id, session, organisation, code and time',
  sql: `
      ${view(memberOf)}
      CREATE INDEX journal_at ON journal (at);
      ${Object.entries(members)
        .map(([column, name]) => `CREATE INDEX journal_${column} ON journal (${memberOf(name)});`)
        .join('\n      ')}
    `,
  postgresql: `
      ${view(memberIn)}
      CREATE INDEX journal_at ON journal (at, sequence);
      ${Object.entries(members)
        .map(([column, name]) => `CREATE INDEX journal_${column} ON journal ((${memberIn(name)}), sequence);`)
        .join('\n      ')}
    `,
};
