/**
 * By what right somebody acts for an organisation: as its head in the register (`head`), for themselves as an
 * entrepreneur (`self`), by a power of attorney, or by nothing but the organisation's certificate, where no register
 * was asked or it does not know the heads (`certificate`); or for themselves, with no organisation at all (`person`).
 */
export type AuthorityBasis = 'head' | 'self' | 'power-of-attorney' | 'certificate' | 'system' | 'person';

/** Whether whoever acts is the organisation itself, as it is represented by law. */
export function isHead(basis: AuthorityBasis): boolean {
  return basis === 'head' || basis === 'self';
}
