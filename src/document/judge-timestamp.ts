import { hash } from 'node:crypto';
import { digestByOid } from '../algorithm/digest.ts';
import { signatureAlgorithmName } from '../algorithm/signature-algorithm.ts';
import { purposeOids } from '../certificate/constraints.ts';
import { isFailure, SealgateError } from '../error.ts';
import type { Language } from '../failure/failure.ts';
import { defined } from '../optional.ts';
import { type Profile, profiles } from '../path/profile.ts';
import { verdictOf } from '../report/verdict.ts';
import type { VerifiedToken } from '../timestamp/token.ts';
import { factsOf } from '../validation/certificate.ts';
import type { ValidationContext } from '../validation/context.ts';
import { requireAlgorithms } from './constraint.ts';
import type { ExaminedTimestamp } from './examined.ts';
import type { ProofsOfExistence } from './proofs.ts';
import type { TimestampReport } from './report.ts';
import { pathAt, revocationOf, revokedLater, type SignerPath } from './signer-path.ts';
import type { UsedEvidence } from './used-evidence.ts';

/** What a time-stamp is judged by. */
export interface Judgement {
  readonly context: ValidationContext;
  readonly proofs: ProofsOfExistence;
  /** Takes in what paths that hold rest on. */
  readonly used: UsedEvidence;
  readonly language: Language;
}

/** How far the clocks of an authority and of whoever checks may differ, ms. */
const tolerance = 5 * 60_000;

/**
 * Judges a time-stamp: whether its authority is to be trusted, and was so at that time. Where it passes, what it covers
 * is noted as proven.
 */
export async function judgeTimestamp(
  examined: ExaminedTimestamp,
  judgement: Judgement,
): Promise<TimestampReport> {
  const { context, proofs, language } = judgement;
  const { kind, checks, time, imprint, token, covers, coverage } = examined;
  const facts = {
    kind,
    sha256: hash('sha256', examined.octets, 'hex'),
    ...defined({ time: time === undefined ? undefined : new Date(time).toISOString(), imprint, coverage }),
    ...(token === undefined ? {} : tokenFacts(token)),
  };
  try {
    if (examined.failure !== undefined) throw examined.failure;
    if (token === undefined) throw new Error('a time-stamp without failure has a token');
    const path = await authorityPath(token, examined, judgement);
    proofs.add(covers, token.info.time);
    judgement.used.add(path.status);
    return { ...verdictOf(checks.list, undefined, language), ...facts, ...path.facts };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { ...verdictOf(checks.list, error, language), ...facts, revocation: revocationOf(context) };
  }
}

function tokenFacts({ signature: { signer, algorithm } }: VerifiedToken) {
  return { certificate: factsOf(signer), algorithm: signatureAlgorithmName(algorithm) };
}

async function authorityPath(
  { octets, info, signature }: VerifiedToken,
  { checks }: ExaminedTimestamp,
  { context, proofs }: Judgement,
): Promise<SignerPath> {
  const { signer, signerInfo } = signature;
  const { validationTime } = proofs;
  if (info.time > validationTime + tolerance) {
    const order = { notBefore: new Date(info.time), at: new Date(validationTime) };
    throw new SealgateError('timestamp_order', order);
  }
  const rules = timestampRules(context);
  const digest = digestByOid(signerInfo.digestAlgorithm.oid);
  const digests = [info.imprint.algorithm, ...(digest === undefined ? [] : [digest])];
  requireAlgorithms(signature, digests, rules.algorithms);
  const existedAt = proofs.of(octets);
  const at = Math.min(info.time, validationTime);
  const path = await pathAt(context, signer, { at, existedAt, proofs, rules }, checks);
  const { later } = path;
  if (later !== undefined && existedAt > later.revokedAt && !harmless.has(later.reason))
    throw revokedLater(signer, later);
  return path;
}

/**
 * Reasons for which an authority ends while what it has stamped stays good (RFC 3161, section 4): whoever has its key
 * could otherwise have put any time into a token since.
 */
const harmless: ReadonlySet<string> = new Set(['affiliationChanged', 'superseded', 'cessationOfOperation']);

/** A time-stamp authority is no signer of documents: other usages are asked of it, under the same algorithms. */
function timestampRules({ profile, rules }: ValidationContext): Profile {
  const { algorithms } = rules ?? profiles[profile];
  return {
    ...profiles.rfc5280,
    name: profile,
    algorithms,
    purposes: [purposeOids.timeStamping],
    targetPurpose: 'explicit',
  };
}
