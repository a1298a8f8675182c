import { currentAlgorithms } from '../../algorithm/policy.ts';
import type { PublicKeyInfo } from '../../algorithm/public-key-info.ts';
import { Budget } from '../../budget/budget.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import { keyUsage } from '../../certificate/constraints.ts';
import { crlDistributionPoints } from '../../certificate/distribution-point.ts';
import type { Name } from '../../certificate/name.ts';
import { isSameName } from '../../certificate/same-name.ts';
import { strictFreshness, termAt } from '../freshness.ts';
import type { Problem } from '../problem.ts';
import type { CertificateList } from './list.ts';

/** A name and key that may have signed lists: an authority of the path, its trust anchor, or another one. */
export interface ListIssuer {
  readonly name: Name;
  readonly publicKey: PublicKeyInfo;
  readonly certificate?: Certificate | undefined;
}

/**
 * What keeps a list from being one that `issuer` has published, whatever certificate it may speak of: name, usage of
 * the key, time of issue (`at` in ms since the epoch), signature. A list whose term is over is not refused for that.
 * Pauses between steps; no request pays for it.
 */
export function* issueProblem(
  list: CertificateList,
  issuer: ListIssuer,
  at: number,
): Generator<undefined, Problem | undefined> {
  if (!isSameName(list.issuer, issuer.name)) return { problem: 'other-issuer' };
  if (!maySignLists(issuer.certificate)) return { problem: 'issuer-unauthorised' };
  if (list.unknownCritical !== undefined) {
    return { problem: 'unknown-critical-extension', details: { extension: list.unknownCritical } };
  }
  if (termAt(at, list.thisUpdate, list.nextUpdate, strictFreshness) === 'early') {
    return { problem: 'not-yet-valid', details: { thisUpdate: new Date(list.thisUpdate) } };
  }
  const payment = { budget: new Budget(), origin: 'operator' } as const;
  return yield* list.signed.problemUnder(issuer.publicKey, currentAlgorithms, payment);
}

/** RFC 5280, section 6.3.3, f: where key usage is stated it has to allow the signing of lists. */
export function maySignLists(certificate: Certificate | undefined): boolean {
  return certificate?.extension(keyUsage)?.has('cRLSign') ?? true;
}

/**
 * Those who may have issued lists for a certificate, going by name (RFC 5280, section 6.3.3, b): who bears the name of
 * its issuer, or one that its distribution points name. Throws `certificate_malformed`.
 */
export function namedIssuers<T>(
  certificate: Certificate,
  candidates: readonly T[],
  nameOf: (candidate: T) => Name,
): readonly T[] {
  const points = certificate.extension(crlDistributionPoints) ?? [];
  const named = points.flatMap(({ crlIssuer = [] }) =>
    crlIssuer.flatMap((name) => (name.kind === 'directory' ? [name.value] : [])),
  );
  const names = [certificate.issuer, ...named];
  return candidates.filter((candidate) => names.some((name) => isSameName(nameOf(candidate), name)));
}
