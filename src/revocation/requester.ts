import { hash } from 'node:crypto';
import { digestOfKey, type PublicKeyInfo } from '../algorithm/public-key-info.ts';

/**
 * On whose word an address is asked, and in whose name what came is kept: the authority that issued the certificate in
 * question, as its path was validated. Both are made of keys that the path has verified, never of names.
 */
export interface Requester {
  /**
   * Digest of the keys of the trust anchor and of the authority right below it. Whoever stands below them can make
   * authorities at will, but none outside of this branch; so that it is branches between which is shared out fairly.
   */
  readonly branch: string;
  /** Digest of the issuer's key. */
  readonly issuer: string;
}

/** The requester for a certificate with these validated authorities above it: its issuer first, the anchor last. */
export function requesterOf(authorities: readonly { readonly publicKey: PublicKeyInfo }[]): Requester {
  const [issuer] = authorities;
  if (issuer === undefined) throw new Error('a certificate of a path has an issuer');
  const uppermost = authorities.slice(-2).map(({ publicKey }) => digestOfKey(publicKey));
  return { branch: hash('sha256', uppermost.join(' '), 'base64'), issuer: digestOfKey(issuer.publicKey) };
}

/** Requester as one text, to find things by. */
export function requesterName({ branch, issuer }: Requester): string {
  return `${branch} ${issuer}`;
}
