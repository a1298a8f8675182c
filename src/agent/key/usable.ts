import { type Certificate, parseCertificate } from '../../certificate/certificate.ts';
import { basicConstraints, keyUsage } from '../../certificate/constraints.ts';
import { type FailureCode, isFailure } from '../../error.ts';
import { mechanismsOf } from '../../token/mechanism.ts';
import { readPublicKey, schemesOf } from '../../token/public-key.ts';
import { partsOf } from '../../token/scheme.ts';
import type { Token } from '../../token/selection.ts';

/**
 * Whether a certificate can be signed with, as far as it and its token tell without a PIN, at `at` in ms since the
 * epoch: its term, its use, the token's PIN and what the token is able to. Whether anybody will accept the signature
 * is for the service to say.
 */
export function usabilityOf(
  certificate: Certificate,
  token: Token | undefined,
  at: number,
): true | { readonly code: FailureCode } {
  const code = flawOf(certificate, at) ?? (token && tokenFlawOf(certificate, token));
  return code === undefined ? true : { code };
}

function flawOf(certificate: Certificate, at: number): FailureCode | undefined {
  if (at > certificate.notAfter) return 'certificate_expired';
  if (at < certificate.notBefore) return 'certificate_not_yet_valid';
  try {
    const usage = certificate.extension(keyUsage);
    const isForSigning = usage === undefined || usage.has('digitalSignature') || usage.has('nonRepudiation');
    return isForSigning ? undefined : 'certificate_usage_forbidden';
  } catch (error) {
    if (isFailure(error)) return error.code;
    throw error;
  }
}

function tokenFlawOf(certificate: Certificate, token: Token): FailureCode | undefined {
  if (token.pin === 'locked') return 'pin_locked';
  if (token.pin === 'unset') return 'token_uninitialized';
  if (token.mustChangePin) return 'pin_expired';
  const wanted = schemesOf(readPublicKey(certificate.publicKey)).flatMap((scheme) =>
    mechanismsOf(partsOf(scheme).family),
  );
  const isAble = wanted.some((mechanism) => token.mechanisms.includes(mechanism));
  return isAble ? undefined : 'mechanism_unsupported';
}

/** Whether a certificate is an authority's, which signs in nowhere; one that cannot be read is taken for none. */
export function isAuthority(certificate: Certificate): boolean {
  try {
    return certificate.extension(basicConstraints)?.isAuthority === true;
  } catch (error) {
    if (isFailure(error)) return false;
    throw error;
  }
}

/** A certificate and whether its key is of a kind that signs here; undefined for one that cannot be read. */
export function readable(der: Uint8Array): Certificate | undefined {
  try {
    const certificate = parseCertificate(der);
    readPublicKey(certificate.publicKey);
    return certificate;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
