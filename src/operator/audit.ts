import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type AuditDamage, type NotedHead, verifyAudit } from '../audit/verify.ts';
import { type Anchor, readAnchor } from '../audit-anchor/line.ts';
import type { JournalHead } from '../database/journal.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/safe-text.ts';
import { keyring } from '../secret/keyring.ts';
import { compareWithAudit } from '../service/records.ts';
import { invalidValue } from '../terminal/command.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { say, type Worded } from '../terminal/say.ts';
import { type ListOptions, listReport } from './audit-list.ts';
import { type ShowOptions, showReport } from './audit-show.ts';
import { evidenceCommands } from './evidence.ts';
import { type Operation, operate, type Report } from './operate.ts';

/** Adds `sealgate audit verify`, `list`, `show`, `export` and `replay`. */
export function auditCommands(program: Command): void {
  const audit = program.command('audit').description('the log of sign-ins');
  audit
    .command('verify')
    .description('check that no record was changed, removed or moved')
    .option('--head <sequence:hash>', 'a head noted earlier, which the log must still contain', parseHead)
    .option(
      '--anchor <file>',
      'heads put down by the service, in a file of its own or a log of many programs',
    )
    .option('--json', 'print JSON')
    .action(({ json, ...options }: VerifyOptions & { json?: boolean }) =>
      operate(json === true, (operation) => verifyReport(operation, options), 'read'),
    );
  audit
    .command('list')
    .description('show records, the oldest first')
    .option('--after <sequence>', 'begin after this record', wholeNumber, 0)
    .option('--last <count>', 'only so many of the newest that fit', wholeNumber)
    .option(
      '--since <time>',
      'only of this time or later, such as 2026-11-28 or 2026-11-28T12:00Z',
      parseTime,
    )
    .option('--organisation <number>', 'of this organisation only: OGRN or INN')
    .option('--limit <count>', 'show at most so many', wholeNumber, 100)
    .option('--client <id>', 'of this relying party only')
    .option('--code <code>', 'with this failure code only')
    .option('--trace <id>', 'with this trace id only')
    .option('--json', 'print JSON')
    .action((options: ListOptions & { json?: boolean }) =>
      operate(options.json === true, (operation) => listReport(operation, options), 'read'),
    );
  audit
    .command('show <id>')
    .description(
      'the whole story of a sign-in or another event: its trace id, session or number of the record',
    )
    .option(
      '--log <file>',
      'look into this log of the service as well, for what is not kept of requests before a sign-in',
    )
    .option('--json', 'print JSON')
    .action((id: string, { json, ...options }: ShowOptions & { json?: boolean }) =>
      operate(json === true, (operation) => showReport(operation, id, options), 'read'),
    );
  evidenceCommands(audit);
}

/** What `audit verify` compares the log with. */
export interface VerifyOptions {
  readonly head?: NotedHead;
  /** A file with heads. */
  readonly anchor?: string;
}

/**
 * What `audit verify` reports: exit code 0 where the chain holds and the records that decide who is trusted are what it
 * says they became last, 1 where not or where the anchor was forged, 2 where the anchor tells nothing of this log.
 */
export async function verifyReport(
  { database, secrets }: Operation,
  { head, anchor: file }: VerifyOptions = {},
): Promise<Report> {
  const keys = keyring(secrets, 'journal');
  const anchor = file === undefined ? undefined : readAnchor(await readText(file), keys);
  const noted = [...(head === undefined ? [] : [head]), ...(anchor?.heads ?? []).map(notedHead)];
  const verdict = await verifyAudit(database, keys, noted);
  const { damage, records, hash } = verdict;
  const found = anchor && anchorReport(anchor);
  const facts = { ...verdict, ...(found === undefined ? {} : { anchor: found.json }) };
  if (damage) {
    return {
      exitCode: exitCode.refused,
      json: { intact: false, code: 'audit_damaged', ...facts },
      lines: [
        `${say({ en: 'the audit is damaged', ru: 'Журнал повреждён' })}: ${say(describe(damage))}`,
        say({ en: `${records} records before it hold`, ru: `Записей до этого места, все верны: ${records}` }),
        ...(found?.lines ?? []),
      ],
    };
  }
  const findings = await compareWithAudit(database);
  return {
    exitCode: findings.length > 0 ? exitCode.refused : (found?.exitCode ?? exitCode.passed),
    json: { intact: true, ...facts, ...(findings.length === 0 ? {} : { findings }) },
    lines: [
      say({
        en: `${records} records, none changed, missing or moved`,
        ru: `Записей ${records}: ни одна не изменена, не пропала и не переставлена`,
      }),
      `${say({ en: 'head', ru: 'Последняя' })} ${records}:${hash}`,
      ...(found?.lines ?? []),
      ...findings.map(({ record, kind }) => `${safeText(record)}: ${say(findingWords[kind])}`),
    ],
  };
}

