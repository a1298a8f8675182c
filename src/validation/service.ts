import { Budget } from '../budget/budget.ts';
import { certificateLimits } from '../budget/limits.ts';
import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { isFailure, type SealgateError } from '../error.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';
import { firstThatHolds } from '../issuer/first.ts';
import { searchPaths } from '../issuer/search.ts';
import { profiles } from '../path/profile.ts';
import { qualify, signInQualification } from '../qualified/qualify.ts';
import { Checks } from '../report/check.ts';
import type { Patience } from '../revocation/check/patience.ts';
import type { TrustView } from '../trust-list/view.ts';
import { type CertificateQuestion, type CertificateVerdict, judgeCertificate } from './certificate.ts';
import { contextOfService, readGiven, type ServiceTrust, usualPatience } from './context.ts';

/** Whether a certificate is a qualified one; a fact beside the verdict, which does not hang on it. */
export interface Qualification {
  readonly qualified: boolean;
  /** Class of the tool, as the claim `acr` has it. */
  readonly acr?: string;
  /** Name of the accredited authority. */
  readonly authority?: string;
  /** Why it is not. */
  readonly code?: FailureCode;
  readonly cause?: string;
}

/** A verdict with that fact beside it. */
export type Qualified<T> = T & { readonly qualification?: Qualification };

/** Validates a certificate by what a service trusts and where it gets revocation from. */
export async function validateByService(
  question: Omit<CertificateQuestion, 'anchors'>,
  service: ServiceTrust,
): Promise<Qualified<CertificateVerdict>> {
  const checks = new Checks();
  const view = service.trust();
  const patience = usualPatience();
  const budget = new Budget(certificateLimits);
  let pool: readonly Certificate[] = [];
  const context = async () => {
    const given = await readGiven(question, budget);
    pool = given.certificates.certificates;
    return contextOfService(view, service, given, question, budget, checks, patience);
  };
  const verdict = await judgeCertificate(question.certificate, context, question, checks);
  if (verdict.path === undefined) return verdict;
  const certificate = parseCertificate(question.certificate);
  const asked = { pool, view, patience, budget, issuers: service.issuers, links: service.links };
  return { ...verdict, qualification: await qualificationOf(certificate, asked, question) };
}

/** Where the paths of a qualified certificate may lead: as for the verdict, so that what was fetched for it serves here. */
export interface Asked {
  readonly pool: readonly Certificate[];
  readonly view: TrustView;
  readonly patience: Patience;
  readonly budget: Budget;
  readonly issuers: ServiceTrust['issuers'];
  readonly links: ServiceTrust['links'];
}

/** A certificate is qualified at a time (ms since the epoch) where one of its paths says so. */
export async function qualificationOf(
  target: Certificate,
  { pool, view, patience, budget, issuers, links: cache }: Asked,
  { at, language }: { readonly at: number; readonly language: Language },
): Promise<Qualification> {
  const { anchors, intermediates } = view;
  const profile = profiles['qualified-gost'];
  const input = { target, pool, intermediates, anchors, at, profile, patience, issuers, budget, cache };
  const policy = { ...signInQualification, purpose: 'documents' as const };
  try {
    const qualified = await firstThatHolds(searchPaths(input), (path) => qualify(path, view, policy));
    return { qualified: true, acr: qualified.acr, authority: qualified.authority.name };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return refused(error, language);
  }
}

function refused({ code, details }: SealgateError, language: Language): Qualification {
  return { qualified: false, code, cause: explain(code, details, language, 'validation').cause };
}
