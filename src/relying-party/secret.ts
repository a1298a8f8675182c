import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const form = /^sha256:[A-Za-z0-9_-]{43}$/;

/** Whether `text` has the form in which a secret is kept: `sha256:` and the hash as base64url. */
export function isSecretHash(text: string): boolean {
  return form.test(text);
}

/**
 * Makes a client secret: 256 random bits, as base64url. Since no secret is chosen by a person, there is nothing to
 * guess from, and one SHA-256 keeps it as well as scrypt would, without its cost on every request.
 */
export function makeSecret(): { readonly secret: string; readonly secretHash: string } {
  const secret = randomBytes(32).toString('base64url');
  return { secret, secretHash: hashSecret(secret) };
}

/** The form in which a secret is kept. */
export function hashSecret(secret: string): string {
  return `sha256:${hash('sha256', secret, 'base64url')}`;
}

/**
 * Which of `secretHashes` are of `secret`, one by one. The secret is hashed once, and every hash is compared, in
 * constant time: what is done depends on how many hashes there are, and on nothing else.
 */
export function matchingSecrets(secret: string, secretHashes: readonly string[]): readonly boolean[] {
  const given = Buffer.from(hashSecret(secret));
  return secretHashes.map((secretHash) => {
    const kept = Buffer.from(secretHash);
    return given.length === kept.length && timingSafeEqual(given, kept);
  });
}
