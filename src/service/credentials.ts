import { SealgateError } from '../error.ts';

/** What a relying party shows: its identifier and its secret. */
export interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/**
 * The credentials of an `Authorization: Basic` header (RFC 7617), which RFC 6749, section 2.3.1, has form-encoded:
 * identifiers and secrets of ours are the same either way. Throws `client_unauthenticated`.
 */
export function basicCredentials(header: string | undefined): Credentials {
  const credentials = readCredentials(header);
  if (credentials === undefined) throw new SealgateError('client_unauthenticated');
  return credentials;
}

/** The relying party that such a header names; nothing is proven by it. */
export function namedClient(header: string | undefined): string | undefined {
  return readCredentials(header)?.id;
}

function readCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]{1,1024}={0,2})$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) return undefined;
  return { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
