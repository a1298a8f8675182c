import type { Budget } from '../budget/budget.ts';
import type { SealgateError } from '../error.ts';
import type { Indication, Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import { Checks } from '../report/check.ts';
import { type Verdict, verdictOf } from '../report/verdict.ts';
import {
  type Circumstances,
  type EncodedEvidence,
  type Given,
  readGiven,
  type ValidationGround,
} from '../validation/ground.ts';
import type { ExaminedDocument, ExaminedSignature, ExaminedTimestamp } from './examined.ts';
import { judgeSignature } from './judge-signature.ts';
import { judgeTimestamp } from './judge-timestamp.ts';
import { ProofsOfExistence } from './proofs.ts';
import type { DocumentReport, SignatureReport, TimestampReport } from './report.ts';

/** Makes the ground of a validation from what the document and the question bring. */
export type GroundOf = (given: Given, checks: Checks) => ValidationGround;

/** By what a document is judged, beside its ground. */
export interface DocumentQuestion extends Circumstances, EncodedEvidence {
  readonly language: Language;
}

/**
 * Judges an examined document (EN 319 102-1): its time-stamps first, the newest before the others, since each that
 * passes proves the existence of what it covers; then its signatures.
 */
export async function judgeDocument(
  document: ExaminedDocument,
  question: DocumentQuestion,
  budget: Budget,
  groundOf: GroundOf,
): Promise<DocumentReport> {
  const { at, profile, language } = question;
  const { certificates, lists, answers } = document.material;
  const evidence = {
    untrusted: distinct([...certificates, ...question.untrusted]),
    lists: distinct([...lists, ...question.lists]),
    answers: distinct([...answers, ...question.answers]),
  };
  const ground = groundOf(await readGiven(evidence, budget), new Checks());
  const judgement = { ground, proofs: new ProofsOfExistence(at), language };
  const reports = new Map<ExaminedTimestamp, TimestampReport>();
  for (const each of newestFirst(allTimestamps(document)))
    reports.set(each, await judgeTimestamp(each, judgement));
  const signatures: SignatureReport[] = [];
  for (const each of document.signatures) signatures.push(await judgeSignature(each, judgement, reports));
  const timestamps = document.timestamps.flatMap((each) => reports.get(each) ?? []);
  const { indication, subIndication, failure } = worstOf(signatures.length > 0 ? signatures : timestamps);
  return {
    indication,
    ...defined({ subIndication, failure, form: document.form }),
    ...{ at: new Date(at).toISOString(), profile, format: document.format },
    ...{ signatures, timestamps, checks: [] },
  };
}

/** The report on what is no document, or one that cannot be read. */
export function reportOfFailure(
  failure: SealgateError,
  { at, profile, language }: DocumentQuestion,
): DocumentReport {
  return {
    ...verdictOf([], failure, language),
    ...{ at: new Date(at).toISOString(), profile, signatures: [], timestamps: [] },
  };
}

function distinct(encodings: readonly Uint8Array[]): readonly Uint8Array[] {
  const known = new Map(encodings.map((octets) => [Buffer.from(octets).toString('latin1'), octets]));
  return [...known.values()];
}

function allTimestamps({ signatures, timestamps }: ExaminedDocument): readonly ExaminedTimestamp[] {
  const of = (signature: ExaminedSignature): readonly ExaminedTimestamp[] => [
    ...signature.timestamps,
    ...signature.counterSignatures.flatMap(of),
  ];
  return [...timestamps, ...signatures.flatMap(of)];
}

/** Of those of one time the one that covers more goes first. */
function newestFirst(timestamps: readonly ExaminedTimestamp[]): readonly ExaminedTimestamp[] {
  return [...timestamps].sort((a, b) => (b.time ?? 0) - (a.time ?? 0) || b.covers.length - a.covers.length);
}

const badness: Readonly<Record<Indication, number>> = {
  'TOTAL-PASSED': 0,
  INDETERMINATE: 1,
  'TOTAL-FAILED': 2,
};

/** One false signature spoils a document; one that is open leaves it open. */
function worstOf(verdicts: readonly Verdict[]): Verdict {
  const [first, ...others] = verdicts;
  if (first === undefined) throw new Error('a document that can be read has a signature or a time-stamp');
  return others.reduce(
    (worst, each) => (badness[each.indication] > badness[worst.indication] ? each : worst),
    first,
  );
}
