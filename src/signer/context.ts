import type { Budget } from '../budget/budget.ts';
import type { IssuerSource } from '../issuer/source.ts';
import type { LinkCache } from '../path/cache.ts';
import type { Policy } from '../relying-party/registration.ts';
import { Patience } from '../revocation/check/patience.ts';
import { policyOf } from '../revocation/policy-settings.ts';
import type { RevocationSources } from '../revocation/sources.ts';
import type { TrustView } from '../trust-list/view.ts';
import type { SignerTrail } from './trail.ts';

/** What certificates of signers are proven against. */
export interface SignerContext {
  /** The trust in force now; a view is never changed but replaced. */
  readonly trust: () => TrustView;
  readonly sources: RevocationSources;
  /** Where issuers are asked for that are not at hand; nobody is asked where it is absent. */
  readonly issuers?: IssuerSource;
  readonly links?: LinkCache;
}

/** One request, as far as it is the same for all signers whose certificates are proven for it. */
export interface SignerQuestion {
  readonly policy: Policy;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Shared by whatever is asked of the network. */
  readonly patience: Patience;
  readonly budget: Budget;
  readonly trail: SignerTrail;
}

/** How long a request under `policy` waits for the network, from now on. */
export function patienceOf({ revocation }: Policy): Patience {
  return new Patience(policyOf(revocation).patience);
}
