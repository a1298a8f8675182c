/** CRLReason by value (RFC 5280, section 5.3.1); 7 is not used. */
const reasonByValue = new Map([
  [0, 'unspecified'],
  [1, 'keyCompromise'],
  [2, 'cACompromise'],
  [3, 'affiliationChanged'],
  [4, 'superseded'],
  [5, 'cessationOfOperation'],
  [6, 'certificateHold'],
  [8, 'removeFromCRL'],
  [9, 'privilegeWithdrawn'],
  [10, 'aACompromise'],
] as const);

/** Why a certificate was revoked (RFC 5280, section 5.3.1); the names are terms of the failure vocabulary. */
export type RevocationReason = typeof reasonByValue extends Map<number, infer T> ? T : never;

/** The reason behind a CRLReason value, or undefined where it is none. */
export function reasonOf(value: number): RevocationReason | undefined {
  return reasonByValue.get(value as 0);
}
