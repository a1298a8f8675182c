import { compareOctets } from '../asn1/writer.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { isAfter } from '../certificate/term.ts';
import { isFailure, SealgateError } from '../error.ts';
import { AnchorSet } from '../path/pool.ts';
import type { Profile } from '../path/profile.ts';
import type { Checks } from '../report/check.ts';
import type { RevocationEvidence } from '../revocation/evidence.ts';
import type { LaterRevocation } from '../revocation/past-time.ts';
import { factsOfPath, type PathFacts } from '../validation/certificate.ts';
import {
  checksRevocation,
  firstCurrentPath,
  type PathStatus,
  type ValidationContext,
} from '../validation/context.ts';
import type { ProofsOfExistence } from './proofs.ts';

/** A signer's path that holds at a time. */
export interface SignerPath {
  readonly facts: PathFacts;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** A revocation of the signer's own certificate that came after that time. */
  readonly later: LaterRevocation | undefined;
  /** The path with what told of its revocation; undefined where the signer is himself an anchor. */
  readonly status: PathStatus | undefined;
}

/** A time gone by at which a signer is judged. */
export interface PastQuestion {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** From when on what was signed is proven to have existed; not before `at` is known otherwise. */
  readonly existedAt: number;
  readonly proofs: ProofsOfExistence;
  readonly rules?: Profile;
}

/** Whether a certificate is itself trusted by configuration, so that neither path nor revocation is asked for it. */
export function isAnchor({ anchors }: ValidationContext, target: Certificate): boolean {
  const list = anchors instanceof AnchorSet ? anchors.anchors : anchors;
  return list.some(({ certificate }) => certificate !== undefined && isSame(certificate, target));
}

function isSame(one: Certificate, other: Certificate): boolean {
  return compareOctets(one.der, other.der) === 0;
}

/** The path of a signer who is himself an anchor. */
function pathOfAnchor(signer: Certificate, at: number): SignerPath {
  const facts = { path: [], anchor: signer.subject.toString(), revocation: 'unchecked' as const };
  return { facts, at, later: undefined, status: undefined };
}

/** The path of a signer at the time of the validation. Throws as `firstCurrentPath` does, and `revocation_data_missing`. */
export async function pathNow(
  context: ValidationContext,
  signer: Certificate,
  checks: Checks,
): Promise<SignerPath> {
  const { at } = context;
  if (isAnchor(context, signer)) return pathOfAnchor(signer, at);
  const status = await pathOf(context, signer, checks);
  return { facts: factsOfPath(context, status), at, later: undefined, status };
}

/**
 * The path of a signer at a time gone by (EN 319 102-1, section 5.6.2): every certificate in its term then and not
 * revoked then, by what was issued since; and all that is older than the end of a certificate proven to be so. Throws as
 * `pathNow` does, `existence_unproven` and `revocation_time_unproven`.
 */
export async function pathAt(
  context: ValidationContext,
  signer: Certificate,
  { at, existedAt, proofs, rules }: PastQuestion,
  checks: Checks,
): Promise<SignerPath> {
  if (isAnchor(context, signer)) return pathOfAnchor(signer, at);
  const past = {
    validationTime: proofs.validationTime,
    existedAt: (octets: Uint8Array) => proofs.of(octets),
  };
  // What the document brought of its own time was chosen by whoever made it, and is what speaks of that time.
  const then = { ...context, at, past, rules: rules ?? context.rules, messageValues: 'equal' as const };
  const status = await pathOf(then, signer, checks);
  const later = laterRevocations(status.evidence);
  const { certificates } = status.path;
  requireBeforeEnd(signer, existedAt, undefined);
  for (const [index, issuer] of certificates.slice(1).entries()) {
    const issued = proofs.of(certificates[index]!.der);
    requireBeforeEnd(issuer, issued, later.get(issuer));
  }
  return { facts: factsOfPath(then, status), at, later: later.get(signer), status };
}

async function pathOf(context: ValidationContext, signer: Certificate, checks: Checks): Promise<PathStatus> {
  try {
    return await firstCurrentPath(context, signer, checks);
  } catch (error) {
    if (!isFailure(error, 'revocation_undetermined')) throw error;
    const { certificate, serialNumber, problems } = error.details;
    const details = { certificate, serialNumber, at: new Date(context.at), problems };
    throw new SealgateError('revocation_data_missing', details, { cause: error });
  }
}

function laterRevocations(
  evidence: readonly RevocationEvidence[],
): ReadonlyMap<Certificate, LaterRevocation> {
  const found = new Map<Certificate, LaterRevocation>();
  for (const each of evidence) {
    if (each.source === 'break-glass' || each.later === undefined) continue;
    found.set(each.certificate, each.later);
  }
  return found;
}

/** What was signed with a key has to be older than the end of its certificate, and than its revocation. */
function requireBeforeEnd(signer: Certificate, existedAt: number, later: LaterRevocation | undefined): void {
  if (isAfter(existedAt, signer.notAfter)) {
    const notAfter = new Date(signer.notAfter);
    throw new SealgateError('existence_unproven', { ...signer.naming, notAfter, at: new Date(existedAt) });
  }
  if (later !== undefined && existedAt > later.revokedAt) throw revokedLater(signer, later);
}

/** The failure for what is not proven to be older than a revocation. */
export function revokedLater(
  { naming }: Certificate,
  { revokedAt, reason }: LaterRevocation,
): SealgateError<'revocation_time_unproven'> {
  return new SealgateError('revocation_time_unproven', { ...naming, revokedAt: new Date(revokedAt), reason });
}

/** Whether revocation is looked at; see `checksRevocation`. */
export function revocationOf(context: ValidationContext): PathFacts['revocation'] {
  return checksRevocation(context) ? 'undetermined' : 'unchecked';
}
