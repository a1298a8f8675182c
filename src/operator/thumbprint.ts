/**
 * A certificate's SHA-256, which the service has in base64url, in the hexadecimal digits in which commands show it: one
 * in base64url may begin with a hyphen, which would be taken for an option.
 */
export function hexThumbprint(thumbprint: string): string {
  return Buffer.from(thumbprint, 'base64url').toString('hex');
}

/** The same the other way round, for what a person types: hexadecimal digits, or base64url as it stands. */
export function thumbprintOf(text: string): string {
  return /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex').toString('base64url') : text;
}
