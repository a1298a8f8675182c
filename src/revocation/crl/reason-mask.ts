import { type ReasonFlag, revocationReasonBits } from '../../certificate/distribution-point.ts';

/** A set of ReasonFlags, one bit each by its position (RFC 5280, section 4.2.1.13). */
export type ReasonMask = number;

/** Every reason a list can be limited to; bit 0 is not used. */
export const allReasons: ReasonMask = 0b1_1111_1110;

export function maskOf(reasons: ReadonlySet<ReasonFlag>): ReasonMask {
  let mask = 0;
  for (const [bit, name] of revocationReasonBits.entries()) if (reasons.has(name)) mask |= 1 << bit;
  return mask & allReasons;
}

/** Names of the reasons in a mask. */
export function reasonsIn(mask: ReasonMask): readonly ReasonFlag[] {
  return revocationReasonBits.filter((_, bit) => (mask & (1 << bit)) !== 0);
}
