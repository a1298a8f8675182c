import { hash, timingSafeEqual } from 'node:crypto';
import { SealgateError } from '../error.ts';
import { type Parameters, requiredAs } from './parameter.ts';

/** A challenge, and the verifier that answers it (RFC 7636, section 4). */
const challengeForm = /^[A-Za-z0-9_-]{43}$/;

/**
 * The challenge of a request for authorization, where it brings one: general OpenID Connect libraries do so beside the
 * system's signature. Throws `esia_parameter_invalid` for another method than S256.
 */
export function codeChallengeOf(parameters: Parameters): string | undefined {
  if (!parameters.get('code_challenge')) return undefined;
  requiredAs(parameters, 'code_challenge_method', /^S256$/);
  return requiredAs(parameters, 'code_challenge', challengeForm);
}

/**
 * Expects the verifier of the challenge that a code was asked for with. Throws `esia_challenge_missing` for a verifier
 * without one, and `esia_verifier_wrong`.
 */
export function expectVerifier(challenge: string | undefined, parameters: Parameters): void {
  const verifier = parameters.get('code_verifier') ?? '';
  if (challenge === undefined) {
    if (verifier !== '') throw new SealgateError('esia_challenge_missing');
    return;
  }
  const given = Buffer.from(hash('sha256', verifier, 'base64url'));
  if (!timingSafeEqual(given, Buffer.from(challenge))) throw new SealgateError('esia_verifier_wrong');
}
