import { compareOctets } from '../asn1/writer.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { authorityKeyIdentifier, subjectKeyIdentifier } from '../certificate/key-identifier.ts';

/** Whether the key identifiers of a certificate and its possible issuer agree; unknown where one has none. */
export function keyIdentifiersOf(
  child: Certificate,
  issuer: Certificate | undefined,
): 'agree' | 'differ' | 'unknown' {
  try {
    const wanted = child.extension(authorityKeyIdentifier)?.keyIdentifier;
    const own = issuer?.extension(subjectKeyIdentifier);
    if (wanted === undefined || own === undefined) return 'unknown';
    return compareOctets(wanted, own) === 0 ? 'agree' : 'differ';
  } catch {
    return 'unknown';
  }
}
