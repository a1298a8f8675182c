import { join } from 'node:path';
import type { Command } from 'commander';
import { verifyAudit } from '../audit/verify.ts';
import { databaseOf } from '../config.ts';
import { copyToPostgresql } from '../database/copy.ts';
import { openSqlite } from '../database/sqlite/database.ts';
import { takenSteps } from '../database/steps.ts';
import { SealgateError } from '../error.ts';
import { keyring } from '../secret/keyring.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { say } from '../terminal/say.ts';
import { table } from '../terminal/table.ts';
import { type Operation, operate, type Report } from './operate.ts';

/** Adds `sealgate database migrate` and `sealgate database copy`. */
export function databaseCommands(program: Command): void {
  const database = program
    .command('database')
    .description('the database that the service keeps everything in');
  database
    .command('migrate')
    .description('bring the schema up to date; services of the version before go on meanwhile')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => operate(json === true, migrate, 'create'));
  database
    .command('copy')
    .description(
      'copy the SQLite database into the empty PostgreSQL of DATABASE_URL, and verify the audit there',
    )
    .option('--from <file>', 'the SQLite database (default: sealgate.sqlite in the data folder)')
    .option('--json', 'print JSON')
    .action(({ json, from }: { json?: boolean; from?: string }) =>
      operate(json === true, (operation) => copy(operation, from), 'create'),
    );
}

async function migrate({ database, config }: Operation): Promise<Report> {
  const steps = await takenSteps(database);
  return {
    exitCode: exitCode.passed,
    json: { database: databaseOf(config), steps },
    lines: [`${databaseOf(config)}: ${say({ en: `${steps} steps`, ru: `шагов схемы: ${steps}` })}`],
  };
}

async function copy(operation: Operation, from: string | undefined): Promise<Report> {
  const { database, config, secrets, at } = operation;
  if (config.postgresql === undefined) {
    const problem = 'names the PostgreSQL that is copied into, and is not set';
    throw new SealgateError('configuration_invalid', { field: 'DATABASE_URL', problem });
  }
  const file = from ?? join(config.data, 'sealgate.sqlite');
  // Brings its schema up to date, and expects it to be of the same secrets.
  await openSqlite({ file, secrets, at, access: 'open' }).close();
  const tables = await copyToPostgresql(file, config.postgresql);
  const { records, hash, damage } = await verifyAudit(database, keyring(secrets, 'journal'));
  if (damage !== undefined)
    throw new SealgateError('audit_damaged', { sequence: damage.sequence, problem: 'audit-cut-off' });
  const filled = tables.filter(({ rows }) => rows > 0);
  return {
    exitCode: exitCode.passed,
    json: { database: databaseOf(config), tables, audit: { records, hash } },
    lines: [
      table([
        say({ en: ['TABLE', 'ROWS'], ru: ['ТАБЛИЦА', 'СТРОК'] }),
        ...filled.map(({ table: name, rows }) => [name, String(rows)]),
      ]),
      say({
        en: `audit verified: ${records} records, ${hash}`,
        ru: `Журнал проверен: записей ${records}, ${hash}`,
      }),
    ],
  };
}
