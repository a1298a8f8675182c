import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { readAudit } from '../audit/read.ts';
import { type AuditDamage, type NotedHead, verifyAudit } from '../audit/verify.ts';
import { type Anchor, readAnchor } from '../audit-anchor/line.ts';
import type { JournalHead } from '../database/journal.ts';
import { SealgateError } from '../error.ts';
import { safeText } from '../failure/safe-text.ts';
import { keyring } from '../secret/keyring.ts';
import { compareWithAudit } from '../service/records.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { evidenceCommands } from './evidence.ts';
import { type Operation, operate, type Report } from './operate.ts';

/** Adds `sealgate audit verify`, `list`, `export` and `replay`. */
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
    .option('--limit <count>', 'show at most so many', wholeNumber, 100)
    .option('--client <id>', 'of this relying party only')
    .option('--code <code>', 'with this failure code only')
    .option('--trace <id>', 'with this trace id only')
    .option('--json', 'print JSON')
    .action((options: ListOptions & { json?: boolean }) =>
      operate(options.json === true, (operation) => listReport(operation, options), 'read'),
    );
  evidenceCommands(audit);
}

/** Which records `audit list` shows. */
export interface ListOptions {
  readonly after: number;
  readonly limit: number;
  readonly client?: string;
  readonly code?: string;
  readonly trace?: string;
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
        `the audit is damaged: ${describe(damage)}`,
        `${records} records before it hold`,
        ...(found?.lines ?? []),
      ],
    };
  }
  const findings = await compareWithAudit(database);
  return {
    exitCode: findings.length > 0 ? exitCode.refused : (found?.exitCode ?? exitCode.passed),
    json: { intact: true, ...facts, ...(findings.length === 0 ? {} : { findings }) },
    lines: [
      `${records} records, none changed, missing or moved`,
      `head ${records}:${hash}`,
      ...(found?.lines ?? []),
      ...findings.map(({ record, kind }) => `${safeText(record)}: ${findingWords[kind]}`),
    ],
  };
}

const findingWords = {
  older: 'is not what the audit says it became last; it was put back or changed',
  unrecorded: 'is there, and the audit does not know of it',
  missing: 'is in the audit, and was taken away',
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
        ? 'the anchor holds no head of this service: it proves nothing'
        : `the anchor holds ${heads.length} heads of this service, the newest of record ${newest}`,
      ...(forged.length > 0 ? [`made up by somebody: line ${forged.join(', ')} of the anchor`] : []),
      ...(unreadable.length > 0 ? [`cannot be read: line ${unreadable.join(', ')} of the anchor`] : []),
      ...(foreign > 0 ? [`${foreign} lines are sealed by secrets that are not known here`] : []),
    ],
  };
}

function describe({ kind, sequence, foundAt, proof }: AuditDamage): string {
  switch (kind) {
    case 'absent':
      return `it is not there, though ${proof} holds what is only ever written together with it`;
    case 'changed':
      return `record ${sequence} was changed`;
    case 'missing':
      return `record ${sequence} is missing`;
    case 'reordered':
      return `record ${sequence} was moved to place ${foundAt}`;
    case 'inserted':
      return `record ${sequence} was added behind the end`;
    case 'head-missing':
      return 'the head, which names the last record, is missing';
    case 'head-forged':
      return 'the head does not fit the records, or was not sealed with the service’s secrets';
  }
}

/** What `audit list` reports. */
export async function listReport({ database }: Operation, options: ListOptions): Promise<Report> {
  const records: Record<string, unknown>[] = [];
  const lines: string[] = [];
  for await (const { sequence, at, record } of readAudit(database, options.after)) {
    if (records.length >= options.limit) break;
    const facts = JSON.parse(record) as Record<string, unknown>;
    if (options.client !== undefined && facts.client !== options.client) continue;
    if (options.code !== undefined && facts.code !== options.code) continue;
    if (options.trace !== undefined && facts.traceId !== options.trace) continue;
    const time = new Date(at).toISOString();
    records.push({ sequence, time, ...facts });
    const { event, code, client, subject, traceId } = facts;
    const shown = [event, code, client, subject, traceId].filter((part) => part !== undefined);
    lines.push(`${String(sequence).padStart(8)}  ${time}  ${shown.join('  ')}`);
  }
  return { exitCode: exitCode.passed, json: records, lines };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError('must be a whole number');
}

function parseHead(text: string): NotedHead {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence && hash) return { sequence: Number(sequence), hash };
  throw new InvalidArgumentError('must be the sequence:hash that audit verify printed');
}
