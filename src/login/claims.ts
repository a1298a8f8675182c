import { randomUUID } from 'node:crypto';
import { type AssertionClaims, subjectOf } from '../assertion/claims.ts';
import { assertionLifetime } from '../assertion/lifetime.ts';
import type { Keyring } from '../secret/keyring.ts';
import { mac } from '../secret/mac.ts';
import { networkOf } from '../session/network.ts';
import { newSessionId, type Session } from '../session/session.ts';
import type { LoginRequest } from './request.ts';
import type { VerifiedLogin } from './verified-login.ts';

/** The session of a sign-in: it ends with the right that it rests on. */
export function sessionOf(
  { client, at, address }: Pick<LoginRequest, 'client' | 'at' | 'address'>,
  verified: VerifiedLogin,
  keys: Keyring,
): Session {
  const subject = subjectOf(verified.organisation);
  const { sessionMinutes, sessionIdleMinutes } = client.policy;
  const end = Math.min(at + sessionMinutes * minute, verified.validUntil ?? Number.POSITIVE_INFINITY);
  const idleTime = sessionIdleMinutes === undefined ? undefined : sessionIdleMinutes * minute;
  return {
    id: newSessionId(at),
    client: client.id,
    subject,
    ...(verified.organisation.inn ? { inn: verified.organisation.inn } : {}),
    certificate: verified.certificateThumbprint,
    ...(verified.power ? { power: { giver: verified.power.giver, number: verified.power.number } } : {}),
    ...(verified.watch ? { isQualified: verified.watch.isQualified } : {}),
    signer: signerName(verified, keys),
    ...(address === undefined ? {} : { place: placeName(subject, address, keys) }),
    startedAt: at,
    ...(idleTime === undefined
      ? { expiresAt: end }
      : { expiresAt: Math.min(at + idleTime, end), idleTime, endsAt: end }),
  };
}

const minute = 60_000;

/** The same for all addresses of a network, for one organisation: by the secret that is named before the hash. */
function placeName(subject: string, address: string, { current: { id, key } }: Keyring): string {
  return `${id}:${mac(key, `sealgate place\n${subject}\n${networkOf(address)}`).toString('base64url')}`;
}

/** The same for all certificates of a person, as long as the service's secret is; nobody can tell the numbers from it. */
function signerName({ signer: { snils, inn }, certificateThumbprint }: VerifiedLogin, keys: Keyring): string {
  const known = snils ?? inn ?? certificateThumbprint;
  return mac(keys.current.key, `sealgate signer\n${known}`).toString('base64url');
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
