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
  const encoded = /^Basic +([A-Za-z0-9+/]{1,1024}={0,2})$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) throw new SealgateError('client_unauthenticated');
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) throw new SealgateError('client_unauthenticated');
  return { id: text.slice(0, colon), secret: text.slice(colon + 1) };
}
