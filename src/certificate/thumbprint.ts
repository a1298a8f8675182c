import type { Certificate } from './certificate.ts';

/** The name by which sessions, carriers and powers know a certificate: its SHA-256, base64url. */
export function thumbprintOf({ sha256 }: Certificate): string {
  return Buffer.from(sha256, 'hex').toString('base64url');
}
