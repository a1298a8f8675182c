import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { verifyAudit } from '../audit/verify.ts';
import { type Config, readEnvironment, toConfig } from '../config.ts';
import { type CompanionFile, copyWithFiles, copyWithoutFiles, readFiles } from '../database/sqlite/backup.ts';
import { openSqlite } from '../database/sqlite/database.ts';
import { SealgateError } from '../error.ts';
import { makeFolder } from '../file/folder.ts';
import { expectReadable } from '../file/readable.ts';
import { writeNew } from '../file/write-new.ts';
import { keyring } from '../secret/keyring.ts';
import { parseSecrets } from '../secret/load.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { say } from '../terminal/say.ts';
import { forOperator, type Operation, operate, print, type Report, tell } from './operate.ts';

/** Adds `sealgate backup` and `restore`. */
export function backupCommands(program: Command): void {
  program
    .command('backup <file>')
    .description(
      'copy database, secrets and assertion keys into one new file, while the service runs, and verify it',
    )
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }) =>
      operate(json === true, (operation) => backupReport(operation, resolve(file)), 'read'),
    );
  program
    .command('restore <file>')
    .description('verify a backup and put it where nothing is yet: into an empty data folder')
    .option('--json', 'print JSON')
    .action((file: string, { json }: { json?: boolean }) => restore(resolve(file), json === true));
}

/**
 * What `backup` reports. Throws `file_unwritable`, `backup_unreadable` where the audit in it does not hold, and
 * `database_unusable`.
 */
export async function backupReport({ config }: Operation, file: string): Promise<Report> {
  expectFile(config);
  if (!existsSync(dirname(file)))
    throw new SealgateError('file_unwritable', { file, problem: 'file-forbidden' });
  const files = [...secretsOf(config), ...keysOf(config)];
  copyWithFiles(config.database, file, files);
  const records = await verified(file, config.givenSecrets);
  return {
    exitCode: exitCode.passed,
    json: { file, octets: statSync(file).size, records, files: files.map(({ name }) => name) },
    lines: [
      verifiedWords(file, records),
      files.length === 0
        ? say({ en: 'no secrets and keys in it', ru: 'Секретов и ключей в ней нет' })
        : `${say({ en: 'with', ru: 'В ней' })} ${files.map(({ name }) => name).join(', ')}`,
      say({
        en: 'Whoever has this file can sign assertions in the service’s name: keep it as you keep the keys.',
        ru: 'Кто владеет этим файлом, может подписывать утверждения от имени сервиса: храните его как ключи.',
      }),
    ],
  };
}

async function restore(file: string, json: boolean): Promise<void> {
  try {
    const config = toConfig(readEnvironment());
    print(await forOperator(config, () => restoreReport(config, file)), json);
  } catch (error) {
    tell(error, json);
  }
}

/**
 * What `restore` reports. Nothing is written before the whole backup is verified, and nothing is written over. Throws
 * `backup_unreadable`, `file_unwritable`, and `configuration_invalid` for secrets that do not fit.
 */
export async function restoreReport(config: Config, file: string): Promise<Report> {
  expectFile(config);
  await expectReadable(file);
  const files = readFiles(file);
  const records = await verified(file, config.givenSecrets);
  const targets = files.map(({ name, content }) => ({ target: targetOf(config, name), content }));
  for (const target of [config.database, ...targets.map(({ target }) => target)])
    if (existsSync(target))
      throw new SealgateError('file_unwritable', { file: target, problem: 'file-exists' });
  for (const { target, content } of targets) {
    makeFolder(dirname(target));
    await writeNew(target, content, 0o600);
  }
  makeFolder(dirname(config.database));
  // Last, so that there is no database without its secrets, whatever stops this half-way.
  copyWithoutFiles(file, config.database);
  return {
    exitCode: exitCode.passed,
    json: { database: config.database, records, files: targets.map(({ target }) => target) },
    lines: [
      verifiedWords(config.database, records),
      ...targets.map(({ target }) => target),
      say({
        en: 'What came after the backup is lost. Compare with what was put down outside: sealgate audit verify --anchor FILE',
        ru: 'Всё, что было после копии, потеряно. Сверьте с отметками вне базы: sealgate audit verify --anchor FILE',
      }),
    ],
  };
}

function verifiedWords(file: string, records: number): string {
  return say({
    en: `${file}: ${records} records of the audit, all in order`,
    ru: `${file}: записей журнала ${records}, все на месте`,
  });
}

/** Reads the journal of a backup whole, under the secrets that are in it or that the environment gives. */
async function verified(file: string, given: readonly Uint8Array[] | undefined): Promise<number> {
  const kept = readFiles(file).find(({ name }) => name === 'secrets');
  const secrets =
    kept === undefined ? given : parseSecrets(Buffer.from(kept.content).toString().split('\n'), file);
  if (secrets === undefined) throw new SealgateError('backup_unreadable', { file });
  const database = openSqlite({ file, secrets, at: Date.now(), access: 'read' });
  try {
    const { damage, records } = await verifyAudit(database, keyring(secrets, 'journal'));
    if (damage) throw new SealgateError('backup_unreadable', { file });
    return records;
  } finally {
    await database.close();
  }
}

/** PostgreSQL has means of its own, which know what else is in the same server. Throws `argument_invalid`. */
function expectFile({ postgresql }: Config): void {
  if (postgresql === undefined) return;
  throw new SealgateError('argument_invalid', { argument: postgresql.shown, problem: 'postgresql-backup' });
}

/** Secrets from the environment are whoever's who set it; those of the file go along. */
function secretsOf({ givenSecrets, secretsFile }: Config): readonly CompanionFile[] {
  if (givenSecrets !== undefined || !existsSync(secretsFile)) return [];
  return [{ name: 'secrets', content: readFileSync(secretsFile) }];
}

function keysOf({ keys }: Config): readonly CompanionFile[] {
  if (!existsSync(keys)) return [];
  return readdirSync(keys, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name: `keys/${name}`, content: readFileSync(join(keys, name)) }));
}

/** Where a file of a backup belongs; its own name decides nothing but the last part of the path. */
function targetOf({ secretsFile, keys }: Config, name: string): string {
  if (name === 'secrets') return secretsFile;
  const own = basename(name);
  if (name === `keys/${own}` && own !== '' && own !== '.' && own !== '..') return join(keys, own);
  throw new SealgateError('backup_unreadable', { file: name });
}
