import { SealgateError } from '../error.ts';
import type { Signer } from '../token/signer.ts';

/** The signer, once it is sure that it has a certificate; a message without one proves nothing. Throws `key_not_found`. */
export function requireCertificate(signer: Signer): Signer {
  if (signer.certificate === undefined) throw new SealgateError('key_not_found');
  return signer;
}
