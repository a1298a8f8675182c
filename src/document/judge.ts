import { compareOctets } from '../asn1/writer.ts';
import type { Budget } from '../budget/budget.ts';
import { SealgateError } from '../error.ts';
import type { Indication, Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import { Checks } from '../report/check.ts';
import { type Verdict, verdictOf } from '../report/verdict.ts';
import {
  type Circumstances,
  type EncodedEvidence,
  type Given,
  readGiven,
  type ValidationContext,
} from '../validation/context.ts';
import type { ExaminedDocument, ExaminedSignature, ExaminedTimestamp, Material } from './examined.ts';
import { judgeSignature } from './judge-signature.ts';
import { judgeTimestamp } from './judge-timestamp.ts';
import { ProofsOfExistence } from './proofs.ts';
import type { DocumentReport, SignatureReport, TimestampReport } from './report.ts';
import { UsedEvidence } from './used-evidence.ts';

/** Makes the context of a validation from what the document and the question bring. */
export type ContextOf = (given: Given, checks: Checks) => ValidationContext;

/** By what a document is judged, beside its context. */
export interface DocumentQuestion extends Circumstances, EncodedEvidence {
  readonly language: Language;
}

/** The report on a document, with what its verdicts rest on. */
export interface JudgedDocument {
  readonly report: DocumentReport;
  /** Certificates of every path that holds, and the lists and answers that told of their revocation. */
  readonly used: Material;
}

/**
 * Judges an examined document (EN 319 102-1): its time-stamps first, the newest before the others, since each that
 * passes proves the existence of what it covers; then its signatures.
 */
export async function judgeDocument(
  document: ExaminedDocument,
  question: DocumentQuestion,
  budget: Budget,
  contextOf: ContextOf,
): Promise<JudgedDocument> {
  const { at, profile, language } = question;
  const { certificates, lists, answers } = document.material;
  const evidence = {
    untrusted: distinct([...certificates, ...question.untrusted]),
    lists: distinct([...lists, ...question.lists]),
    answers: distinct([...answers, ...question.answers]),
  };
  const context = contextOf(await readGiven(evidence, budget), new Checks());
  const used = new UsedEvidence();
  const judgement = { context, proofs: new ProofsOfExistence(at), used, language };
  const reports = new Map<ExaminedTimestamp, TimestampReport>();
  const all = newestFirst(allTimestamps(document));
  for (const each of all) {
    const failure = each.failure ?? contradictionOf(each, all);
    reports.set(each, await judgeTimestamp({ ...each, failure }, judgement));
  }
  const signatures: SignatureReport[] = [];
  for (const each of document.signatures) signatures.push(await judgeSignature(each, judgement, reports));
  const timestamps = document.timestamps.flatMap((each) => reports.get(each) ?? []);
  const { indication, subIndication, failure } = worstOf(signatures.length > 0 ? signatures : timestamps);
  const report = {
    indication,
    ...defined({ subIndication, failure, form: document.form }),
    ...{ at: new Date(at).toISOString(), profile, format: document.format },
    ...{ signatures, timestamps, checks: [] },
  };
  return { report, used: used.material };
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

/** How exact a time is taken to be where the authority does not say, ms. */
const usualAccuracy = 1000;

/** What a time-stamp is refused with that covers another one and is the older of the two (section 5.5.4). */
function contradictionOf(
  stamp: ExaminedTimestamp,
  all: readonly ExaminedTimestamp[],
): SealgateError | undefined {
  const own = stamp.token?.info;
  if (own === undefined) return undefined;
  for (const { token } of all) {
    if (token === undefined || token === stamp.token) continue;
    const { time, accuracy = usualAccuracy } = token.info;
    if (time - accuracy <= own.time + (own.accuracy ?? usualAccuracy)) continue;
    if (!stamp.covers.some((octets) => compareOctets(octets, token.octets) === 0)) continue;
    return new SealgateError('timestamp_order', { notBefore: new Date(time), at: new Date(own.time) });
  }
  return undefined;
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
