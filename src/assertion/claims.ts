import type { AuthorityBasis } from '../organisation/basis.ts';
import type { RevocationClaim } from '../revocation/evidence.ts';

/**
 * The organisation that signed in; at least one of OGRN and INN is there. Where a natural person did, for no
 * organisation (`authority.basis` is `person`), it is the person, by their own INN.
 */
export interface Organisation {
  readonly inn?: string;
  readonly ogrn?: string;
  readonly name: string;
}

/** The person who signed for it, as the certificate names them. */
export interface Person {
  readonly name: string;
  readonly position?: string;
  readonly inn?: string;
  readonly snils?: string;
}

/**
 * By what right the person acts for the organisation: as its head in the register (`head`), for themselves as an
 * entrepreneur (`self`), by a power of attorney, or by nothing but the organisation's certificate, where no register
 * was asked or it does not know the heads (`certificate`). A natural person signs for nobody else (`person`), where the
 * relying party lets them in. A system of the organisation signs by its seal (`system`),
 * where the relying party lets systems in.
 */
export interface AuthorityClaim {
  readonly basis: AuthorityBasis;
  /** Number of the power of attorney. */
  readonly power?: string;
}

/** What an assertion says (RFC 7519; times in seconds since the epoch). */
export interface AssertionClaims {
  readonly iss: string;
  /** The organisation: `ogrn:…`, or `inn:…` where there is no OGRN. It outlives every certificate. */
  readonly sub: string;
  /** The one audience it is meant for. */
  readonly aud: string;
  readonly iat: number;
  readonly exp: number;
  readonly jti: string;
  /** The session; it goes on after the assertion has expired, and revoking the assertion ends it. */
  readonly sid: string;
  /** When the signature was verified. */
  readonly auth_time: number;
  /** Class of the signing tool or of the certificate. */
  readonly acr: string;
  /** How the person proved themselves (RFC 8176). */
  readonly amr: readonly string[];
  /** The relying party that asked for the sign-in. */
  readonly client_id: string;
  readonly organisation: Organisation;
  readonly signer: Person;
  /** Absent where the service keeps no register and takes no powers of attorney. */
  readonly authority?: AuthorityClaim;
  /** SHA-256 of the certificate that signed, base64url. */
  readonly 'x5t#S256': string;
  /** What the check of revocation rested on: its source, its age, and every concession that was used. */
  readonly revocation?: RevocationClaim;
  /** Names of checks that passed with a warning, concessions to plug-ins among them; absent where there is none. */
  readonly warnings?: readonly string[];
}

/** The organisation's lasting name. Throws a RangeError where neither OGRN nor INN is known. */
export function subjectOf({ ogrn, inn }: Pick<Organisation, 'ogrn' | 'inn'>): string {
  if (ogrn) return `ogrn:${ogrn}`;
  if (inn) return `inn:${inn}`;
  throw new RangeError('An organisation needs an OGRN or an INN');
}
