import { randomUUID } from 'node:crypto';
import {
  type AssertionClaims,
  type AuthorityClaim,
  assertionLifetime,
  type Organisation,
  type Person,
  subjectOf,
} from './assertion/claims.ts';
import { signAssertion } from './assertion/issue.ts';
import type { AssertionKeys } from './assertion/keys.ts';
import { type AuditEvent, auditEntry } from './audit/record.ts';
import type { Certificate } from './certificate/certificate.ts';
import { type Challenge, openChallenge } from './challenge/challenge.ts';
import { takeChallenge } from './challenge/take.ts';
import type { AuthenticatedClient } from './client/registry.ts';
import type { Database, Statement } from './database/database.ts';
import { isFailure, SealgateError } from './error.ts';
import { Findings } from './evidence/findings.ts';
import { type EvidenceKeeper, largestRefusedMessage, type PreparedEvidence } from './evidence/keep.ts';
import type { PresentedPower } from './power-of-attorney/verify.ts';
import type { Check } from './report/check.ts';
import { type LoginVerdict, loginVerdict } from './report/login-verdict.ts';
import { noteChecks } from './report/refusal.ts';
import type { WatchedCertificate } from './revocation/after-login.ts';
import type { RevocationClaim } from './revocation/evidence.ts';
import type { Keyring } from './secret/keyring.ts';
import { type AskedPath, askForPath } from './session/asked-path.ts';
import { newSessionId, openSession, type Session, sessionLifetime } from './session/session.ts';
import { decodeSignature } from './signature/base64.ts';

/** How a revocation is learnt of after the sign-in. */
export interface SessionWatch {
  /** For the lists that come in. */
  readonly certificates: readonly WatchedCertificate[];
  /** What has to be asked for again, where lists do not tell everything. */
  readonly asked: Pick<AskedPath, 'path' | 'dueAt'> | undefined;
}

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
  /** What has to be known to end the session if a certificate of the path is revoked. */
  readonly watch?: SessionWatch;
  /** By what right the signer acts for the organisation. */
  readonly authority?: AuthorityClaim;
  /** When that right ends, in ms since the epoch; the session lasts no longer. */
  readonly validUntil?: number;
  /** What is written with the session, and refuses it if what the sign-in rests on has gone meanwhile. */
  readonly conditions?: (session: Session) => readonly Statement[];
  readonly checks: readonly Check[];
}

/** Whom a signature was found to be of, before it was decided whether they are let in. */
export interface Recognised {
  /** The organisation, `ogrn:…`, as a certificate of a valid path names it. */
  readonly subject: string;
  readonly certificateThumbprint: string;
}

/** Verifies that `message`, a CMS SignedData, signs `challenge` in the name of an organisation. Throws a SealgateError. */
export type VerifyLogin = (input: {
  readonly challenge: Challenge;
  readonly message: Uint8Array;
  readonly client: Pick<AuthenticatedClient, 'policy'>;
  readonly at: number;
  /** A power of attorney that came along. */
  readonly powerOfAttorney?: PresentedPower;
  /** The signature connects a carrier, so that it need not be connected. */
  readonly isConnecting?: boolean;
  /** Told as soon as it is proven whom the certificate names. */
  readonly recognised?: (who: Recognised) => void;
  /** Takes what is found out on the way, so that it is known of a refusal too. */
  readonly findings?: Findings;
}) => Promise<VerifiedLogin>;

/** What a login works with. */
export interface LoginDependencies {
  readonly database: Database;
  readonly challengeKeys: Keyring;
  readonly assertionKeys: AssertionKeys;
  readonly issuer: string;
  readonly verifyLogin: VerifyLogin;
  /** Keeps what logins rested on; nothing is kept where it is absent. */
  readonly evidence?: EvidenceKeeper;
}

/** One request to sign in. */
export interface LoginRequest {
  readonly client: AuthenticatedClient;
  readonly challenge: string;
  /** CMS SignedData as base64. */
  readonly signature: string;
  readonly origin: string;
  readonly browser: string;
  /** Whom the assertion is for; the relying party's usual audience if absent. */
  readonly audience?: string;
  /** A power of attorney that came along. */
  readonly powerOfAttorney?: PresentedPower;
  readonly traceId: string;
  readonly at: number;
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
  } catch (error) {
    if (trail.findings) noteChecks(error, checksOf(trail));
    await recordRefusal(service, request, trail, error);
    throw error;
  }
}

