import type { AlgorithmPolicy } from '../algorithm/policy.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { Pins } from './pin.ts';

/** What the signer of a list is judged by. */
export interface ListTrust {
  readonly pins: Pins;
  /** Certificates that may help with the signer's path or be a pinned root: what is in force now. */
  readonly known: readonly Certificate[];
  /** In place of the algorithms that logins accept. */
  readonly algorithms?: AlgorithmPolicy;
}
