import type { FailureCode } from '../failure/catalogue.ts';

/** What a sign-in is refused with whose certificate has to be connected, and is not. */
export const carrierRefusals = ['certificate_not_bound'] as const satisfies readonly FailureCode[];

/** What a change of a carrier is refused with. */
export const carrierChangeRefusals = ['carrier_unknown'] as const satisfies readonly FailureCode[];
