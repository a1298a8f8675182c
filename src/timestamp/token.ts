import { everyAlgorithm } from '../algorithm/policy.ts';
import { EncodingError } from '../asn1/error.ts';
import { compareOctets } from '../asn1/writer.ts';
import type { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { extendedKeyUsage, purposeOids } from '../certificate/constraints.ts';
import { isSameName } from '../certificate/same-name.ts';
import { type FailureCode, isFailure, SealgateError } from '../error.ts';
import type { Checks } from '../report/check.ts';
import { contentOids } from '../signature/oids.ts';
import { openMessage, type SignedMessage } from '../signature/signed-message.ts';
import { type VerifiedSignature, verifySigner } from '../signature/verify.ts';
import { readTimestampInfo, type TimestampInfo } from './info.ts';

/** A time-stamp token as received, with what it says; nothing verified. */
export interface ReadToken {
  readonly octets: Uint8Array;
  readonly message: SignedMessage;
  readonly info: TimestampInfo;
}

declare const verified: unique symbol;

/**
 * A time-stamp token whose signature holds under the key of a certificate for time-stamping. It says nothing about
 * whether that certificate is to be trusted, and nothing about what was stamped. Only this module makes one.
 */
export interface VerifiedToken {
  readonly [verified]: true;
  readonly octets: Uint8Array;
  readonly info: TimestampInfo;
  readonly signature: VerifiedSignature;
}

/** Reads a TimeStampToken (RFC 3161, section 2.4.2). Throws `timestamp_malformed` and `budget_exhausted`. */
export function readToken(octets: Uint8Array, budget: Budget): ReadToken {
  try {
    const message = openMessage(octets, budget);
    const { contentType, content, signers } = message.signedData;
    if (contentType !== contentOids.timeStampInfo) throw malformed('content is not that of a time-stamp');
    if (content === undefined) throw malformed('time-stamp has no content');
    if (signers.length !== 1) throw malformed(`time-stamp has ${signers.length} signers`);
    return { octets, message, info: readTimestampInfo(content) };
  } catch (error) {
    throw asTimestampFailure(error);
  }
}

/**
 * Verifies a token by RFC 3161, section 2.4.2, and RFC 5816: one signer, signed attributes that name its very
 * certificate, which is for time-stamping and nothing else, and a name of the authority that is the certificate's.
 * Which algorithms are accepted is left to the caller. `known` are certificates that a token without its signer's may
 * mean. Throws `timestamp_malformed`, `timestamp_signer_unfit`, `signature_invalid`, `signer_certificate_missing`,
 * `signer_certificate_substituted`, `certificate_malformed`, `algorithm_forbidden` or `budget_exhausted`.
 */
export function verifyToken(
  { octets, message, info }: ReadToken,
  checks: Checks,
  budget: Budget,
  known: readonly Certificate[],
): VerifiedToken {
  const { content, signers } = message.signedData;
  if (content === undefined || signers[0] === undefined) throw malformed('time-stamp has no signer');
  try {
    const signature = verifySigner(message, signers[0], content, tokenRules, checks, budget, known);
    requireTimeStamping(signature.signer);
    requireOwnName(info, signature.signer);
    return { octets, info, signature } as unknown as VerifiedToken;
  } catch (error) {
    throw asTimestampFailure(error);
  }
}

const tokenRules = {
  algorithms: everyAlgorithm,
  requiresSignedAttributes: true,
  requiresSigningCertificate: true,
  acceptsUtf16Content: false,
} as const;

/** Throws `timestamp_mismatch` unless one of `digests`, made with the token's own hash function, was stamped. */
export function requireImprint({ imprint }: TimestampInfo, digests: readonly Uint8Array[]): void {
  if (!digests.some((digest) => compareOctets(imprint.value, digest) === 0))
    throw new SealgateError('timestamp_mismatch');
}

/** RFC 3161, section 2.3: the usage is there, critical, and alone. */
function requireTimeStamping(signer: Certificate): void {
  const refuse = (problem: string) =>
    new SealgateError('timestamp_signer_unfit', { ...signer.naming, problem });
  const usages = signer.extension(extendedKeyUsage);
  if (usages?.has(purposeOids.timeStamping) !== true) throw refuse('not for time-stamping');
  if (usages.size > 1) throw refuse('for other purposes beside time-stamping');
  if (signer.fields.extensions.get(extendedKeyUsage.oid)?.isCritical !== true)
    throw refuse('the purpose is not critical');
}

/** Section 2.4.2: the name is one of those in the certificate. */
function requireOwnName({ authority }: TimestampInfo, signer: Certificate): void {
  if (authority?.kind !== 'directory') return;
  if (!isSameName(authority.value, signer.subject)) throw malformed('authority has another name');
}

function malformed(problem: string, cause?: unknown): SealgateError<'timestamp_malformed'> {
  return new SealgateError('timestamp_malformed', { problem }, { cause });
}

/** What is wrong with the form of the message is wrong with that of the time-stamp. */
function asTimestampFailure(error: unknown): unknown {
  if (error instanceof EncodingError) return malformed(error.rule, error);
  if (isFailure(error, 'signature_malformed')) return malformed(error.details.problem, error);
  if (isFailure(error, 'signature_attributes_missing'))
    return malformed(`lacks ${error.details.attributes.join(', ')}`, error);
  if (isFailure(error, 'signature_content_mismatch'))
    return malformed('digest of the content differs', error);
  if (isFailure(error) && forms.has(error.code)) return malformed(error.code, error);
  return error;
}

const forms: ReadonlySet<FailureCode> = new Set([
  'signature_attributes_ambiguous',
  'signature_attributes_unsorted',
  'signature_content_type_unsigned',
  'signature_digests_differ',
]);
