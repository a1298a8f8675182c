import type { AlgorithmPolicy } from '../../algorithm/policy.ts';
import type { Budget } from '../../budget/budget.ts';
import type { Certificate } from '../../certificate/certificate.ts';
import type { ValidPath } from '../../path/validation.ts';
import type { Checks } from '../../report/check.ts';
import type { Consulted } from '../consulted.ts';
import type { MessageValues } from '../message-values.ts';
import type { PastTime } from '../past-time.ts';
import type { RevocationPolicy } from '../policy.ts';
import type { RevocationSources } from '../sources.ts';
import type { Patience } from './patience.ts';

/** What the check of a path depends on. */
export interface CheckInput {
  readonly path: ValidPath;
  readonly sources: RevocationSources;
  readonly policy: RevocationPolicy;
  /** Shared by the paths of one sign-in; that of the policy, for this path alone, where absent. */
  readonly patience?: Patience | undefined;
  /** The answer that is held for the first certificate does not count: responders are asked again. */
  readonly asksAgain?: boolean | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Where `at` is a time gone by; what has been issued since then counts too. */
  readonly past?: PastTime | undefined;
  readonly algorithms: AlgorithmPolicy;
  /** Certificates that may be those of issuers of lists or responders: from the message, from the operator. */
  readonly pool?: readonly Certificate[];
  /** That of the request. */
  readonly budget: Budget;
  readonly message?: MessageValues | undefined;
  /** Lists published elsewhere than the certificate says, such as those that the trust list names. */
  readonly additionalLists?: (certificate: Certificate) => readonly string[];
  readonly report?: Checks | undefined;
  /** Takes in what the check looks at. */
  readonly consulted?: Consulted | undefined;
}

/** The time by which sources are asked and kept: that of the validation, whatever time is asked about. */
export function sourceTime({ at, past }: Pick<CheckInput, 'at' | 'past'>): number {
  return past?.validationTime ?? at;
}
