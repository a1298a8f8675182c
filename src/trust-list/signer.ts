import { currentAlgorithms } from '../algorithm/policy.ts';
import { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { type FailureCode, isFailure, SealgateError } from '../error.ts';
import { Patience } from '../revocation/check/patience.ts';
import type { CurrentPath } from '../revocation/check.ts';
import { checkRevocation } from '../revocation/check.ts';
import { type RevocationPolicy, strictPolicy } from '../revocation/policy.ts';
import type { RevocationSources } from '../revocation/sources.ts';
import type { ListTrust } from './list-trust.ts';
import type { SignedList } from './signed-list.ts';
import { signerPaths } from './signer-path.ts';

/** How the revocation of a list's signer is looked at. */
export interface SignerCheck {
  readonly sources: RevocationSources;
  /** What becomes of a list whose signer's status stays open. One whose signer is revoked is always refused. */
  readonly unknown: 'refuse' | 'warn';
}

/** What is known of the signer's revocation at the time of the check. */
export type SignerStatus =
  /** Not revoked, by a list or an answer of that origin; `thisUpdate` in ms since the epoch. */
  | {
      readonly state: 'good';
      readonly source: 'crl' | 'ocsp';
      readonly origin: string;
      readonly thisUpdate: number;
    }
  /** Nobody could say, and the operator lets that pass. */
  | { readonly state: 'unknown'; readonly problem: FailureCode }
  /** Pinned itself, and no chain leads from it to a pinned root: there is nobody whose word on it would count. */
  | { readonly state: 'unchecked' };

/** An operator waits for an import, and longer than somebody who signs in. */
const importPolicy: RevocationPolicy = { ...strictPolicy, patience: 30_000 };

/**
 * Asks whether the signer of a list, or an authority above it, is revoked, by the lists and responders that its
 * chains name. `more` are certificates beside those that the list brings, so that a signer does not escape by leaving
 * out its chain. Throws `trust_list_signer_revoked`, and `trust_list_signer_unchecked` where its status stays open
 * and that is not let pass.
 */
export async function checkSigner(
  { signer, pool }: Pick<SignedList, 'signer' | 'pool'>,
  { trust, more }: { readonly trust: ListTrust; readonly more: readonly Certificate[] },
  { sources, unknown }: SignerCheck,
  at: number,
): Promise<SignerStatus> {
  const certificates = [...pool, ...more];
  const budget = new Budget();
  const paths = signerPaths(signer, certificates, trust, budget, at);
  const patience = new Patience(importPolicy.patience);
  const algorithms = trust.algorithms ?? currentAlgorithms;
  const common = { sources, policy: importPolicy, patience, budget, at, algorithms, pool: certificates };
  let open: SealgateError | undefined;
  let revoked: SealgateError<'certificate_revoked'> | undefined;
  for (let step = paths.next(); !step.done; step = paths.next()) {
    try {
      return statusOf(await checkRevocation({ ...common, path: step.value }));
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (!isFailure(error, 'certificate_revoked')) open ??= error;
      // Another path may go around an authority, but none around the signer.
      else if (isAbout(signer, error)) throw revokedFailure(signer, error);
      else revoked ??= error;
    }
  }
  if (revoked !== undefined) throw revokedFailure(signer, revoked);
  if (open === undefined) return { state: 'unchecked' };
  if (unknown === 'refuse') throw openFailure(signer, open);
  return { state: 'unknown', problem: open.code };
}

function statusOf({ evidence: [first] }: CurrentPath): SignerStatus {
  if (first.source === 'break-glass') throw new Error('the policy of imports has no break-glass');
  const { source, origin, thisUpdate } = first;
  return { state: 'good', source, origin, thisUpdate };
}

function isAbout({ naming }: Certificate, { details }: SealgateError<'certificate_revoked'>): boolean {
  return details.serialNumber === naming.serialNumber && details.certificate === naming.certificate;
}

function revokedFailure(signer: Certificate, cause: SealgateError<'certificate_revoked'>): SealgateError {
  const { certificate, serialNumber, revokedAt, reason } = cause.details;
  const details = { ...namingOf(signer), certificate, serialNumber, revokedAt, reason };
  return new SealgateError('trust_list_signer_revoked', details, { cause });
}

function openFailure(signer: Certificate, cause: SealgateError): SealgateError {
  const naming = namingOf(signer);
  const reason = { ...naming, problem: cause.code };
  const isOpen =
    isFailure(cause, 'revocation_unavailable') ||
    isFailure(cause, 'revocation_undetermined') ||
    isFailure(cause, 'revocation_stale');
  if (!isOpen) return new SealgateError('trust_list_signer_unchecked', reason, { cause });
  const { certificate, serialNumber, hosts, problems } = cause.details;
  const details = { ...reason, certificate, serialNumber, hosts, problems };
  return new SealgateError('trust_list_signer_unchecked', details, { cause });
}

function namingOf({ subject, sha256 }: Certificate) {
  return { signer: subject.toString(), sha256 };
}
