import type { FailureCode } from '../failure/catalogue.ts';

/** What a certificate is refused with that names no organisation or no person, or names them wrongly. */
export const identityRefusals = [
  'certificate_malformed',
  'organisation_identifier_invalid',
  'organisation_missing',
  'signer_unnamed',
] as const satisfies readonly FailureCode[];
