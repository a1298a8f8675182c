/**
 * How a signature is made. The octets that come back are those that X.509 and CMS carry:
 * RSA as is, ECDSA as a DER SEQUENCE { r, s }, Ed25519 as 64 octets, GOST as s‖r big-endian.
 * PSS is MGF1 with the same hash and a salt as long as the hash.
 */
export type SignatureScheme =
  | 'rsa-pkcs1-sha256'
  | 'rsa-pkcs1-sha384'
  | 'rsa-pkcs1-sha512'
  | 'rsa-pss-sha256'
  | 'rsa-pss-sha384'
  | 'rsa-pss-sha512'
  | 'ecdsa-sha256'
  | 'ecdsa-sha384'
  | 'ecdsa-sha512'
  | 'ed25519'
  | 'gost2012-256'
  | 'gost2012-512';

/**
 * A key that signs, wherever it is kept. Adapters: a PKCS#11 token (`openTokenSigner`) and a key
 * file (`openKeyFile`). Whoever opens a signer closes it.
 */
export interface Signer {
  /** SubjectPublicKeyInfo, DER; the certificate's own octets where there is a certificate. */
  readonly publicKey: Uint8Array;
  /** The key's X.509 certificate, DER. */
  readonly certificate?: Uint8Array;
  /** Certificates of issuers that were stored beside the key, DER, in no particular order. */
  readonly chain: readonly Uint8Array[];
  /** The schemes that this key can sign with, the customary one first; never empty. */
  readonly schemes: readonly SignatureScheme[];
  /**
   * Signs `data` (not a digest of it). The signature has been checked against `publicKey` before it is returned.
   * Throws `mechanism_unsupported` for a scheme that is not in `schemes`, `signature_invalid` if the check
   * fails, and the failures of the place where the key is kept.
   */
  sign(data: Uint8Array, scheme: SignatureScheme): Promise<Uint8Array>;
  /** Ends the session and forgets the key. A second call does nothing. */
  close(): Promise<void>;
}
