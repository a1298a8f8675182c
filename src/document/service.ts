import { Budget } from '../budget/budget.ts';
import { type BudgetLimits, documentLimits } from '../budget/limits.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { TimestampAuthorities } from '../timestamp/ask.ts';
import { contextOfService, type ServiceTrust, usualPatience } from '../validation/context.ts';
import { type Asked, type Qualification, type Qualified, qualificationOf } from '../validation/service.ts';
import { extendDocument } from './extend.ts';
import type { ExtensionLevel } from './extender.ts';
import type { DocumentQuestion } from './judge.ts';
import type { DocumentReport, SignatureReport } from './report.ts';
import { type GivenDocument, validateOn } from './validate.ts';

/** The report on a document; each of its signatures says whether it is a qualified one. */
export type ServiceReport = Omit<DocumentReport, 'signatures'> & {
  readonly signatures: readonly Qualified<SignatureReport>[];
};

/** Validates every signature of a document by what a service trusts and where it gets revocation from. */
export async function validateDocumentByService(
  given: GivenDocument,
  question: DocumentQuestion,
  service: ServiceTrust,
  limits: BudgetLimits = documentLimits,
): Promise<ServiceReport> {
  const view = service.trust();
  const patience = usualPatience();
  const budget = new Budget(limits);
  let pool: readonly Certificate[] = [];
  const report = await validateOn(given, question, budget, (evidence, checks) => {
    pool = evidence.certificates.certificates;
    return contextOfService(view, service, evidence, question, budget, checks, patience);
  });
  const asked = { pool, view, patience, budget, issuers: service.issuers, links: service.links };
  const signatures: Qualified<SignatureReport>[] = [];
  for (const signature of report.signatures) {
    const qualification = await qualificationIn(signature, asked, question);
    signatures.push(qualification === undefined ? signature : { ...signature, qualification });
  }
  return { ...report, signatures };
}

/** A document that was extended by a service, with the report on it. */
export interface ServiceExtension {
  readonly document: Uint8Array;
  readonly report: ServiceReport;
}

/**
 * Extends a document by the authorities, the trust and the sources of a service; what is added has to pass. Throws
 * `timestamp_unavailable`, and `level_not_reached` for everything about the document that stands in the way.
 */
export async function extendDocumentByService(
  given: GivenDocument,
  level: ExtensionLevel,
  question: DocumentQuestion,
  service: ServiceTrust & { readonly timestamps: TimestampAuthorities },
  limits: BudgetLimits = documentLimits,
): Promise<ServiceExtension> {
  const view = service.trust();
  const patience = usualPatience();
  const budget = new Budget(limits);
  const order = { level, authorities: service.timestamps, requiresTrust: true };
  try {
    const { octets, report } = await extendDocument(given, order, question, budget, (evidence, checks) =>
      contextOfService(view, service, evidence, question, budget, checks, patience),
    );
    return { document: octets, report };
  } catch (error) {
    if (!isFailure(error) || error.failure.status !== undefined) throw error;
    throw new SealgateError('level_not_reached', { level, reason: error.code }, { cause: error });
  }
}

/** At the time for which the signature was judged; undefined where it does not pass. */
async function qualificationIn(
  { certificate, judgedAt }: SignatureReport,
  asked: Asked,
  { language }: DocumentQuestion,
): Promise<Qualification | undefined> {
  const signer = asked.pool.find(({ sha256 }) => sha256 === certificate?.sha256);
  if (signer === undefined || judgedAt === undefined) return undefined;
  return qualificationOf(signer, asked, { at: Date.parse(judgedAt), language });
}
