import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Budget } from '../../src/budget/budget.ts';
import { documentCommandLimits } from '../../src/budget/limits.ts';
import type { DocumentReport, SignatureReport, TimestampReport } from '../../src/document/report.ts';
import { validateOn } from '../../src/document/validate.ts';
import { contextOfAnchors, readAnchors } from '../../src/validation/context.ts';
import { exceptions } from './documents-exceptions.ts';
import { readManifest } from './manifest.ts';
import type { CaseResult, Suite } from './suite.ts';

interface ExpectedTimestamp {
  readonly type: string;
  readonly time?: string;
  readonly imprint?: 'matches' | 'differs';
  readonly signature?: 'valid' | 'invalid';
}

interface ExpectedSignature {
  readonly indication: string | readonly string[];
  readonly subIndication?: string | readonly string[];
  readonly integrity: string;
  readonly timestamps?: readonly ExpectedTimestamp[];
  readonly modifications?: string;
}

/** An entry of the suite's manifest, as far as it is read. */
export interface Case {
  readonly id: string;
  readonly file: string;
  readonly format: string;
  readonly content?: string;
  readonly contentName?: string;
  readonly anchors: readonly string[];
  readonly untrusted?: readonly string[];
  readonly at: string;
  readonly revocation: 'none-supplied' | 'not-asked';
  readonly expected: {
    readonly signatures: readonly ExpectedSignature[];
    readonly documentTimestamps?: readonly ExpectedTimestamp[];
  };
}

/** Validates one file of the suite as its entry asks. */
export function validateCase(folder: string, test: Case): Promise<DocumentReport> {
  return validateFile(folder, test, readFileSync(join(folder, test.file)));
}

/** As `validateCase`, with other octets in place of those of the file. */
export async function validateFile(
  folder: string,
  test: Case,
  document: Uint8Array,
): Promise<DocumentReport> {
  const read = (name: string) => readFileSync(join(folder, name));
  const budget = new Budget(documentCommandLimits);
  const anchors = readAnchors(test.anchors.map(read));
  const question = {
    ...{ at: Date.parse(test.at), profile: 'rfc5280' as const, language: 'en' as const },
    ...{ untrusted: (test.untrusted ?? []).map(read), lists: [], answers: [] },
  };
  const contents = test.content === undefined ? [] : [{ name: test.contentName, octets: read(test.content) }];
  return validateOn({ document, contents }, question, budget, (given, checks) => ({
    ...contextOfAnchors(anchors, given, question, budget, checks),
    asksSources: test.revocation === 'none-supplied',
    leavesRevocation: test.revocation === 'not-asked',
  }));
}

/** In what a report differs from what is expected; empty where it does not. */
export function differencesOf(report: DocumentReport, { expected }: Case): readonly string[] {
  const found = report.signatures.length > 0 ? report.signatures : report.timestamps;
  const [refused] = expected.signatures;
  if (found.length === 0 && refused !== undefined && expected.signatures.length === 1)
    return differencesOfVerdict(report, refused);
  const differences: string[] = [];
  if (found.length !== expected.signatures.length) {
    if (expected.signatures.length === 0 && report.indication !== 'TOTAL-PASSED') return [];
    const code =
      report.failure === undefined
        ? ''
        : ` (${report.failure.code} ${JSON.stringify(report.failure.details)})`;
    differences.push(`${found.length} signatures, expected ${expected.signatures.length}${code}`);
  }
  for (const [at, each] of expected.signatures.entries()) {
    const own = found[at];
    if (own !== undefined)
      differences.push(...differencesOfSignature(own, each).map((text) => `${at}: ${text}`));
  }
  if (expected.documentTimestamps !== undefined)
    differences.push(...differencesOfTimestamps(report.timestamps, expected.documentTimestamps));
  return differences;
}

