import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { SealgateError } from '../error.ts';
import { fieldFlaw } from './organisation.ts';

/** In what form a register comes. */
export type RegisterFormat = 'csv' | 'jsonl';

/** One row as it was read, not checked; `value` is undefined where it is no row at all. */
export interface RawRow {
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>> | undefined;
}

/** Told how many octets have been read. */
export type ReadProgress = (octets: number) => void;

const longestLine = 64 * 1024;

/** The form that a file's name tells: JSON Lines for .jsonl, .ndjson and .json, CSV for anything else. */
export function formatOf(file: string): RegisterFormat {
  return /\.(jsonl|ndjson|json)$/i.test(file) ? 'jsonl' : 'csv';
}

/**
 * The rows of a register file in UTF-8, as a stream: memory does not grow with the file. CSV after RFC 4180 with the
 * names of the columns in its first line, separated by commas or semicolons. Throws `file_unreadable` for a file
 * that cannot be read, and `register_malformed` for one that is not what it should be.
 */
export async function* readRows(
  file: string,
  format: RegisterFormat,
  onProgress: ReadProgress = () => {},
): AsyncGenerator<readonly RawRow[]> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  source.on('data', () => onProgress(source.bytesRead));
  source.pause();
  try {
    yield* format === 'csv' ? readCsv(source) : readLines(source);
  } catch (error) {
    if (error instanceof SealgateError) throw error;
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) {
      const line = 'lines' in error ? Number(error.lines) : undefined;
      throw malformed(line, error);
    }
    if (error instanceof TypeError) throw malformed(undefined, error);
    throw new SealgateError('file_unreadable', { file }, { cause: error });
  } finally {
    source.destroy();
  }
}

async function* readCsv(source: NodeJS.ReadableStream): AsyncGenerator<readonly RawRow[]> {
  const parser = parse({
    bom: true,
    columns: columnsOf,
    delimiter: [',', ';'],
    info: true,
    max_record_size: longestLine,
    skip_empty_lines: true,
  });
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let rows: RawRow[] = [];
  for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
    rows.push({ line: info.lines, value: record });
    if (rows.length < 1_000) continue;
    yield rows;
    rows = [];
  }
  yield rows;
}

function columnsOf(names: readonly string[]): string[] {
  const columns = names.map((name) => name.trim().toLowerCase());
  const flaw = fieldFlaw(columns);
  if (flaw !== undefined) throw new SealgateError('register_malformed', { line: 1, ...flaw });
  return columns;
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

async function* readLines(source: NodeJS.ReadableStream): AsyncGenerator<readonly RawRow[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let line = 0;
  const rowsOf = (lines: readonly string[]) =>
    lines.flatMap((text) => {
      line++;
      return text.trim() === '' ? [] : [{ line, value: objectOf(text) }];
    });
  for await (const piece of source) {
    const lines = (rest + decoder.decode(piece as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestLine) throw malformed(line + lines.length + 1);
    yield rowsOf(lines);
  }
  yield rowsOf([rest + decoder.decode()]);
}

function objectOf(text: string): RawRow['value'] {
  if (text.length > longestLine) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function malformed(line: number | undefined, cause?: unknown): SealgateError {
  return new SealgateError('register_malformed', { line, problem: 'register-row-malformed' }, { cause });
}
