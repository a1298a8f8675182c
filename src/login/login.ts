import { randomUUID } from 'node:crypto';
import {
  type AssertionClaims,
  type AuthorityClaim,
  assertionLifetime,
  type Organisation,
  type Person,
  subjectOf,
} from '../assertion/claims.ts';
import { signAssertion } from '../assertion/issue.ts';
import type { AssertionKeys } from '../assertion/keys.ts';
import { Budget } from '../budget/budget.ts';
import { signInLimits } from '../budget/limits.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { type Challenge, openChallenge } from '../challenge/challenge.ts';
import { takeChallenge } from '../challenge/take.ts';
import type { Statement } from '../database/database.ts';
import { decodeSignature } from '../encoding/message.ts';
import { isFailure, SealgateError } from '../error.ts';
import { Findings } from '../evidence/findings.ts';
import type { PowerName } from '../power-of-attorney/name.ts';
import type { PresentedPower } from '../power-of-attorney/verify.ts';
import type { Client } from '../relying-party/registry.ts';
import type { Check } from '../report/check.ts';
import { type LoginVerdict, loginVerdict } from '../report/login-verdict.ts';
import { LoginRefusal } from '../report/refusal.ts';
import type { RevocationClaim } from '../revocation/evidence.ts';
import type { Keyring } from '../secret/keyring.ts';
import { stillOpen } from '../session/lock-out.ts';
import { newSessionId, openSession, type Session, sessionLifetime } from '../session/session.ts';
import { type PathToWatch, watchPath } from '../watch/watched-path.ts';
import {
  type Attempt,
  checksOf,
  lockOutKey,
  passed,
  prepareEvidence,
  type Recognised,
  type RecordKeeping,
  recordRefusal,
  type Trail,
} from './record.ts';

export type { Recognised } from './record.ts';

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
  /**
   * Told as soon as a valid path says whom the certificate names, and again once that is proven in every respect;
   * what it throws refuses the sign-in.
   */
  readonly recognised?: (who: Recognised) => void;
  /** Takes what is found out on the way, so that it is known of a refusal too. */
  readonly findings?: Findings;
}) => Promise<VerifiedLogin>;

/** What a login works with. */
export interface LoginDependencies extends RecordKeeping {
  readonly challengeKeys: Keyring;
  readonly assertionKeys: AssertionKeys;
  readonly issuer: string;
  readonly verifyLogin: VerifyLogin;
}

/** One request to sign in. */
export interface LoginRequest extends Attempt {
  /** Whoever asks has proven to be it, or the sign-in page acts for it and gives nothing out before it has. */
  readonly client: Client;
  readonly challenge: string;
  /** CMS SignedData as base64. */
  readonly signature: string;
  readonly browser: string;
  /** Whom the assertion is for; the relying party's usual audience if absent. */
  readonly audience?: string;
  /** Where the challenge was not shown by the portal's own page: see `ChallengeBinding`. */
  readonly page?: string;
  readonly handOver?: string;
  /** What is written with the session, and refuses it if what the request rests on has gone meanwhile. */
  readonly conditions?: (claims: AssertionClaims, certificate?: Certificate) => readonly Statement[];
}

/** A sign-in that passed, is recorded durably, and may be answered. */
export interface LoginResult {
  readonly assertion: string;
  readonly expiresAt: number;
  readonly sessionId: string;
  readonly organisation: Organisation;
  readonly signer: Person;
  readonly authority?: AuthorityClaim;
  readonly verdict: LoginVerdict;
}

/**
 * Signs an organisation in. The steps follow the design's one direction; whatever the outcome, it is in the audit
 * before this returns. The assertion is signed before the record is written, so that a key that does not answer
 * costs nobody a challenge, and it leaves only after the record is durable.
 */
export async function login(service: LoginDependencies, request: LoginRequest): Promise<LoginResult> {
  const trail: Trail = {};
  try {
    return await attempt(service, request, trail);
  } catch (caught) {
    const error = await explained(service, request, trail, caught);
    await recordRefusal(service, request, trail, error);
    throw trail.findings && isFailure(error) ? new LoginRefusal(error, checksOf(trail)) : error;
  }
}