const findingWords = {
  older: {
    en: 'is not what the audit says it became last; it was put back or changed',
    ru: 'не такая, какой стала по журналу: возвращена к прежней или изменена',
  },
  unrecorded: {
    en: 'is there, and the audit does not know of it',
    ru: 'есть, но журнал о ней не знает',
  },
  missing: { en: 'is in the audit, and was taken away', ru: 'есть в журнале, но удалена' },
} as const;

function notedHead({ sequence, hash }: JournalHead): NotedHead {
  return { sequence, hash: Buffer.from(hash).toString('hex') };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new SealgateError('file_unreadable', { file }, { cause: error });
  }
}

/** What an anchor is worth, beside the heads in it. */
function anchorReport({ heads, forged, foreign, unreadable }: Anchor): Report {
  const newest = heads.at(-1)?.sequence;
  const passed = newest === undefined ? exitCode.undecided : exitCode.passed;
  return {
    exitCode: forged.length > 0 ? exitCode.refused : passed,
    json: { heads: heads.length, newest: newest ?? null, forged, foreign, unreadable },
    lines: [
      newest === undefined
        ? say({
            en: 'the anchor holds no head of this service: it proves nothing',
            ru: 'Отметок этого сервиса там нет: это ничего не доказывает',
          })
        : say({
            en: `the anchor holds ${heads.length} heads of this service, the newest of record ${newest}`,
            ru: `Отметок этого сервиса: ${heads.length}, последняя — о записи ${newest}`,
          }),
      ...(forged.length > 0
        ? [
            say({
              en: `made up by somebody: line ${forged.join(', ')} of the anchor`,
              ru: `Подделаны отметки в строках: ${forged.join(', ')}`,
            }),
          ]
        : []),
      ...(unreadable.length > 0
        ? [
            say({
              en: `cannot be read: line ${unreadable.join(', ')} of the anchor`,
              ru: `Не читаются строки: ${unreadable.join(', ')}`,
            }),
          ]
        : []),
      ...(foreign > 0
        ? [
            say({
              en: `${foreign} lines are sealed by secrets that are not known here`,
              ru: `Строк, заверенных неизвестными здесь секретами: ${foreign}`,
            }),
          ]
        : []),
    ],
  };
}

function describe({ kind, sequence, foundAt, proof }: AuditDamage): Worded {
  switch (kind) {
    case 'absent':
      return {
        en: `it is not there, though ${proof} holds what is only ever written together with it`,
        ru: `его нет, хотя в ${proof} есть то, что записывается только вместе с ним`,
      };
    case 'changed':
      return { en: `record ${sequence} was changed`, ru: `запись ${sequence} изменена` };
    case 'missing':
      return { en: `record ${sequence} is missing`, ru: `нет записи ${sequence}` };
    case 'reordered':
      return {
        en: `record ${sequence} was moved to place ${foundAt}`,
        ru: `запись ${sequence} переставлена на место ${foundAt}`,
      };
    case 'inserted':
      return {
        en: `record ${sequence} was added behind the end`,
        ru: `запись ${sequence} добавлена после последней`,
      };
    case 'head-missing':
      return {
        en: 'the head, which names the last record, is missing',
        ru: 'нет отметки о последней записи',
      };
    case 'head-forged':
      return {
        en: 'the head does not fit the records, or was not sealed with the service’s secrets',
        ru: 'отметка о последней записи не сходится с записями или заверена не секретами сервиса',
      };
  }
}

function parseTime(text: string): number {
  const at = Date.parse(text);
  if (!Number.isNaN(at)) return at;
  throw invalidValue({
    en: 'must be a time such as 2026-11-28T12:00Z',
    ru: 'нужно время вида 2026-11-28T12:00Z',
  });
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw invalidValue({ en: 'must be a whole number', ru: 'нужно целое число' });
}

function parseHead(text: string): NotedHead {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence && hash) return { sequence: Number(sequence), hash };
  throw invalidValue({
    en: 'must be the sequence:hash that audit verify printed',
    ru: 'нужно «номер:хэш», которые вывела команда audit verify',
  });
}
