import { Budget } from '../budget/budget.ts';
import { documentCommandLimits } from '../budget/limits.ts';
import { parseCertificate } from '../certificate/certificate.ts';
import { isFailure } from '../error.ts';
import type { AnchorSet } from '../path/pool.ts';
import { parseCertificates } from '../signature/signer-certificate.ts';
import { contextOfAnchors, readAnchors } from '../validation/context.ts';
import { examineDocument } from './examine.ts';
import type { NamedContent } from './examined.ts';
import { type ContextOf, type DocumentQuestion, judgeDocument, reportOfFailure } from './judge.ts';
import type { DocumentReport } from './report.ts';

/** A signed document, and what was given with it. */
export interface GivenDocument {
  /** The file that holds the signature, of whatever format. */
  readonly document: Uint8Array;
  /** What is signed, where the signature is detached. */
  readonly contents: readonly NamedContent[];
}

/**
 * Validates every signature of a document by what is given and nothing else: mathematics, time-stamps, path, and
 * revocation where lists or answers are there, in the document or beside it. What is in the document becomes the report.
 */
export function validateDocument(
  given: GivenDocument,
  question: DocumentQuestion & { readonly anchors: readonly Uint8Array[] },
): Promise<DocumentReport> {
  const budget = new Budget(documentCommandLimits);
  let anchors: AnchorSet | undefined;
  return validateOn(given, question, budget, (evidence, checks) => {
    anchors ??= readAnchors(question.anchors);
    return contextOfAnchors(anchors, evidence, question, budget, checks);
  });
}

/** Validates a document on any context, within one budget. */
export async function validateOn(
  { document, contents }: GivenDocument,
  question: DocumentQuestion,
  budget: Budget,
  contextOf: ContextOf,
): Promise<DocumentReport> {
  try {
    const known = parseCertificates(question.untrusted, budget, parseCertificate).certificates;
    const examined = await examineDocument(document, { contents, known, budget });
    const { report } = await judgeDocument(examined, question, budget, contextOf);
    return report;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return reportOfFailure(error, question);
  }
}
