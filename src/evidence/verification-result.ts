import type { Check } from '../report/check.ts';

/** What a verification gives, as far as evidence keeps it. */
export interface VerificationResult {
  readonly organisation: object;
  readonly signer: object;
  readonly certificateThumbprint: string;
  readonly acr: string;
  readonly revocation?: object | undefined;
  readonly checks: readonly Check[];
}
