import type { AlgorithmPolicy } from '../../src/algorithm/policy.ts';
import type { Budget } from '../../src/budget/budget.ts';
import { atOnce } from '../../src/budget/slices.ts';
import type { Certificate } from '../../src/certificate/certificate.ts';
import type { ValidPath } from '../../src/path/validation.ts';
import type { CrlAnswer } from '../../src/revocation/crl/evaluate.ts';
import { ListJudge } from '../../src/revocation/crl/judge.ts';
import type { CertificateList } from '../../src/revocation/crl/list.ts';
import type { Freshness } from '../../src/revocation/freshness.ts';

/** What the status of a path by given lists depends on; there is no network and no store beside it. */
export interface PathStatusInput {
  readonly path: ValidPath;
  readonly lists: readonly CertificateList[];
  /** Certificates outside of the path whose keys may have signed lists. */
  readonly candidates: readonly Certificate[];
  /** The path from such a certificate to the very trust anchor of `path`, or undefined. */
  readonly validateIssuer: (certificate: Certificate) => ValidPath | undefined;
  readonly algorithms: AlgorithmPolicy;
  readonly freshness: Freshness;
  readonly budget: Budget;
}

/** The status of each certificate of a path by given lists, in the order of the path. Pure. */
export function crlStatusOfPath(input: PathStatusInput): readonly CrlAnswer[] {
  const { path, lists, budget, validateIssuer } = input;
  const judge = new ListJudge({
    ...input,
    *validateIssuer(certificate) {
      yield undefined;
      return validateIssuer(certificate);
    },
    payment: { budget, origin: 'operator' },
    path: path.certificates,
    at: path.at,
    listsFor: () => lists,
  });
  return path.certificates.map((certificate, at) =>
    atOnce(judge.judge({ certificate, authorities: path.issuers.slice(at) })),
  );
}
