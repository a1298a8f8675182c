import type { Command } from 'commander';
import type { Value } from '../database/database.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/value.ts';
import { isUnsealed, readRecords, type SealedRecord, sealRecords } from '../service/records.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { say, type Worded } from '../terminal/say.ts';
import { table } from '../terminal/table.ts';
import { type Operation, operate, type Report } from './operate.ts';

/** Which records are meant; all that are not sealed where neither is given. */
interface RecordsOptions {
  readonly table?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** Adds `sealgate records list` and `seal`. */
export function recordsCommands(program: Command): void {
  const records = program
    .command('records')
    .description('records that decide who is trusted, and whether this service wrote them');
  records
    .command('list')
    .description('show them; ends with 1 where one was not written by this service')
    .option('--json', 'print JSON')
    .action(({ json }: RecordsOptions) => operate(json === true, listReport));
  records
    .command('seal')
    .description('give your word for records that were not written by this version of the service')
    .option('--table <name>', 'those of one table only')
    .option('--key <key>', 'the one of that key only')
    .option('--confirm', 'you have looked at them, and they are right')
    .option('--json', 'print JSON')
    .action((options: RecordsOptions & { confirm?: boolean }) =>
      operate(options.json === true, (operation) => sealReport(operation, options)),
    );
}

async function listReport({ database }: Operation): Promise<Report> {
  const records = await readRecords(database);
  const isWhole = !records.some(isUnsealed);
  return {
    exitCode: isWhole ? exitCode.passed : exitCode.refused,
    json: records.map(shown),
    lines: [
      table([
        say<readonly string[]>({
          en: ['STATE', 'TABLE', 'KEY', 'WHAT IT SAYS'],
          ru: ['СОСТОЯНИЕ', 'ТАБЛИЦА', 'КЛЮЧ', 'СОДЕРЖАНИЕ'],
        }),
        ...records.map((record) => line(record)),
      ]),
    ],
  };
}

/** What `records seal` reports: without `confirm` it shows what would be sealed, and seals nothing. */
export async function sealReport(
  { database, at }: Operation,
  { table: name, key, confirm = false }: RecordsOptions & { readonly confirm?: boolean },
): Promise<Report> {
  const records = (await readRecords(database)).filter(
    (record) =>
      isUnsealed(record) &&
      (name === undefined || record.table.name === name) &&
      (key === undefined || record.key === key),
  );
  if (key !== undefined && records.length === 0) {
    throw new SealgateError('argument_invalid', { argument: 'key', problem: 'record-unknown' });
  }
  if (confirm && records.length > 0) await sealRecords(database, records, at);
  const isDone = confirm || records.length === 0;
  return {
    exitCode: isDone ? exitCode.passed : exitCode.refused,
    json: { sealed: confirm ? records.length : 0, records: records.map(shown) },
    lines: [
      ...(records.length === 0 ? [] : [table(records.map(line))]),
      say(sealedWords(records.length, confirm)),
    ],
  };
}

function sealedWords(count: number, confirm: boolean): Worded {
  if (count === 0)
    return { en: 'every record was written by this service', ru: 'Все записи сделаны этим сервисом' };
  if (confirm)
    return { en: `${count} sealed; the audit says so`, ru: `Заверено: ${count}; это отмечено в журнале` };
  return {
    en: 'nothing was sealed: look at each, and add --confirm if you put it there yourself',
    ru: 'Ничего не заверено: просмотрите каждую и добавьте --confirm, если внесли её сами',
  };
}

const words = {
  current: { en: 'sealed', ru: 'заверена' },
  older: { en: 'sealed by an older secret', ru: 'заверена прежним секретом' },
  unknown: { en: 'sealed by an unknown secret', ru: 'заверена неизвестным секретом' },
  broken: { en: 'not sealed', ru: 'не заверена' },
} as const;

function line({ state, table, key, row }: SealedRecord): string[] {
  const said = table.columns
    .filter((column) => !table.key.includes(column))
    .map((column) => `${column}=${valueText(row[column])}`);
  return [say(words[state]), table.name, safeText(key, 100), said.join(' ')];
}

function shown({ state, table, key, row }: SealedRecord): Record<string, unknown> {
  const said = Object.fromEntries(table.columns.map((column) => [column, valueText(row[column])]));
  return { state, table: table.name, key, record: said };
}

function valueText(value: Value | undefined): string {
  if (value instanceof Uint8Array) return say({ en: `${value.length} octets`, ru: `${value.length} байт` });
  return value === null || value === undefined ? '—' : safeText(String(value), 300);
}
