import { hash, randomBytes } from 'node:crypto';

/** What a token opens; one for the one never opens the other. */
export type TokenKind = 'sign-in' | 'browser' | 'other-screen' | 'code' | 'account' | 'account-start';

const form = /^[A-Za-z0-9_-]{43}$/;

/** A new token: 256 random bits in base64url. It is handed out once; what is kept is its hash. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Whether `text` has the form of a token. */
export function isToken(text: unknown): text is string {
  return typeof text === 'string' && form.test(text);
}

/**
 * What is kept of a token. Nobody can guess 256 bits, so that one SHA-256 keeps it, and looking it up by that hash
 * tells nothing by its time.
 */
export function tokenHash(kind: TokenKind, token: string): Uint8Array {
  return hash('sha256', `sealgate ${kind}\n${token}`, 'buffer');
}
