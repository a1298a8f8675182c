/** The parts of a request that its signature covers; one that the request lacks is empty. */
export interface SignedParts {
  readonly clientId: string;
  readonly scope: string;
  readonly scopeOrg: string;
  readonly timestamp: string;
  readonly state: string;
  readonly redirectUri: string;
  readonly code: string;
}

/** A part of what is signed. */
export type SignedPart = keyof SignedParts;

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