function differencesOfSignature(
  found: SignatureReport | TimestampReport,
  expected: ExpectedSignature,
): readonly string[] {
  const differences = [...differencesOfVerdict(found, expected)];
  const integrity = integrityOf(found);
  if (expected.integrity === 'intact' && integrity !== 'intact') differences.push(`integrity ${integrity}`);
  if (expected.integrity.endsWith('mismatch') && integrity === 'intact') differences.push('taken for intact');
  if (expected.timestamps !== undefined && 'timestamps' in found)
    differences.push(...differencesOfTimestamps(found.timestamps, expected.timestamps));
  if (expected.modifications !== undefined && 'modifications' in found) {
    const isOpen = expected.modifications === 'implementation-dependent';
    if (!isOpen && found.modifications !== expected.modifications)
      differences.push(`modifications ${String(found.modifications)}, expected ${expected.modifications}`);
  }
  return differences;
}

function integrityOf(found: SignatureReport | TimestampReport): string | undefined {
  if ('integrity' in found || 'timestamps' in found) return found.integrity;
  return found.imprint === 'matches' && found.certificate !== undefined ? 'intact' : 'broken';
}

function differencesOfVerdict(
  { indication, subIndication, failure }: DocumentReport | SignatureReport | TimestampReport,
  expected: ExpectedSignature,
): readonly string[] {
  const code = failure === undefined ? '' : ` (${failure.code} ${JSON.stringify(failure.details)})`;
  if (expected.indication === 'not TOTAL-PASSED')
    return indication === 'TOTAL-PASSED' ? ['TOTAL-PASSED, which it must not be'] : [];
  const isRight =
    [expected.indication].flat().includes(indication) &&
    (expected.subIndication === undefined || [expected.subIndication].flat().includes(subIndication ?? ''));
  return isRight ? [] : [`${indication} ${subIndication ?? ''}${code}`];
}

/** Time-stamps are expected in no certain order; each of those found may stand for one. */
function differencesOfTimestamps(
  found: readonly TimestampReport[],
  expected: readonly ExpectedTimestamp[],
): readonly string[] {
  const left = [...found];
  const missing = expected.filter((each) => {
    const at = left.findIndex((own) => isTimestamp(own, each));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return missing.map(
    ({ type, time, imprint, signature }) =>
      `time-stamp ${type} ${time ?? ''} ${imprint ?? ''} ${signature ?? ''} not among ${found
        .map((own) => `${own.kind} ${own.time ?? ''} ${own.imprint ?? ''} ${own.failure?.code ?? ''}`)
        .join('; ')}`,
  );
}

function isTimestamp(found: TimestampReport, { time, imprint, signature }: ExpectedTimestamp): boolean {
  const isTime = time === undefined || Math.abs(Date.parse(found.time ?? '') - Date.parse(time)) < 1000;
  const isValid = found.certificate !== undefined;
  return (
    isTime &&
    (imprint === undefined || found.imprint === imprint) &&
    (signature === undefined || isValid === (signature === 'valid'))
  );
}

/** Signed documents of eleven projects, of every format, with what is to be said of each. */
export const suite: Suite = {
  name: 'documents',
  recognises(folder) {
    const first = readManifest<{ tests?: Partial<Case>[] }>(folder)?.tests?.[0];
    return first?.revocation !== undefined && first.expected?.signatures !== undefined;
  },
  async *run(folder): AsyncIterable<CaseResult> {
    for (const test of readManifest<{ tests: Case[] }>(folder)?.tests ?? []) {
      const report = await validateCase(folder, test);
      const differences = differencesOf(report, test);
      const id = `${test.format}: ${test.id}`;
      const reason = exceptions.get(test.id);
      if (reason === undefined) {
        yield differences.length === 0
          ? { id, outcome: 'passed' }
          : { id, outcome: 'failed', reason: differences.join('; ') };
      } else if (differences.length === 0) {
        yield { id, outcome: 'failed', reason: `passes, and stands among the exceptions: ${reason}` };
      } else {
        yield { id, outcome: 'skipped', reason };
      }
    }
  },
};
