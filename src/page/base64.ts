/** Octets of base64, whose white space does not count; undefined for what is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.replace(/\s+/g, '')), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Base64 of the UTF-8 of a text: of the very octets that are signed. */
export function utf8Base64(text: string): string {
  let binary = '';
  for (const octet of new TextEncoder().encode(text)) binary += String.fromCharCode(octet);
  return btoa(binary);
}

/** SHA-256 in base64url without padding, by which certificates are known. */
export async function thumbprintOf(der: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', der));
  return base64url(digest);
}

/** Base64url without padding. */
export function base64url(octets: Uint8Array): string {
  const binary = Array.from(octets, (octet) => String.fromCharCode(octet)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
