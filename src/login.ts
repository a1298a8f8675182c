import { randomUUID } from 'node:crypto';
import {
  type AssertionClaims,
  assertionLifetime,
  type Organisation,
  type Person,
  subjectOf,
} from './assertion/claims.ts';
import { signAssertion } from './assertion/issue.ts';
import type { AssertionKeys } from './assertion/keys.ts';
import { type AuditEvent, auditEntry } from './audit/record.ts';
import { type Challenge, openChallenge } from './challenge/challenge.ts';
import { takeChallenge } from './challenge/take.ts';
import type { AuthenticatedClient } from './client/registry.ts';
import type { Database } from './database/database.ts';
import { isFailure, SealgateError } from './error.ts';
import type { Check } from './report/check.ts';
import type { RevocationClaim } from './revocation/evidence.ts';
import type { Keyring } from './secret/keyring.ts';
import { newSessionId, openSession, type Session, sessionLifetime } from './session/session.ts';
import { decodeSignature } from './signature/base64.ts';

/** What the verification of a signature found out. */
export interface VerifiedLogin {
  readonly organisation: Organisation;
  readonly signer: Person;
  /** SHA-256 of the signer's certificate, base64url. */
  readonly certificateThumbprint: string;
  readonly acr: string;
  readonly amr: readonly string[];
  /** What the check of revocation rested on. */
  readonly revocation?: RevocationClaim;
  readonly checks: readonly Check[];
}

/** Verifies that `message`, a CMS SignedData, signs `challenge` in the name of an organisation. Throws a SealgateError. */
export type VerifyLogin = (input: {
  readonly challenge: Challenge;
  readonly message: Uint8Array;
  readonly client: AuthenticatedClient;
  readonly at: number;
}) => Promise<VerifiedLogin>;

/** What a login works with. */
export interface LoginDependencies {
  readonly database: Database;
  readonly challengeKeys: Keyring;
  readonly assertionKeys: AssertionKeys;
  readonly issuer: string;
  readonly verifyLogin: VerifyLogin;
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
  readonly checks: readonly Check[];
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
    await recordRefusal(service.database, request, trail, error);
    throw error;
  }
}

/** What is known by the time an attempt fails. */
interface Trail {
  challenge?: Challenge;
  verified?: VerifiedLogin;
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
  const verified = await service.verifyLogin({ challenge, message, client, at });
  trail.verified = verified;
  const session = sessionOf(request, verified);
  const claims = claimsOf(service.issuer, session, verified, audience);
  const assertion = await signAssertion(await service.assertionKeys.signer(at), claims);
  await service.database.write({
    statements: [takeChallenge(challenge), openSession(session, client.policy.sessionLimit)],
    journal: [passed(request, challenge, claims)],
  });
  return {
    assertion,
    expiresAt: claims.exp * 1000,
    sessionId: session.id,
    organisation: verified.organisation,
    signer: verified.signer,
    checks: verified.checks,
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
    certificate: verified.certificateThumbprint,
    startedAt: at,
    expiresAt: at + sessionLifetime,
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
    'x5t#S256': session.certificate,
    ...(verified.revocation ? { revocation: verified.revocation } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

function passed(request: LoginRequest, challenge: Challenge, claims: AssertionClaims) {
  return auditEntry({
    event: 'login.passed',
    ...asked(request, { challenge }),
    subject: claims.sub,
    certificate: claims['x5t#S256'],
    session: claims.sid,
    assertion: claims.jti,
    audience: claims.aud,
    ...(claims.warnings ? { warnings: claims.warnings } : {}),
  });
}

/** A refusal is recorded like a success. Only where the storage itself has failed is there nowhere to record it. */
async function recordRefusal(
  database: Database,
  request: LoginRequest,
  trail: Trail,
  error: unknown,
): Promise<void> {
  if (isFailure(error, 'storage_unavailable')) return;
  const known = error instanceof SealgateError ? error : new SealgateError('internal_error');
  const { verified } = trail;
  await database.write({
    statements: [],
    journal: [
      auditEntry({
        event: 'login.refused',
        ...asked(request, trail),
        ...(verified
          ? { subject: subjectOf(verified.organisation), certificate: verified.certificateThumbprint }
          : {}),
        code: known.code,
        details: known.details,
      }),
    ],
  });
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
