import { type Certificate, parseCertificate } from '../certificate/certificate.ts';
import { isFailure } from '../error.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { explain } from '../failure/explain.ts';
import type { Language } from '../failure/failure.ts';
import { validPaths } from '../path/find.ts';
import { profiles } from '../path/profile.ts';
import { qualify, signInQualification } from '../qualified/qualify.ts';
import { Checks } from '../report/check.ts';
import type { TrustView } from '../trust-list/view.ts';
import { type CertificateQuestion, type CertificateVerdict, judgeCertificate } from './certificate.ts';
import { groundOfService, type ServiceGround } from './ground.ts';
import { judgeSignature, type SignatureQuestion, type SignatureVerdict } from './signature.ts';

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

type Qualified<T> = T & { readonly qualification?: Qualification };

/** Validates a certificate by what a service trusts and where it gets revocation from. */
export async function validateByService(
  question: Omit<CertificateQuestion, 'anchors'>,
  service: ServiceGround,
): Promise<Qualified<CertificateVerdict>> {
  const checks = new Checks();
  const view = service.trust();
  const ground = () => groundOfService(view, service, question, checks);
  const verdict = await judgeCertificate(question.certificate, ground, question, checks);
  if (verdict.path === undefined) return verdict;
  const pool = readable(question.untrusted);
  const certificate = parseCertificate(question.certificate);
  return { ...verdict, qualification: qualification(certificate, pool, view, question) };
}

/** Validates every signer of a document likewise. Throws `request_malformed` where the document is missing. */
export async function validateSignatureByService(
  question: Omit<SignatureQuestion, 'anchors'>,
  service: ServiceGround,
): Promise<
  Omit<SignatureVerdict, 'signers'> & {
    readonly signers: readonly Qualified<SignatureVerdict['signers'][number]>[];
  }
> {
  const view = service.trust();
  const pools: Certificate[] = [];
  const verdict = await judgeSignature(question, (given, checks) => {
    const ground = groundOfService(view, service, given, checks);
    pools.push(...ground.pool);
    return ground;
  });
  const signers = verdict.signers.map((signer) => {
    const certificate = pools.find(({ sha256 }) => sha256 === signer.certificate?.sha256);
    if (signer.path === undefined || certificate === undefined) return signer;
    return { ...signer, qualification: qualification(certificate, pools, view, question) };
  });
  return { ...verdict, signers };
}

/** A certificate is qualified where one of its paths says so. */
function qualification(
  target: Certificate,
  pool: readonly Certificate[],
  view: TrustView,
  { at, language }: { readonly at: number; readonly language: Language },
): Qualification {
  const { anchors, intermediates } = view;
  const profile = profiles['qualified-gost'];
  const paths = validPaths({ target, pool, intermediates, anchors, at, profile });
  let refusal: Qualification | undefined;
  for (let step = paths.next(); ; step = paths.next()) {
    if (step.done) return refusal ?? refused(step.value.code, step.value.details, language);
    try {
      const policy = { ...signInQualification, purpose: 'documents' as const };
      const { acr, authority } = qualify(step.value, view, policy);
      return { qualified: true, acr, authority: authority.name };
    } catch (error) {
      if (!isFailure(error)) throw error;
      refusal ??= refused(error.code, error.details, language);
    }
  }
}

function refused(
  code: FailureCode,
  details: Readonly<Record<string, unknown>>,
  language: Language,
): Qualification {
  return { qualified: false, code, cause: explain(code, details, language).cause };
}

function readable(encodings: readonly Uint8Array[]): readonly Certificate[] {
  return encodings.flatMap((der) => {
    try {
      return [parseCertificate(der)];
    } catch (error) {
      if (!isFailure(error)) throw error;
      return [];
    }
  });
}
