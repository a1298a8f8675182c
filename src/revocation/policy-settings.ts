import { z } from 'zod';
import {
  checkedPolicy,
  longestGrace,
  longestPrepared,
  type RevocationPolicy,
  strictPolicy,
} from './policy.ts';

const minute = 60_000;
const time = z.iso.datetime({ offset: true });

const fields = z.strictObject({
  /** Sources that are accepted, in the order in which they are asked. */
  order: z
    .array(z.enum(['crl', 'ocsp']))
    .min(1)
    .max(2)
    .refine((order) => new Set(order).size === order.length, 'names a source twice')
    .default([...strictPolicy.order]),
  /**
   * Whether lists and answers inside of the message are taken where nobody who was asked could answer. The signer
   * chooses them: in their term, but perhaps from before a revocation.
   */
  acceptMessageValues: z.boolean().default(false),
  /** For how long after their term lists and answers are still taken where nothing newer can be had. */
  graceMinutes: z
    .int()
    .min(0)
    .max(longestGrace / minute)
    .default(0),
  /** Lists and answers issued longer ago than this are not taken, whatever their own term says. */
  maximumAgeMinutes: z.int().min(1).optional(),
  /** Whether OCSP answers have to repeat the nonce; responders that prepare their answers never do. */
  requireNonce: z.boolean().default(strictPolicy.requiresNonce),
  /** How long ago an OCSP answer may have been produced that leaves out the nonce which was sent. */
  withoutNonceMinutes: z
    .int()
    .min(0)
    .max(longestPrepared / minute)
    .default(strictPolicy.longestWithoutNonce / minute),
  /** Longest time that a sign-in waits for the network. */
  patienceSeconds: z
    .int()
    .min(1)
    .max(60)
    .default(strictPolicy.patience / 1000),
  /** How long a sign-in waits for a preferred source where another has fresh evidence at hand. */
  preferredPatienceSeconds: z
    .number()
    .min(0)
    .max(60)
    .default(strictPolicy.preferredPatience / 1000),
  /** Lets pass what cannot be checked, for a while; never what is revoked. */
  breakGlass: z
    .strictObject({ reason: z.string(), operator: z.string(), from: time, until: time })
    .optional(),
});

/**
 * The policy of a relying party as it stands in its registration. Everything that weakens the check is off unless
 * it is turned on here, has an upper bound, and is told in the assertion and the audit whenever it was needed.
 */
export const revocationSettings = fields.superRefine((settings, context) => {
  try {
    policyOf(settings);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

/** The settings of a relying party, checked. */
export type RevocationSettings = z.infer<typeof fields>;

/** The policy that settings describe. Throws a RangeError where together they make none (see `checkedPolicy`). */
export function policyOf(settings: RevocationSettings): RevocationPolicy {
  const { maximumAgeMinutes, breakGlass } = settings;
  return checkedPolicy({
    order: settings.order,
    messageValues: settings.acceptMessageValues ? 'last-resort' : strictPolicy.messageValues,
    freshness: {
      ...strictPolicy.freshness,
      maximumAge: maximumAgeMinutes === undefined ? undefined : maximumAgeMinutes * minute,
      grace: settings.graceMinutes * minute,
    },
    requiresNonce: settings.requireNonce,
    longestWithoutNonce: settings.withoutNonceMinutes * minute,
    sendsNonce: strictPolicy.sendsNonce,
    idDigest: strictPolicy.idDigest,
    patience: settings.patienceSeconds * 1000,
    preferredPatience: settings.preferredPatienceSeconds * 1000,
    breakGlass: breakGlass && {
      ...breakGlass,
      from: Date.parse(breakGlass.from),
      until: Date.parse(breakGlass.until),
    },
  });
}
