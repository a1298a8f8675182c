import { readFile } from 'node:fs/promises';
import { findRecord, recordsNaming, type StoredRecord } from '../audit/read.ts';
import { type RefusedRequest, refusedRequestsOf } from '../audit/refused-request.ts';
import type { Database } from '../database/database.ts';
import { language } from '../environment.ts';
import { SealgateError } from '../error.ts';
import { readEvidence } from '../evidence/keep.ts';
import { evidenceSchema, type ReadRecord } from '../evidence/record.ts';
import { type FailureCode, failures } from '../failure/catalogue.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';
import { safeText } from '../failure/safe-text.ts';
import { checkName } from '../report/check-name.ts';
import { detailName } from '../report/detail-name.ts';
import type { Row, Section } from '../report/login-verdict.ts';
import { exitCode } from '../terminal/exit-code.ts';
import { moment } from '../terminal/say.ts';
import { type Line, facts as rowsOfFacts } from '../terminal/table.ts';
import { eventWord, storyWords } from './audit-words.ts';
import type { Operation, Report } from './operate.ts';
import { hexThumbprint } from './thumbprint.ts';

type Facts = Readonly<Record<string, unknown>>;

/** One record, and what was kept of the sign-in that it tells of. */
interface Told {
  readonly sequence: number;
  readonly at: number;
  readonly facts: Facts;
  readonly evidence?: ReadRecord;
}

const traceId = /^[0-9a-f]{32}$/;

/** A trace id may be chosen by whoever asks, for many requests. */
const mostRefused = 20;

/** Where `audit show` looks beside the audit. */
export interface ShowOptions {
  /** A log of the service, a JSON document a line. */
  readonly log?: string;
}

/**
 * What `audit show` reports: everything that is known under a trace id, a session or the number of a record, and what
 * was refused under a trace id before there was a sign-in. Throws
 * `trace_unknown`, and `file_unreadable` for the log.
 */
export async function showReport({ database }: Operation, id: string, { log }: ShowOptions): Promise<Report> {
  const told = await Promise.all((await recordsOf(database, id)).map((record) => toldOf(database, record)));
  const refused = traceId.test(id) ? await refusedRequestsOf(database, id, mostRefused) : [];
  const lines = log === undefined ? [] : await logLines(log, id);
  if (told.length + refused.length + lines.length === 0) throw new SealgateError('trace_unknown', { id });
  const reader = language();
  return {
    exitCode: exitCode.passed,
    json: {
      records: told.map(({ sequence, at, facts, evidence }) => ({
        ...{ sequence, time: new Date(at).toISOString(), ...facts },
        ...(evidence === undefined ? {} : { text: evidence.challenge.text, verdict: evidence.verdict }),
      })),
      refused: refused.map(refusedFacts),
      log: lines,
    },
    lines: [
      ...told.flatMap((each) => story(each, reader)),
      ...refused.flatMap((request) => refusedStory(request, reader)),
      ...lines.flatMap((line) => logStory(line, reader)),
    ],
  };
}

async function recordsOf(database: Database, id: string): Promise<readonly StoredRecord[]> {
  if (traceId.test(id) || /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id))
    return recordsNaming(database, id);
  const found = /^\d{1,15}$/.test(id) ? await findRecord(database, Number(id)) : undefined;
  return found === undefined ? [] : [found];
}

async function toldOf(database: Database, { sequence, at, record }: StoredRecord): Promise<Told> {
  const facts = JSON.parse(record) as Facts;
  if (typeof facts.evidence !== 'string') return { sequence, at, facts };
  const kept = await readEvidence(database, at, facts.evidence);
  if (kept === undefined) return { sequence, at, facts };
  return { sequence, at, facts, evidence: evidenceSchema.parse(JSON.parse(kept.record)) };
}

function story({ sequence, at, facts, evidence }: Told, reader: Language): Line[] {
  const words = storyWords[reader];
  const { event, code, client, operator, origin, subject, certificate, session, traceId, warnings } = facts;
  const rows = factRows([
    [words.time, moment(at)],
    [words.record, sequence],
    [words.operator, operator],
    [words.client, [client, origin].filter(Boolean).join(', ')],
    [words.organisation, evidence?.result?.organisation.name],
    [words.subject, subject],
    [words.signer, evidence?.result?.signer.name],
    [words.certificate, typeof certificate === 'string' ? hexThumbprint(certificate) : undefined],
    [words.session, session],
    [words.trace, traceId],
    [words.warnings, Array.isArray(warnings) ? warnings.join(', ') : undefined],
  ]);
  return [
    eventWord(String(event), reader),
    rows,
    ...(isCode(code) ? causeLines(code, evidence, facts, reader) : []),
    ...(evidence === undefined ? [] : evidenceLines(evidence, reader)),
    ...(evidence === undefined && /^login/.test(String(event)) ? [`  ${words.withoutEvidence}`] : []),
    '',
  ];
}

