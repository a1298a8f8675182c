import type { PublicKeyInfo } from '../algorithm/public-key-info.ts';
import type { Certificate } from './certificate.ts';
import type { Name } from './name.ts';

/**
 * Where a path may end: a name and a key that are trusted by configuration (RFC 5280, section 6.1.1, item d).
 * The certificate, where there is one, is only the form in which name and key came, unless its extensions bind.
 */
export interface TrustAnchor {
  readonly name: Name;
  readonly publicKey: PublicKeyInfo;
  readonly certificate?: Certificate;
  /**
   * Whether the extensions of the certificate bind the paths below it, as RFC 5937 has it: basic constraints, key
   * usage, name constraints, policies, unknown critical extensions. Undefined leaves it to the profile.
   */
  readonly enforcesExtensions?: boolean;
}

/** A trust anchor of the name and key of `certificate`; that it is to be trusted is the caller's word. */
export function anchorOf(
  certificate: Certificate,
  options: { readonly enforcesExtensions?: boolean } = {},
): TrustAnchor {
  return { name: certificate.subject, publicKey: certificate.publicKey, certificate, ...options };
}
