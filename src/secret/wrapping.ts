import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { secretId } from './keyring.ts';

/** Encrypts what the service keeps to itself, such as private keys in the database. */
export interface Wrapping {
  /** The id of the newest secret, by which everything new is wrapped. */
  readonly current: string;
  /** `octets` encrypted and bound to `purpose`: the secret's id, a dot, and base64url of nonce, text and tag. */
  wrap(purpose: string, octets: Uint8Array): string;
  /** The octets again; undefined where none of the secrets wrapped them for that purpose. */
  unwrap(purpose: string, wrapped: string): Uint8Array | undefined;
}

const algorithm = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;

/**
 * Encrypts by keys that follow from the service's secrets, newest first (HKDF, RFC 5869; AES-256-GCM, NIST SP 800-38D,
 * with random nonces: what is wrapped are a few keys). Throws a RangeError where there is no secret.
 */
export function wrapping(secrets: readonly Uint8Array[]): Wrapping {
  const keys = new Map(
    secrets.map((secret) => [secretId(secret), hkdfSync('sha256', secret, '', 'sealgate wrapping', 32)]),
  );
  const [newest] = keys;
  if (newest === undefined) throw new RangeError('Wrapping needs at least one secret');
  const [current, currentKey] = newest;
  return {
    current,
    wrap(purpose, octets) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv(algorithm, Buffer.from(currentKey), nonce);
      cipher.setAAD(Buffer.from(purpose));
      const text = Buffer.concat([nonce, cipher.update(octets), cipher.final(), cipher.getAuthTag()]);
      return `${current}.${text.toString('base64url')}`;
    },
    unwrap(purpose, wrapped) {
      const [id = '', text = ''] = wrapped.split('.');
      const key = keys.get(id);
      const octets = Buffer.from(text, 'base64url');
      if (key === undefined || octets.length < nonceLength + tagLength) return undefined;
      const cipher = createDecipheriv(algorithm, Buffer.from(key), octets.subarray(0, nonceLength), {
        authTagLength: tagLength,
      });
      cipher.setAAD(Buffer.from(purpose));
      cipher.setAuthTag(octets.subarray(-tagLength));
      try {
        return Buffer.concat([cipher.update(octets.subarray(nonceLength, -tagLength)), cipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
}