/** Why it was refused, in the words that the person saw; where no evidence was kept, by what the audit has of it. */
function causeLines(
  code: FailureCode,
  evidence: ReadRecord | undefined,
  { details }: Facts,
  reader: Language,
): string[] {
  const failed = evidence?.verdict.sections.find((section) => section.code === code);
  const known = typeof details === 'object' && details !== null ? details : {};
  const { title, cause, remedy } = failed?.[reader] ?? explain(code, known, reader);
  return ['', `  ${title} [${code}]`, `  ${cause}`, ...(remedy ? [`  ${remedy}`] : [])];
}

function evidenceLines({ challenge, verdict }: ReadRecord, reader: Language): string[] {
  const words = storyWords[reader];
  return [
    '',
    `  ${words.signed}`,
    ...challenge.text.split('\n').map((line) => `    ${safeText(line, 300)}`),
    '',
    `  ${words.checked}`,
    ...verdict.sections.flatMap((section) => sectionLines(section, reader)),
  ];
}

function sectionLines(section: Section, reader: Language): string[] {
  const words = storyWords[reader];
  return [
    `  ${words.outcomes[section.outcome]}: ${section[reader].title}`,
    ...section.checks.flatMap((row) => rowLines(row, reader)),
  ];
}

function rowLines({ name, outcome, subject, code, details }: Row, reader: Language): string[] {
  const words = storyWords[reader];
  const title = `    ${words.outcomes[outcome]}: ${checkName(name, reader)}`;
  const told = code === undefined ? '' : `: ${failures[code][reader].title} [${code}]`;
  // What went well needs no figures; of the rest each says what was asked, where, and what came of it.
  const facts = outcome === 'passed' || details === undefined ? [] : detailLines(details, reader, '      ');
  return [`${title}${subject === undefined ? '' : `, ${safeText(subject, 120)}`}${told}`, ...facts];
}

function detailLines(value: unknown, reader: Language, indent: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${safeText(String(value), 300)}`];
  if (Array.isArray(value)) return value.flatMap((item) => detailLines(item, reader, indent));
  return Object.entries(value).flatMap(([name, member]) =>
    typeof member === 'object' && member !== null
      ? [`${indent}${detailName(name, reader)}:`, ...detailLines(member, reader, `${indent}  `)]
      : [`${indent}${detailName(name, reader)}: ${safeText(String(member), 300)}`],
  );
}

function isCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(failures, code);
}

/** The lines of a log that tell of the trace id: what was answered to requests that never became a sign-in, too. */
async function logLines(file: string, id: string): Promise<readonly Facts[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SealgateError('file_unreadable', { file }, { cause });
  });
  return text.split('\n').flatMap((line) => {
    if (!line.includes(id)) return [];
    try {
      const facts = JSON.parse(line) as Facts;
      return facts.traceId === id ? [facts] : [];
    } catch {
      // A log of several programs has lines that are none of ours.
      return [];
    }
  });
}

/** A refused request as data; the audit has no number for it. */
export function refusedFacts({ at, ...facts }: RefusedRequest): Facts {
  return { event: 'request.refused', time: new Date(at).toISOString(), ...facts };
}

function refusedStory(request: RefusedRequest, reader: Language): Line[] {
  const words = storyWords[reader];
  const { at, client, isProven, method, route, status, code, details, traceId: id } = request;
  const named = client === undefined || isProven ? client : `${client}, ${words.unproven}`;
  return [
    words.refused,
    factRows([
      [words.time, moment(at)],
      [words.client, named],
      [words.request, `${method} ${route}`],
      [words.status, status],
      [words.trace, id],
    ]),
    ...(isCode(code) ? causeLines(code, undefined, { details }, reader) : []),
    '',
  ];
}

/** Facts that are there, a row each. */
function factRows(rows: readonly (readonly [name: string, value: unknown])[]): Line {
  const known = rows.filter(([, value]) => value !== undefined && value !== '');
  return rowsOfFacts(
    known.map(([name, value]) => [name, safeText(String(value), 300)]),
    '  ',
  );
}

function logStory({ time, method, route, status, code }: Facts, reader: Language): Line[] {
  const words = storyWords[reader];
  return [
    words.log,
    factRows([
      [words.time, time],
      [words.request, [method, route].filter(Boolean).join(' ')],
      [words.status, status],
    ]),
    ...(isCode(code) ? causeLines(code, undefined, {}, reader) : []),
    '',
  ];
}
