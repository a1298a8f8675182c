import type { FailureCode } from '../failure/catalogue.ts';

/** What a challenge that comes back is refused with: when it is opened, and when it is taken. */
export const challengeRefusals = [
  'challenge_expired',
  'challenge_foreign',
  'challenge_malformed',
  'challenge_used',
] as const satisfies readonly FailureCode[];
