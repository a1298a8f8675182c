import { everyAlgorithm } from '../algorithm/policy.ts';
import { signatureAlgorithmName } from '../algorithm/signature-algorithm.ts';
import { isExhausted } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { type FailureCode, isFailure, SealgateError } from '../error.ts';
import { defined } from '../optional.ts';
import { profiles } from '../path/profile.ts';
import { Checks } from '../report/check.ts';
import { verdictOf } from '../report/verdict.ts';
import { factsOf } from '../validation/certificate.ts';
import { firstCurrentPath, type ValidationContext } from '../validation/context.ts';
import { requireAlgorithms } from './constraint.ts';
import type { ExaminedSignature, ExaminedTimestamp, IntactSignature } from './examined.ts';
import type { Judgement } from './judge-timestamp.ts';
import type { SignatureReport, TimestampReport } from './report.ts';
import { pathAt, pathNow, revocationOf, type SignerPath } from './signer-path.ts';

/**
 * Judges a signature once the time-stamps of its document have been (EN 319 102-1, sections 5.5 and 5.6): whom it is of,
 * whether its algorithms are to be relied on, and whether its path holds now, or held when the signature is proven to
 * have existed.
 */
export async function judgeSignature(
  examined: ExaminedSignature,
  judgement: Judgement,
  reports: ReadonlyMap<ExaminedTimestamp, TimestampReport>,
): Promise<SignatureReport> {
  const { context, proofs, language } = judgement;
  const { format, name, checks, value, intact, failure, level, coverage, modifications } = examined;
  const provenAt = proofs.of(value);
  const timestamps = examined.timestamps.flatMap((each) => reports.get(each) ?? []);
  const counterSignatures: SignatureReport[] = [];
  for (const each of examined.counterSignatures)
    counterSignatures.push(await judgeSignature(each, judgement, reports));
  const facts = {
    format,
    ...defined({ name, level, integrity: integrityOf(examined), coverage, modifications }),
    ...(intact === undefined ? {} : signatureFacts(intact)),
    ...(provenAt < proofs.validationTime ? { provenTime: new Date(provenAt).toISOString() } : {}),
    timestamps,
    counterSignatures,
  };
  try {
    if (intact === undefined) throw failure ?? new Error('a signature that is not intact has a failure');
    const path = await signerPath(intact, provenAt, checks, judgement);
    judgement.used.add(path.status);
    if (failure !== undefined) throw failure;
    const judgedAt = new Date(path.at).toISOString();
    return { ...verdictOf(checks.list, undefined, language), ...facts, judgedAt, ...path.facts };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const told = failure ?? error;
    return { ...verdictOf(checks.list, told, language), ...facts, revocation: revocationOf(context) };
  }
}

/** What is known of the mathematics: a document that is missing, or a certificate, leaves it open. */
function integrityOf({ intact, failure }: ExaminedSignature): SignatureReport['integrity'] {
  if (intact !== undefined) return 'intact';
  return failure?.failure.indication === 'TOTAL-FAILED' ? 'broken' : undefined;
}

function signatureFacts({ signer, algorithm, signingTime, namesCertificate }: IntactSignature) {
  return {
    certificate: factsOf(signer),
    algorithm: signatureAlgorithmName(algorithm),
    ...(signingTime === undefined ? {} : { signingTime: new Date(signingTime).toISOString() }),
    namesCertificate,
  };
}

async function signerPath(
  { signer, algorithm, digests }: IntactSignature,
  provenAt: number,
  checks: Checks,
  { context, proofs }: Judgement,
): Promise<SignerPath> {
  const { algorithms } = context.rules ?? profiles[context.profile];
  requireAlgorithms({ signer, algorithm }, digests, algorithms);
  const isProven = provenAt < proofs.validationTime;
  try {
    return await pathNow(context, signer, checks);
  } catch (error) {
    if (!isFailure(error) || isExhausted(error)) throw error;
    if (!isProven) throw await withoutProof(error, signer, context);
  }
  try {
    return await pathAt(context, signer, { at: provenAt, existedAt: provenAt, proofs }, checks);
  } catch (error) {
    if (!isFailure(error) || isFailure(error, 'certificate_revoked')) throw error;
    throw await withoutProof(error, signer, { ...context, at: provenAt });
  }
}

/**
 * What refuses a signer at a time for which alone the signature is known to have existed: his certificate may have been
 * in its term and in force when he signed, so that the matter is open; unless there is no path in any case.
 */
async function withoutProof(
  failure: SealgateError,
  signer: Certificate,
  context: ValidationContext,
): Promise<SealgateError> {
  if (isFailure(failure, 'certificate_revoked')) {
    const { certificate, serialNumber, revokedAt, reason } = failure.details;
    const details = { certificate, serialNumber, revokedAt, reason };
    return new SealgateError('revocation_time_unproven', details, { cause: failure });
  }
  if (!mayHideMissingPath.has(failure.code)) return failure;
  const withoutPath = await pathFailure(signer, context);
  if (withoutPath !== undefined) return withoutPath;
  if (!isFailure(failure, 'certificate_expired')) return failure;
  const { certificate, serialNumber, notAfter } = failure.details;
  const details = { certificate, serialNumber, notAfter, at: new Date(context.at) };
  return new SealgateError('existence_unproven', details, { cause: failure });
}

/** Failures of one certificate that may be met where no path leads to an anchor at all. */
const mayHideMissingPath: ReadonlySet<FailureCode> = new Set([
  'algorithm_forbidden',
  'certificate_expired',
  'certificate_malformed',
  'chain_invalid',
]);

/**
 * Why there is no path at all, whatever time and algorithms are asked about: as it was when the certificate was issued
 * (section 5.2.6). Undefined where there is one, or what is wrong with it is told already.
 */
async function pathFailure(
  signer: Certificate,
  context: ValidationContext,
): Promise<SealgateError | undefined> {
  const rules = { ...(context.rules ?? profiles[context.profile]), algorithms: everyAlgorithm };
  const checks = new Checks();
  try {
    const then = { ...context, at: signer.notBefore, leavesRevocation: true, rules };
    await firstCurrentPath(then, signer, checks);
    return undefined;
  } catch (error) {
    if (!isFailure(error) || isExhausted(error)) throw error;
    if (checks.list.some(({ name }) => name === 'path.tried')) return error;
    // What is wrong with certificates that lead to no anchor is nobody's concern.
    const details = { ...signer.naming, issuer: signer.shortIssuerName };
    return new SealgateError('chain_incomplete', details, { cause: error });
  }
}
