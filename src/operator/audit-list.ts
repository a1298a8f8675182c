import {
  type AuditKey,
  newestRecords,
  readAudit,
  recordsWith,
  type StoredRecord,
  sequenceBefore,
} from '../audit/read.ts';
import { type RefusedRequest, readRefusedRequests } from '../audit/refused-request.ts';
import type { Database } from '../database/database.ts';
import { language } from '../environment.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment, say, type Worded } from '../terminal/say.ts';
import { table } from '../terminal/table.ts';
import { refusedFacts } from './audit-show.ts';
import { eventWord, refusedWord } from './audit-words.ts';
import type { Operation, Report } from './operate.ts';

/** Which records `audit list` shows. */
export interface ListOptions {
  readonly after: number;
  readonly limit: number;
  readonly last?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly organisation?: string;
  readonly client?: string;
  readonly code?: string;
  readonly trace?: string;
}

/** What `audit list` reports: records of the audit, and between them what was refused before a sign-in. */
export async function listReport({ database }: Operation, options: ListOptions): Promise<Report> {
  const { last, limit, after, since } = options;
  const found: Found[] = [];
  const isNewestFirst = last !== undefined;
  const most = last ?? limit;
  const key = keyOf(options);
  const first = since === undefined ? after : Math.max(after, await sequenceBefore(database, since));
  const source =
    key !== undefined
      ? recordsOf(database, key, first)
      : isNewestFirst
        ? backwards(database, first)
        : readAudit(database, first);
  for await (const entry of source) {
    const facts = JSON.parse(entry.record) as Record<string, unknown>;
    if (isAsked(facts, entry.at, options)) found.push({ ...entry, facts });
    // Those of a key come newest first too, and the oldest are asked for where nothing else is said.
    if (found.length > most && key !== undefined && !isNewestFirst) found.shift();
    else if (found.length >= most && (key === undefined || isNewestFirst)) break;
  }
  if (isNewestFirst || key !== undefined) found.reverse();
  // Behind the number of a record stand records alone.
  const refused = after > 0 ? [] : await refusedRequests(database, options, most);
  const all = inTime(found.map(recordLine), refused.map(refusedLine));
  const shown = isNewestFirst ? all.slice(Math.max(0, all.length - most)) : all.slice(0, most);
  return {
    exitCode: exitCode.passed,
    json: shown.map(({ json }) => json),
    lines: [table([say(listHeader), ...shown.map(({ row }) => row)], [0, 1])],
  };
}

/** One line of the list. */
interface Entry {
  readonly at: number;
  readonly json: unknown;
  readonly row: readonly string[];
}

function recordLine({ sequence, at, facts }: Found): Entry {
  const { event, traceId, code, client, subject } = facts;
  // A refusal is known by its code, which is what people search for.
  const what = code === undefined ? eventWord(String(event), language()) : String(code);
  return {
    at,
    json: { sequence, time: new Date(at).toISOString(), ...facts },
    row: [
      String(sequence),
      moment(at),
      what,
      ...[client, subject, traceId].map((value) => String(value ?? '')),
    ],
  };
}

function refusedLine(request: RefusedRequest): Entry {
  const { at, code, client, traceId } = request;
  const what = code ?? refusedWord(language());
  return { at, json: refusedFacts(request), row: ['', moment(at), what, client ?? '', '', traceId] };
}

/** The records in their own order, and each request before the first record that is later. */
function inTime(records: readonly Entry[], requests: readonly Entry[]): readonly Entry[] {
  const merged: Entry[] = [];
  let next = 0;
  for (const record of records) {
    for (let request = requests[next]; request && request.at < record.at; request = requests[++next])
      merged.push(request);
    merged.push(record);
  }
  return [...merged, ...requests.slice(next)];
}

/** The newest that are asked for of what was refused before a sign-in, the oldest of them first. */
async function refusedRequests(
  database: Database,
  options: ListOptions,
  most: number,
): Promise<readonly RefusedRequest[]> {
  // Nobody knows yet of which organisation such a request is.
  if (options.organisation !== undefined) return [];
  // Whoever tries addresses that do not exist is of interest to those alone who look for just that.
  const isSought = options.code !== undefined || options.trace !== undefined;
  const found: RefusedRequest[] = [];
  for await (const request of readRefusedRequests(database)) {
    if (found.length >= most || (options.since !== undefined && request.at < options.since)) break;
    const isShown = isSought || request.route !== 'unknown';
    if (isShown && isAsked({ ...request }, request.at, options)) found.push(request);
  }
  return found.reverse();
}

const listHeader: Worded<readonly string[]> = {
  en: ['RECORD', 'TIME', 'EVENT', 'PORTAL', 'OF', 'TRACE'],
  ru: ['ЗАПИСЬ', 'ВРЕМЯ', 'СОБЫТИЕ', 'ПОРТАЛ', 'О КОМ', 'ОБРАЩЕНИЕ'],
};

type Found = StoredRecord & { readonly facts: Readonly<Record<string, unknown>> };

/** What of the options the audit has an index for; the rest is looked at entry by entry. */
function keyOf({ trace, code, organisation }: ListOptions): readonly [AuditKey, string] | undefined {
  if (trace !== undefined) return ['trace', trace];
  if (organisation !== undefined)
    return ['subject', `${organisation.length < 13 ? 'inn' : 'ogrn'}:${organisation}`];
  return code === undefined ? undefined : ['code', code];
}

/** The entries after `after` with that key, the newest first. */
async function* recordsOf(
  database: Operation['database'],
  [key, value]: readonly [AuditKey, string],
  after: number,
): AsyncGenerator<StoredRecord> {
  for await (const record of recordsWith(database, key, value)) {
    if (record.sequence <= after) return;
    yield record;
  }
}

function isAsked(facts: Readonly<Record<string, unknown>>, at: number, options: ListOptions): boolean {
  const { since, organisation, client, code, trace } = options;
  if (since !== undefined && at < since) return false;
  if (client !== undefined && facts.client !== client) return false;
  if (code !== undefined && facts.code !== code) return false;
  if (trace !== undefined && facts.traceId !== trace) return false;
  return (
    organisation === undefined ||
    [`ogrn:${organisation}`, `inn:${organisation}`].includes(String(facts.subject))
  );
}

const page = 1_000;

/** The records after `after`, the newest first, a page at a time. */
async function* backwards(database: Operation['database'], after: number): AsyncGenerator<StoredRecord> {
  for (let before: number | undefined; ; ) {
    const records = await newestRecords(database, page, before);
    for (const record of records) {
      if (record.sequence <= after) return;
      before = record.sequence;
      yield record;
    }
    if (records.length < page) return;
  }
}
