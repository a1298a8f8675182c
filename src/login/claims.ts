import { randomUUID } from 'node:crypto';
import { type AssertionClaims, subjectOf } from '../assertion/claims.ts';
import { assertionLifetime } from '../assertion/lifetime.ts';
import { newSessionId, type Session, sessionLifetime } from '../session/session.ts';
import type { LoginRequest } from './request.ts';
import type { VerifiedLogin } from './verified-login.ts';

/** The session of a sign-in: it ends with the right that it rests on. */
export function sessionOf(
  { client, at }: Pick<LoginRequest, 'client' | 'at'>,
  verified: VerifiedLogin,
): Session {
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

/** What the assertion says. */
export function claimsOf(
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
