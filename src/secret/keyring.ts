import { hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import { type MacKey, mac, macKey } from './mac.ts';

/** One symmetric key, known by a short id that says nothing of the key itself. */
export interface SecretKey {
  readonly id: string;
  readonly key: MacKey;
}

/**
 * The service's symmetric keys for one purpose. The first one authenticates what is new; all of them are
 * accepted, so that a secret can be exchanged while what the older one authenticated is still in use.
 */
export interface Keyring {
  readonly current: SecretKey;
  find(id: string): SecretKey | undefined;
}

/** What a keyring serves for. Keys of different purposes are independent of each other (HKDF, RFC 5869). */
export type Purpose = 'challenge' | 'journal' | 'record';

/**
 * Derives the keyring for `purpose` from the service's secrets, newest first; each has at least 32 octets.
 * Throws a RangeError where there is no secret or a shorter one.
 */
export function keyring(secrets: readonly Uint8Array[], purpose: Purpose): Keyring {
  const keys = secrets.map((secret) => derive(secret, purpose));
  const [current] = keys;
  if (!current) throw new RangeError('A keyring needs at least one secret');
  const byId = new Map(keys.map((key) => [key.id, key]));
  return { current, find: (id) => byId.get(id) };
}

function derive(secret: Uint8Array, purpose: Purpose): SecretKey {
  if (secret.length < 32) throw new RangeError('A secret has at least 32 octets');
  const key = Buffer.from(hkdfSync('sha256', secret, '', `sealgate ${purpose}`, 32));
  return { id: secretId(secret), key: macKey(key) };
}

/** The id by which keys of that secret are known; it says nothing of the secret itself. */
export function secretId(secret: Uint8Array): string {
  const octets = Buffer.from(hkdfSync('sha256', secret, '', 'sealgate id', 32));
  return hash('sha256', octets, 'base64url').slice(0, 8);
}

/** Whether `tag` is the MAC of `message` under the key named `id`; constant-time in the tag. False for an unknown id. */
export function macMatches(
  keys: Keyring,
  id: string,
  message: string | Uint8Array,
  tag: Uint8Array,
): boolean {
  const found = keys.find(id);
  if (!found || tag.length !== 32) return false;
  return timingSafeEqual(mac(found.key, message), tag);
}
