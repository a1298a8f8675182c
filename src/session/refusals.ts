import type { FailureCode } from '../failure/catalogue.ts';

/** What a session is refused with that is to be opened. */
export const sessionRefusals = ['locked_out', 'session_limit'] as const satisfies readonly FailureCode[];

/** What an organisation is refused with that ends a session: it is none of its own, or has ended meanwhile. */
export const sessionEndRefusals = [
  'session_ended',
  'session_unknown',
] as const satisfies readonly FailureCode[];

/** What the end of many organisations' sessions is refused with where one of them has signed in meanwhile. */
export const sessionsOfManyRefusals = ['record_changed'] as const satisfies readonly FailureCode[];
