import type { FailureCode } from '../failure/catalogue.ts';

/** What an organisation is refused with that is looked up in the register. */
export const registerRefusals = [
  'organisation_blocked',
  'organisation_mismatch',
  'register_unavailable',
] as const satisfies readonly FailureCode[];

/** What a file is refused with that is to be imported as the register. */
export const importRefusals = [
  'file_unreadable',
  'register_malformed',
] as const satisfies readonly FailureCode[];
