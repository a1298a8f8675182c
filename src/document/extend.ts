import { type Budget, isExhausted } from '../budget/budget.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import { type FailureCode, SealgateError } from '../error.ts';
import type { Indication } from '../failure/failure.ts';
import { parseCertificates } from '../signature/signer-certificate.ts';
import { containerExtender } from './asic/extend.ts';
import { messageExtender } from './cades/extend.ts';
import { examineDocument } from './examine.ts';
import type {
  Examination,
  ExaminedDocument,
  ExaminedSignature,
  ExaminedTimestamp,
  Material,
} from './examined.ts';
import type { Extender, Extending, ExtensionLevel } from './extender.ts';
import { type ContextOf, type DocumentQuestion, type JudgedDocument, judgeDocument } from './judge.ts';
import { pdfExtender } from './pades/extend.ts';
import { kindOf } from './recognise.ts';
import type { DocumentReport, Level, SignatureReport, TimestampReport } from './report.ts';
import type { GivenDocument } from './validate.ts';
import { xmlExtender } from './xades/extend.ts';

/** What is asked of an extension. */
export interface ExtensionOrder extends Pick<Extending, 'authorities'> {
  readonly level: ExtensionLevel;
  /** Whether what is added has to be trusted by the context; otherwise it is enough that it holds in itself. */
  readonly requiresTrust: boolean;
}

/** A document that was extended, with the verdict on it. */
export interface ExtendedDocument {
  readonly octets: Uint8Array;
  readonly report: DocumentReport;
}

/** A document as it stands, found out and judged. */
interface Judged extends JudgedDocument {
  readonly octets: Uint8Array;
  readonly examined: ExaminedDocument;
}

/**
 * Extends every signature of a document to a level: time-stamps, then the evidence on which its verdict rests, then a
 * time-stamp over both. What was there keeps its octets. The document is judged before and after: nothing that held may
 * hold no longer, and every signature has to be at the level. Throws `level_not_reached` with the reason,
 * `timestamp_unavailable`, `document_unrecognised` and what refuses a document as a whole.
 */
export async function extendDocument(
  { document, contents }: GivenDocument,
  order: ExtensionOrder,
  question: DocumentQuestion,
  budget: Budget,
  contextOf: ContextOf,
): Promise<ExtendedDocument> {
  const { level, authorities } = order;
  const known = parseCertificates(question.untrusted, budget, parseCertificate).certificates;
  const examination = { contents, known, budget };
  const extending = { contents, authorities, budget };
  const extender = extenderOf(document);
  const judge = (octets: Uint8Array) => judged(octets, examination, question, contextOf);
  const before = await judge(document);
  requireIntact(before.examined, order);
  let octets = await extender.stampSignatures(document, extending);
  if (level !== 'T') {
    const stamped = await judge(octets);
    if (order.requiresTrust) requireTrusted(stamped.report, order);
    octets = await extender.addEvidence(octets, evidenceFor(stamped, question), extending);
  }
  if (level === 'LTA') octets = await extender.stampArchive(octets, extending);
  const after = await judge(octets);
  requireIntact(after.examined, order);
  requireNoWorse(before.report, after.report, order);
  if (order.requiresTrust) requireTrusted(after.report, order);
  for (const signature of after.report.signatures) requireLevel(signature, order);
  return { octets, report: after.report };
}

function extenderOf(document: Uint8Array): Extender {
  switch (kindOf(document)) {
    case 'cms':
      return messageExtender;
    case 'pdf':
      return pdfExtender;
    case 'xml':
      return xmlExtender;
    case 'zip':
      return containerExtender;
    default:
      throw new SealgateError('document_unrecognised');
  }
}

async function judged(
  octets: Uint8Array,
  examination: Examination,
  question: DocumentQuestion,
  contextOf: ContextOf,
): Promise<Judged> {
  const examined = await examineDocument(octets, examination);
  const outcome = await judgeDocument(examined, question, examination.budget, contextOf);
  return { ...outcome, octets, examined };
}

/** What judging a document rested on, and what was given to be put into it, as far as it is not there. */
function evidenceFor({ used, examined: { material } }: Judged, given: DocumentQuestion): Material {
  const missing = (part: keyof Material, more: readonly Uint8Array[]) => {
    const known = new Set(material[part].map(keyOf));
    return [...used[part], ...more].filter((octets) => !known.has(keyOf(octets)));
  };
  return {
    certificates: missing('certificates', given.untrusted),
    lists: missing('lists', given.lists),
    answers: missing('answers', given.answers),
  };
}

function keyOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1');
}

/** Throws unless the mathematics of every signature and time-stamp hold: nothing is built on what does not. */
function requireIntact({ signatures, timestamps }: ExaminedDocument, order: ExtensionOrder): void {
  const all: (ExaminedSignature | ExaminedTimestamp)[] = [...signatures, ...timestamps];
  for (let each = all.pop(); each !== undefined; each = all.pop()) {
    if (each.failure !== undefined) {
      if (isExhausted(each.failure)) throw each.failure;
      throw missed(order, each.failure.code, each.failure);
    }
    if ('counterSignatures' in each) all.push(...each.timestamps, ...each.counterSignatures);
  }
}

/** Throws unless every signature and every time-stamp of a document passes. */
function requireTrusted({ signatures, timestamps }: DocumentReport, order: ExtensionOrder): void {
  for (const each of [...timestamps, ...signatures, ...signatures.flatMap((one) => one.timestamps)])
    if (each.failure !== undefined) throw missed(order, each.failure.code);
}

const badness: Readonly<Record<Indication, number>> = {
  'TOTAL-PASSED': 0,
  INDETERMINATE: 1,
  'TOTAL-FAILED': 2,
};

/** Throws where a signature or a time-stamp is judged worse than it was, or is gone. */
function requireNoWorse(before: DocumentReport, after: DocumentReport, order: ExtensionOrder): void {
  const compare = (
    was: SignatureReport | TimestampReport,
    is: SignatureReport | TimestampReport | undefined,
  ) => {
    if (is === undefined || badness[is.indication] > badness[was.indication])
      throw missed(order, is?.failure?.code ?? 'document_changed');
  };
  for (const [at, was] of before.signatures.entries()) compare(was, after.signatures[at]);
  for (const [at, was] of before.timestamps.entries()) compare(was, after.timestamps[at]);
}

/** Levels from the lowest; those of one row are worth the same. */
const ranks: readonly (readonly Level[])[] = [['B'], ['T', 'C', 'X'], ['LT', 'XL'], ['LTA', 'A']];

function rankOf(level: Level | undefined): number {
  return ranks.findIndex((row) => level !== undefined && row.includes(level));
}

function requireLevel({ level }: SignatureReport, order: ExtensionOrder): void {
  if (rankOf(level) < rankOf(order.level)) throw missed(order, undefined, undefined, level);
}

function missed(
  { level }: ExtensionOrder,
  reason: FailureCode | undefined,
  cause?: unknown,
  reached?: Level,
): SealgateError<'level_not_reached'> {
  return new SealgateError('level_not_reached', { level, reached, reason }, { cause });
}
