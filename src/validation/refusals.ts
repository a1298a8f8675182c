import type { FailureCode } from '../failure/catalogue.ts';

/**
 * What a question for validation is refused with: a time that lies ahead. What is wrong with the certificate or the
 * document itself is the verdict.
 */
export const validationRefusals = ['request_malformed'] as const satisfies readonly FailureCode[];
