import { paintFor, showLines, table } from '../../src/terminal/table.ts';
import type { Comparison, Difference } from './differential.ts';
import type { Tally } from './run.ts';

/** What came of a run of the program. */
export interface Run {
  readonly seed: number;
  /** `reached` counts blocks of code; 0 where nothing looked at them. */
  readonly tallies: readonly (Tally & { readonly reached: number })[];
  readonly comparisons: readonly Comparison[];
  /** Where what was found is kept. */
  readonly files: readonly string[];
}

/** Whether something was found that must not be. */
export function isBad({ tallies, comparisons }: Run): boolean {
  return (
    tallies.some(({ findings }) => findings.length > 0) || comparisons.some(({ laxer }) => laxer.size > 0)
  );
}

/** A run for programs. */
export function asJson({ seed, tallies, comparisons, files }: Run): unknown {
  const reasons = (differences: ReadonlyMap<string, Difference>) =>
    Object.fromEntries([...differences].map(([reason, { count }]) => [reason, count]));
  return {
    seed,
    kinds: tallies.map(({ reasons: different, findings, grown, ...counts }) => ({
      ...counts,
      reasons: different.size,
      grown: grown.length,
      findings: findings.length,
    })),
    comparisons: comparisons.map(({ laxer, elsewhere, stricter, ...counts }) => ({
      ...counts,
      laxer: reasons(laxer),
      elsewhere: reasons(elsewhere),
      stricter: reasons(stricter),
    })),
    files,
  };
}

const paint = paintFor(process.stdout);

/** A run for people. */
export function asText({ seed, tallies, comparisons, files }: Run): string {
  return [
    tableOf(
      [
        'kind',
        'tried',
        'refused',
        'reasons',
        'reached',
        'grown',
        'same',
        'other meaning',
        'crashes',
        'longest',
      ],
      tallies.map(
        ({ kind, tried, refused, reasons, reached, grown, unchanged, changed, crashes, longest }) => [
          ...[kind, ...[tried, refused, reasons.size, reached, grown.length, unchanged].map(number)],
          ...[none(changed), none(crashes), `${longest.toFixed(1)} ms`],
        ],
      ),
    ),
    ...(comparisons.length === 0 ? [] : [comparisonText(comparisons)]),
    ...files.map((file) => paint.bad(`found: ${file}`)),
    paint.dim(`seed ${seed}`),
  ].join('\n');
}

function comparisonText(comparisons: readonly Comparison[]): string {
  const count = (differences: ReadonlyMap<string, Difference>) =>
    [...differences.values()].reduce((sum, difference) => sum + difference.count, 0);
  const rows = comparisons.map(({ peer, kind, compared, agreed, stricter, elsewhere, laxer }) => [
    ...[peer, kind, ...[compared, agreed, count(stricter), count(elsewhere)].map(number)],
    none(count(laxer)),
  ]);
  return [
    tableOf(['compared with', 'kind', 'inputs', 'agreed', 'stricter', 'elsewhere', 'laxer'], rows),
    paint.dim('elsewhere: let in here and refused there for what nobody has signed, or for lengths in BER'),
  ].join('\n');
}

type Cell = Parameters<typeof table>[0][number][number];

function tableOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = table([head.map((text) => ({ text, paint: paint.bold })), ...rows]);
  return showLines([lines], undefined).text;
}

function number(value: number): string {
  return value.toLocaleString('en');
}

function none(value: number): Cell {
  return { text: number(value), paint: value === 0 ? paint.good : paint.bad };
}
