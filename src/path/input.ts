import type { AlgorithmPolicy } from '../algorithm/policy.ts';
import type { Budget, KeyOrigin } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { anyPolicy } from '../certificate/policy.ts';
import type { TrustAnchor } from '../certificate/trust-anchor.ts';
import type { Checks } from '../report/check.ts';
import type { LinkCache } from './cache.ts';
import type { PeerName } from './peer-name.ts';
import type { AnchorSet, CertificateSet } from './pool.ts';
import type { Profile } from './profile.ts';

/** The settings on certificate policies (RFC 5280, section 6.1.1, items c and e to g). */
export interface PolicySettings {
  /** Policies that are acceptable to the caller; any-policy where it does not mind. */
  readonly initialPolicies: ReadonlySet<string>;
  readonly requiresExplicitPolicy: boolean;
  readonly inhibitsMapping: boolean;
  readonly inhibitsAnyPolicy: boolean;
}

/** For callers to whom policies do not matter; authorities may still ask for them. */
export const anyPolicyWillDo: PolicySettings = {
  initialPolicies: new Set([anyPolicy]),
  requiresExplicitPolicy: false,
  inhibitsMapping: false,
  inhibitsAnyPolicy: false,
};

/** All that building and validating a path depends on; there is no clock, no network and no state beside it. */
export interface PathInput {
  readonly target: Certificate;
  /** Certificates that may be of use: from the message, from the operator; unordered, unverified. */
  readonly pool: readonly Certificate[] | CertificateSet;
  /** A second pool, long-lived and indexed, such as the operator's intermediates and those of the trust list. */
  readonly intermediates?: CertificateSet | undefined;
  readonly anchors: readonly TrustAnchor[] | AnchorSet;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly profile: Profile;
  /** In place of the profile's. */
  readonly algorithms?: AlgorithmPolicy | undefined;
  /** In place of the profile's: one of these has to be allowed along the path. */
  readonly purposes?: readonly string[] | undefined;
  readonly policies?: PolicySettings | undefined;
  /** One of these has to be among the alternative names of the target; none asked for where absent or empty. */
  readonly peers?: readonly PeerName[] | undefined;
  /** That of the request; what other searches of it have spent is gone. */
  readonly budget: Budget;
  /** Who caused this search, where all that it verifies counts as theirs; otherwise each key tells. */
  readonly origin?: KeyOrigin;
  readonly cache?: LinkCache | undefined;
  readonly report?: Checks | undefined;
  /** Told of certificates whose issuer is not at hand, the root of a path that leads nowhere excepted. */
  readonly onDeadEnd?: ((certificate: Certificate) => void) | undefined;
}
