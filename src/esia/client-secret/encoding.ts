/** The longest `client_secret`, in characters: a CMS message with a certificate takes a fifth of it. */
export const longestSecret = 32 * 1024;

const form = /^([A-Za-z0-9_-]+|[A-Za-z0-9+/]+)(={0,2})$/;

/**
 * The octets of a `client_secret`: base64url or base64, without padding, with all of it, or with the first sign of it
 * alone, as clients cut it. A plus of base64 that was not percent-encoded arrives as a blank, which is no other sign, so
 * it is taken for the plus. Undefined for anything else.
 */
export function decodeSecret(text: string): Uint8Array | undefined {
  if (text.length > longestSecret) return undefined;
  const [, digits, padding = ''] = form.exec(text.replaceAll(' ', '+')) ?? [];
  if (digits === undefined) return undefined;
  const rest = digits.length % 4;
  const wanted = (4 - rest) % 4;
  if (rest === 1 || padding.length > wanted) return undefined;
  const octets = Buffer.from(digits, 'base64url');
  // Bits that no octet has are nobody's: another text would mean the same octets.
  return octets.toString('base64url') === digits.replaceAll('+', '-').replaceAll('/', '_')
    ? octets
    : undefined;
}
