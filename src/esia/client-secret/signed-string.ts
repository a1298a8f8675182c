/** The parts of a request that its signature covers; one that the request lacks is empty. */
export interface SignedParts {
  readonly clientId: string;
  readonly scope: string;
  readonly scopeOrg: string;
  readonly timestamp: string;
  readonly state: string;
  readonly redirectUri: string;
  readonly code: string;
  /** Of a request that shows one to be exchanged. */
  readonly refreshToken: string;
}

/** A part of what is signed by the rules. */
export type SignedPart = Exclude<keyof SignedParts, 'refreshToken'>;

/** How a request is signed: `cms` at v1 of both addresses, `raw` at v2 of authorization and v3 of tokens. */
export type SecretForm = 'cms' | 'raw';

/** Which parts are signed and in which order: of v1, of v2, and of v3 with a code, which is empty elsewhere. */
export const signedOrders = {
  cms: ['scope', 'timestamp', 'clientId', 'state'],
  raw: ['clientId', 'scope', 'scopeOrg', 'timestamp', 'state', 'redirectUri', 'code'],
} as const satisfies Record<SecretForm, readonly SignedPart[]>;

/** The string that has to be signed: the parts in their order, with nothing between them, in UTF-8. */
export function signedString(form: SecretForm, parts: SignedParts): string {
  return signedOrders[form].map((name) => parts[name]).join('');
}

/**
 * The strings any one of which may be signed, that of the rules first. A client for .NET names no `redirect_uri` where it
 * exchanges a refresh token by v3, and signs the token in its place: that binds no less.
 */
export function acceptedStrings(form: SecretForm, parts: SignedParts): readonly string[] {
  const usual = signedString(form, parts);
  const isWithToken = form === 'raw' && parts.redirectUri === '' && parts.refreshToken !== '';
  return isWithToken ? [usual, `${usual}${parts.refreshToken}`] : [usual];
}
