import type { Certificate } from '../../certificate/certificate.ts';
import { SealgateError } from '../../error.ts';
import { certificatesOf } from '../../relying-party/esia-system.ts';
import type { ClientSystem } from '../../relying-party/registry.ts';
import { type SecretVerdict, verifyCmsSecret } from './cms.ts';
import { decodeSecret } from './encoding.ts';
import { verifyRawSecret } from './raw.ts';
import { acceptedStrings, type SecretForm, type SignedParts } from './signed-string.ts';

declare const proof: unique symbol;

/**
 * A client system that has signed this very request with a registered certificate. It authenticates the request and
 * nothing else: it is no signature of a person, and there is no way to make one of it.
 */
export interface ProvenSystem {
  readonly [proof]: true;
  readonly client: ClientSystem;
  readonly certificate: Certificate;
  /** The string that was signed. */
  readonly signed: string;
}

/** A request with its signature, as it came. */
export interface SignedRequest {
  readonly form: SecretForm;
  readonly parts: SignedParts;
  /** `client_secret`. */
  readonly secret: string;
  /** `client_certificate_hash`; only the raw form needs it. */
  readonly certificateHash: string | undefined;
}

/**
 * Proves a client system by the signature of its request. Throws `esia_secret_invalid` and `esia_certificate_foreign`.
 * Whether the signed string was used before is not looked at here.
 */
export function proveSystem(client: ClientSystem, request: SignedRequest, at: number): ProvenSystem {
  const { verdict, signed } = verdictOnAny(request, certificatesOf(client.esia));
  if ('problem' in verdict) {
    const { problem, isForeignCertificate } = verdict;
    throw new SealgateError(isForeignCertificate ? 'esia_certificate_foreign' : 'esia_secret_invalid', {
      problem,
    });
  }
  const { certificate } = verdict;
  if (at < certificate.notBefore || at > certificate.notAfter)
    throw new SealgateError('esia_certificate_foreign', { problem: 'esia-certificate-term' });
  const proven: Omit<ProvenSystem, typeof proof> = { client, certificate, signed };
  return proven as ProvenSystem;
}

/** The verdict on the first string that was signed; on that of the rules where none was. */
function verdictOnAny(
  request: SignedRequest,
  registered: readonly Certificate[],
): { readonly verdict: SecretVerdict; readonly signed: string } {
  const [usual = '', ...others] = acceptedStrings(request.form, request.parts);
  const first = { verdict: verdictOn(request, Buffer.from(usual), registered), signed: usual };
  if (!('problem' in first.verdict)) return first;
  for (const signed of others) {
    const verdict = verdictOn(request, Buffer.from(signed), registered);
    if (!('problem' in verdict)) return { verdict, signed };
  }
  return first;
}

function verdictOn(
  { form, secret, certificateHash }: SignedRequest,
  expected: Uint8Array,
  registered: readonly Certificate[],
): SecretVerdict {
  const octets = decodeSecret(secret);
  if (octets === undefined) return { problem: 'esia-encoding' };
  return form === 'cms'
    ? verifyCmsSecret(octets, expected, registered)
    : verifyRawSecret(octets, expected, certificateHash, registered);
}
