import type { AssertionClaims } from '../assertion/claims.ts';
import { defined } from '../optional.ts';
import type { OidcScope } from '../relying-party/oidc-registration.ts';
import { shownAcr } from './acr.ts';

/** Claims that each scope hands over. */
export const scopeClaims = {
  openid: ['sub'],
  organisation: ['organisation'],
  'organisation.register': ['organisation_register'],
  signer: ['name', 'signer'],
  'signer.snils': ['signer_snils'],
  powers: ['authority'],
} as const satisfies Record<OidcScope, readonly string[]>;

/** A claim that a person is asked about before it is handed over. */
export type FieldName = Exclude<(typeof scopeClaims)[OidcScope][number], 'sub'>;

/** All of them. */
export const fieldNames = Object.values(scopeClaims)
  .flat()
  .filter((name) => name !== 'sub') as FieldName[];

/** What the register says of an organisation, as far as it is handed over. */
export interface RegisterClaim {
  readonly name: string;
  readonly inn?: string;
  readonly ogrn?: string;
  readonly state: string;
}

/** The claims that a sign-in can hand over; the library takes out what was not consented to. */
export function claimsOf(
  claims: AssertionClaims,
  register: RegisterClaim | undefined,
): Readonly<Record<string, unknown>> & { readonly sub: string } {
  const { organisation, signer, authority, sub } = claims;
  const { snils, ...person } = signer;
  return {
    sub,
    organisation,
    name: signer.name,
    signer: person,
    ...defined({ organisation_register: register, signer_snils: snils, authority }),
    acr: shownAcr(claims.acr),
    amr: claims.amr,
    auth_time: claims.auth_time,
  };
}
