import { hash, randomBytes } from 'node:crypto';

/** What a token opens; one for the one never opens the other. */
export type EsiaTokenKind = 'authorization' | 'code' | 'refresh' | 'browser';

/** A new token: 256 random bits in base64url. It is handed out once; what is kept is its hash. */
export function newEsiaToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is kept of a token: nobody can guess 128 bits and more, so that one SHA-256 keeps it. */
export function esiaTokenHash(kind: EsiaTokenKind, token: string): Uint8Array {
  return hash('sha256', `sealgate esia ${kind}\n${token}`, 'buffer');
}
