import { issueRefusals } from '../assertion/refusals.ts';
import { authorisationRefusals } from '../authorisation/refusals.ts';
import { challengeRefusals } from '../challenge/refusals.ts';
import { encodingRefusals } from '../encoding/refusals.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { identityRefusals } from '../organisation/refusals.ts';
import { pathRefusals } from '../path/refusals.ts';
import { qualificationRefusals } from '../qualified/refusals.ts';
import { revocationRefusals } from '../revocation/refusals.ts';
import { sessionRefusals } from '../session/refusals.ts';
import { signatureRefusals } from '../signature/refusals.ts';

/** What a signed challenge is refused with, stage by stage. */
export const verificationRefusals = [
  ...challengeRefusals,
  ...encodingRefusals,
  ...signatureRefusals,
  'clock_skewed',
  ...pathRefusals,
  ...qualificationRefusals,
  ...identityRefusals,
  ...revocationRefusals,
  'organisation_mismatch',
  ...authorisationRefusals,
] as const satisfies readonly FailureCode[];

/** What a sign-in is refused with: all that, an audience that is not the relying party's, and its own session and assertion. */
export const loginRefusals = [
  ...verificationRefusals,
  'client_forbidden',
  ...sessionRefusals,
  ...issueRefusals,
] as const satisfies readonly FailureCode[];