/** Where the unit of the sign-in found it locked out, what is and until when. */
async function explained(
  { lockOuts }: LoginDependencies,
  request: LoginRequest,
  { recognised }: Trail,
  error: unknown,
): Promise<unknown> {
  if (recognised === undefined) return error;
  return lockOuts.explained(error, lockOutKey(request, recognised), request.at);
}

async function attempt(
  service: LoginDependencies,
  request: LoginRequest,
  trail: Trail,
): Promise<LoginResult> {
  const { client, at } = request;
  const audience = audienceOf(request);
  const { origin, browser, page, handOver } = request;
  const binding = {
    ...{ relyingParty: client.id, origin, browser },
    ...(page === undefined ? {} : { page }),
    ...(handOver === undefined ? {} : { handOver }),
  };
  const challenge = openChallenge(service.challengeKeys, request.challenge, binding, at);
  trail.challenge = challenge;
  const message = decodeSignature(request.signature);
  const findings = new Findings();
  trail.message = message;
  trail.findings = findings;
  const verified = await service.verifyLogin({
    challenge,
    message,
    client,
    at,
    budget: new Budget(signInLimits),
    ...(request.powerOfAttorney ? { powerOfAttorney: request.powerOfAttorney } : {}),
    recognised: (who) => {
      trail.recognised = who;
      service.lockOuts.expectOpen(lockOutKey(request, who), at);
    },
    findings,
  });
  trail.verified = verified;
  const { certificateThumbprint } = verified;
  const recognised = { subject: subjectOf(verified.organisation), certificateThumbprint, isProven: true };
  trail.recognised = recognised;
  const session = sessionOf(request, verified);
  const claims = claimsOf(service.issuer, session, verified, audience);
  const assertion = await signAssertion(await service.assertionKeys.signer(at), claims);
  const verdict = loginVerdict(verified.checks);
  const evidence = await prepareEvidence(service, request, trail, verdict);
  await service.database.write({
    statements: [
      takeChallenge(challenge),
      openSession(session, client.policy.sessionLimit),
      stillOpen(lockOutKey(request, recognised), at),
      ...(verified.watch ? watchPath(session, verified.watch, at) : []),
      ...(verified.conditions ?? []),
      ...(request.conditions?.(claims, verified.certificate) ?? []),
      ...(evidence?.statements ?? []),
    ],
    journal: [passed(request, trail, claims, evidence)],
  });
  evidence?.written();
  return {
    assertion,
    expiresAt: claims.exp * 1000,
    sessionId: session.id,
    organisation: verified.organisation,
    signer: verified.signer,
    ...(verified.authority ? { authority: verified.authority } : {}),
    verdict,
  };
}

function audienceOf({ client, audience }: LoginRequest): string {
  if (audience === undefined) return client.audiences[0] ?? client.id;
  if (!client.audiences.includes(audience)) {
    throw new SealgateError('client_forbidden', { field: 'audience', value: audience });
  }
  return audience;
}

function sessionOf({ client, at }: LoginRequest, verified: VerifiedLogin): Session {
  return {
    id: newSessionId(at),
    client: client.id,
    subject: subjectOf(verified.organisation),
    ...(verified.organisation.inn ? { inn: verified.organisation.inn } : {}),
    certificate: verified.certificateThumbprint,
    ...(verified.power ? { power: { giver: verified.power.giver, number: verified.power.number } } : {}),
    ...(verified.watch ? { isQualified: verified.watch.isQualified } : {}),
    startedAt: at,
    expiresAt: Math.min(at + sessionLifetime, verified.validUntil ?? Number.POSITIVE_INFINITY),
  };
}

function claimsOf(
  issuer: string,
  session: Session,
  verified: VerifiedLogin,
  audience: string,
): AssertionClaims {
  const now = Math.floor(session.startedAt / 1000);
  const warnings = verified.checks.filter(({ outcome }) => outcome === 'warning').map(({ name }) => name);
  return {
    iss: issuer,
    sub: session.subject,
    aud: audience,
    iat: now,
    exp: now + assertionLifetime / 1000,
    jti: randomUUID(),
    sid: session.id,
    auth_time: now,
    acr: verified.acr,
    amr: verified.amr,
    client_id: session.client,
    organisation: verified.organisation,
    signer: verified.signer,
    ...(verified.authority ? { authority: verified.authority } : {}),
    'x5t#S256': session.certificate,
    ...(verified.revocation ? { revocation: verified.revocation } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}
