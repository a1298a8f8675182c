import type { FailureCode } from '../failure/catalogue.ts';

/** What an assertion is refused with when it is checked. */
export const assertionRefusals = [
  'assertion_expired',
  'assertion_invalid',
  'assertion_revoked',
  'session_ended',
] as const satisfies readonly FailureCode[];

/** What the issue of an assertion is refused with. */
export const issueRefusals = ['assertion_key_unavailable'] as const satisfies readonly FailureCode[];

/** What a relying party is refused with that revokes another's assertion. */
export const revokeRefusals = ['client_forbidden'] as const satisfies readonly FailureCode[];

/** What an assertion key is refused with that cannot be configured so. */
export const keyRefusals = ['configuration_invalid'] as const satisfies readonly FailureCode[];
