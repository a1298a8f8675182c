import type { FailureCode } from '../failure/catalogue.ts';

/**
 * What a question for validation is refused with: a detached signature without its content. What is wrong with the
 * certificate or the message itself is the verdict.
 */
export const validationRefusals = ['request_malformed'] as const satisfies readonly FailureCode[];

/** What a verdict tells of a message that nobody signed. */
export const signatureVerdicts = ['signature_signer_count'] as const satisfies readonly FailureCode[];
