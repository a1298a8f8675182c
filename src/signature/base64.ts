import { SealgateError } from '../error.ts';

/** The largest signature, in octets: a message with its chain and an attached text takes a twentieth of it. */
export const largestSignature = 256 * 1024;

const alphabet = /^[A-Za-z0-9+/]+={0,2}$/;
const armour = /^-----BEGIN (?:CMS|PKCS7|PKCS #7 SIGNED DATA)-----([\s\S]+)-----END [A-Z0-9# ]+-----$/;

/**
 * The message from its base64 as signing tools give it: on one line, broken into lines, or in PEM armour.
 * Throws `signature_malformed`, or `request_too_large` beyond 256 KiB.
 */
export function decodeSignature(text: string): Uint8Array {
  const plain = Buffer.from(text, 'base64');
  // Written again it is the same where there was nothing to unwrap; an expression takes five times as long to tell.
  const isPlain = plain.length > 0 && plain.toString('base64') === text;
  const octets = isPlain ? plain : Buffer.from(unwrapped(text), 'base64');
  if (octets.length > largestSignature) {
    throw new SealgateError('request_too_large', { field: 'signature', limit: largestSignature });
  }
  return octets;
}

function unwrapped(text: string): string {
  const trimmed = text.trim();
  const base64 = (armour.exec(trimmed)?.[1] ?? trimmed).replace(/\s+/g, '');
  if (alphabet.test(base64)) return base64;
  throw new SealgateError('signature_malformed', { where: 'base64', problem: 'not base64' });
}
