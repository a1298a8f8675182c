import type { AuthorityClaim, Organisation, Person } from '../assertion/claims.ts';
import type { Budget } from '../budget/budget.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { Challenge } from '../challenge/challenge.ts';
import type { Statement } from '../database/database.ts';
import type { Trail } from '../evidence/trail.ts';
import type { PowerName } from '../power-of-attorney/name.ts';
import type { PresentedPower } from '../power-of-attorney/verify.ts';
import type { Client } from '../relying-party/registry.ts';
import type { Check } from '../report/check.ts';
import type { RevocationClaim } from '../revocation/evidence.ts';
import type { LockOuts } from '../session/lock-out.ts';
import type { PathToWatch } from '../watch/watched-path.ts';

/** What the verification of a signature found out. */
export interface VerifiedLogin {
  readonly organisation: Organisation;
  readonly signer: Person;
  /** SHA-256 of the signer's certificate, base64url. */
  readonly certificateThumbprint: string;
  /** The certificate itself, where the verification has one. */
  readonly certificate?: Certificate;
  readonly acr: string;
  readonly amr: readonly string[];
  /** What the check of revocation rested on. */
  readonly revocation?: RevocationClaim;
  /** The path that the sign-in rests on, by which it is seen later whether it would still pass. */
  readonly watch?: PathToWatch;
  /** By what right the signer acts for the organisation. */
  readonly authority?: AuthorityClaim;
  /** The power of attorney that it rests on, where one was needed. */
  readonly power?: PowerName;
  /** When that right ends, in ms since the epoch; the session lasts no longer. */
  readonly validUntil?: number;
  /** What is written with the session, and refuses it if what the sign-in rests on has gone meanwhile. */
  readonly conditions?: readonly Statement[];
  readonly checks: readonly Check[];
}

/**
 * Verifies that `message`, a CMS SignedData, signs `challenge` in the name of an organisation. Throws a
 * SealgateError.
 */
export type VerifyLogin = (input: {
  readonly challenge: Challenge;
  readonly message: Uint8Array;
  readonly client: Pick<Client, 'policy'> & Partial<Pick<Client, 'id'>>;
  readonly at: number;
  /** That of the request. */
  readonly budget: Budget;
  /** A power of attorney that came along. */
  readonly powerOfAttorney?: PresentedPower;
  /** The signature connects a carrier, so that it need not be connected. */
  readonly isConnecting?: boolean;
  /** What is locked out is refused as soon as a valid path says who it is; nobody is where it is absent. */
  readonly lockOut?: LockOutQuestion;
  /** Takes what is found out on the way, so that it is known of a refusal too. */
  readonly trail: Trail;
}) => Promise<VerifiedLogin>;

/** Whom a lock-out may have shut out, beside whoever is recognised. */
export interface LockOutQuestion {
  readonly lockOuts: Pick<LockOuts, 'expectOpen'>;
  readonly client: string;
  readonly address: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
