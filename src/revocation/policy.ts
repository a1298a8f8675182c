import { type Freshness, strictFreshness } from './freshness.ts';
import type { IdDigest } from './ocsp/certificate-id.ts';

/** Where a status may come from. */
export type SourceKind = 'crl' | 'ocsp';

/**
 * What lists and answers inside of a message are good for. Whoever signs chooses them, and after a revocation would
 * choose those from before it, so that at a sign-in they speak for nobody while anybody else can be asked. Against
 * the signer they always count.
 * - `revocation-only`: for nothing else.
 * - `last-resort`: where nobody who was asked could answer, and then the evidence says so.
 * - `equal`: like any others, for documents that bring the evidence of their own time.
 */
export type MessageTrust = 'revocation-only' | 'last-resort' | 'equal';

/** An operator's decision to let people in while revocation cannot be checked. Never covers a revoked certificate. */
export interface BreakGlass {
  readonly reason: string;
  readonly operator: string;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** How revocation is checked for one relying party. */
export interface RevocationPolicy {
  /** Kinds of source that are accepted, in the order in which they are asked. */
  readonly order: readonly SourceKind[];
  readonly messageValues: MessageTrust;
  readonly freshness: Freshness;
  /**
   * Whether OCSP answers have to repeat the nonce, which no answer to another request does. Responders that prepare
   * their answers never do.
   */
  readonly requiresNonce: boolean;
  /**
   * How long ago an answer may have been produced that leaves out the nonce which was sent, ms. Without the nonce it
   * may be an older one that somebody between here and the responder has kept, from before a revocation.
   */
  readonly longestWithoutNonce: number;
  readonly sendsNonce: boolean;
  /** Hash function of the CertID in requests; responders know SHA-1, few know others. */
  readonly idDigest: IdDigest;
  /** Longest time a check may wait for the network in all, ms. */
  readonly patience: number;
  /**
   * How long a login waits for a source that stands earlier in `order` where a later one has fresh evidence at
   * hand, ms. With 0 nobody waits: what is at hand and fresh settles it.
   */
  readonly preferredPatience: number;
  readonly breakGlass?: BreakGlass | undefined;
}

/** Fail closed; lists first, because they are held before anybody asks. */
export const strictPolicy: RevocationPolicy = {
  order: ['crl', 'ocsp'],
  messageValues: 'revocation-only',
  freshness: strictFreshness,
  requiresNonce: false,
  longestWithoutNonce: 60 * 60_000,
  sendsNonce: true,
  idDigest: 'sha1',
  patience: 8_000,
  preferredPatience: 0,
};

const hour = 3_600_000;
/** Upper bound of the grace window: lists of authorities are renewed within days, and holes last a week-end. */
export const longestGrace = 72 * hour;
/** Upper bound of `longestWithoutNonce`: responders that prepare their answers renew them within days. */
export const longestPrepared = 7 * 24 * hour;
/** Upper bound of a break-glass decision; whoever needs longer decides again. */
export const longestBreakGlass = 24 * hour;

/**
 * Checks a policy that an operator has put together and returns it. Throws a RangeError that names the setting:
 * no source, a grace window or a break-glass decision beyond the upper bound or without reason and operator.
 */
export function checkedPolicy(policy: RevocationPolicy): RevocationPolicy {
  const { order, freshness, breakGlass, patience, preferredPatience } = policy;
  if (order.length === 0 || new Set(order).size !== order.length) {
    throw new RangeError('order names no source of revocation, or one twice');
  }
  if (!(freshness.grace >= 0 && freshness.grace <= longestGrace)) {
    throw new RangeError(`grace has to lie between 0 and ${longestGrace} ms`);
  }
  if (!(policy.longestWithoutNonce >= 0 && policy.longestWithoutNonce <= longestPrepared)) {
    throw new RangeError(`longestWithoutNonce has to lie between 0 and ${longestPrepared} ms`);
  }
  if (!(patience > 0)) throw new RangeError('patience has to be positive');
  if (!(preferredPatience >= 0 && preferredPatience <= patience)) {
    throw new RangeError('preferredPatience has to lie between 0 and patience');
  }
  if (breakGlass !== undefined) {
    if (breakGlass.reason.trim() === '' || breakGlass.operator.trim() === '') {
      throw new RangeError('breakGlass needs a reason and an operator');
    }
    if (!(breakGlass.until > breakGlass.from && breakGlass.until - breakGlass.from <= longestBreakGlass)) {
      throw new RangeError(`breakGlass has to end within ${longestBreakGlass} ms of its beginning`);
    }
  }
  return policy;
}

/** The break-glass decision in force at `at`, ms since the epoch, or undefined. */
export function breakGlassAt(policy: RevocationPolicy, at: number): BreakGlass | undefined {
  const { breakGlass } = policy;
  return breakGlass !== undefined && at >= breakGlass.from && at < breakGlass.until ? breakGlass : undefined;
}
