import { carrierRefusals } from '../carrier/refusals.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import {
  powerJudgementRefusals,
  powerStatusRefusals,
  powerVerificationRefusals,
} from '../power-of-attorney/refusals.ts';
import { registerRefusals } from '../register/refusals.ts';

/** What a power of attorney is refused with that is to lie ready. */
export const addedPowerRefusals = [
  ...powerVerificationRefusals,
  ...powerStatusRefusals,
  ...registerRefusals,
] as const satisfies readonly FailureCode[];

/** What a signer is refused with who may not act for the organisation. */
export const authorisationRefusals = [
  ...addedPowerRefusals,
  ...powerJudgementRefusals,
  ...carrierRefusals,
  'authority_unproven',
  'organisation_choice_needed',
  'organisation_missing',
  'organisation_unknown',
] as const satisfies readonly FailureCode[];