/** What is known by the time an attempt fails. */
interface Trail {
  challenge?: Challenge;
  message?: Uint8Array;
  findings?: Findings;
  recognised?: Recognised;
  verified?: VerifiedLogin;
}

function checksOf({ verified, findings }: Trail): readonly Check[] {
  return verified?.checks ?? findings?.checks.list ?? [];
}

async function attempt(
  service: LoginDependencies,
  request: LoginRequest,
  trail: Trail,
): Promise<LoginResult> {
  const { client, at } = request;
  const audience = audienceOf(request);
  const binding = { relyingParty: client.id, origin: request.origin, browser: request.browser };
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
    ...(request.powerOfAttorney ? { powerOfAttorney: request.powerOfAttorney } : {}),
    recognised: (who) => {
      trail.recognised = who;
    },
    findings,
  });
  trail.verified = verified;
  const { certificateThumbprint } = verified;
  trail.recognised = { subject: subjectOf(verified.organisation), certificateThumbprint };
  const session = sessionOf(request, verified);
  const claims = claimsOf(service.issuer, session, verified, audience);
  const assertion = await signAssertion(await service.assertionKeys.signer(at), claims);
  const verdict = loginVerdict(verified.checks);
  const evidence = await prepareEvidence(service, request, trail, verdict);
  await service.database.write({
    statements: [
      takeChallenge(challenge),
      openSession(session, client.policy.sessionLimit),
      ...(verified.watch?.asked ? [askForPath({ ...session, ...verified.watch.asked })] : []),
      ...(verified.conditions?.(session) ?? []),
      ...(evidence?.statements ?? []),
    ],
    journal: [passed(request, challenge, claims, evidence)],
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

/** Evidence is kept of every message that could be read, whoever sent it. */
async function prepareEvidence(
  { evidence }: LoginDependencies,
  { at, traceId, client, powerOfAttorney: power }: LoginRequest,
  { challenge, message, findings, verified }: Trail,
  verdict: LoginVerdict,
): Promise<PreparedEvidence | undefined> {
  if (evidence === undefined || !challenge || !message || !findings) return undefined;
  if (verified === undefined) {
    const isRead = findings.checks.list.some(({ name }) => name === 'signature.format');
    if (!isRead || message.length > largestRefusedMessage) return undefined;
  }
  return evidence.prepare({ at, traceId, client, challenge, message, findings, power, verdict, verified });
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
    certificate: verified.certificateThumbprint,
    ...(verified.authority?.power ? { power: verified.authority.power } : {}),
    ...(verified.watch ? { watched: JSON.stringify(verified.watch.certificates) } : {}),
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

function passed(
  request: LoginRequest,
  challenge: Challenge,
  claims: AssertionClaims,
  evidence: PreparedEvidence | undefined,
) {
  return auditEntry({
    event: 'login.passed',
    ...asked(request, { challenge }),
    subject: claims.sub,
    certificate: claims['x5t#S256'],
    session: claims.sid,
    assertion: claims.jti,
    audience: claims.aud,
    ...(evidence ? { evidence: evidence.digest } : {}),
    ...(claims.warnings ? { warnings: claims.warnings } : {}),
    ...(claims.revocation ? { details: { revocation: claims.revocation } } : {}),
  });
}

/** A refusal is recorded like a success. Only where the storage itself has failed is there nowhere to record it. */
async function recordRefusal(
  service: LoginDependencies,
  request: LoginRequest,
  trail: Trail,
  error: unknown,
): Promise<void> {
  if (isFailure(error, 'storage_unavailable')) return;
  const known = error instanceof SealgateError ? error : new SealgateError('internal_error');
  const { recognised } = trail;
  const evidence = await prepareEvidence(service, request, trail, loginVerdict(checksOf(trail), known));
  await service.database.write({
    statements: evidence?.statements ?? [],
    journal: [
      auditEntry({
        event: 'login.refused',
        ...asked(request, trail),
        ...(recognised ? { subject: recognised.subject, certificate: recognised.certificateThumbprint } : {}),
        ...(evidence ? { evidence: evidence.digest } : {}),
        code: known.code,
        details: known.details,
      }),
    ],
  });
  evidence?.written();
}

function asked({ at, traceId, client, origin }: LoginRequest, { challenge }: Trail) {
  const trace: Pick<AuditEvent, 'at' | 'traceId' | 'client' | 'origin' | 'challenge'> = {
    at,
    traceId,
    client: client.id,
    origin,
    ...(challenge ? { challenge: Buffer.from(challenge.nonceHash).toString('base64url') } : {}),
  };
  return trace;
}
