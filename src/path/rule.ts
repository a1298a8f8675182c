import type { Certificate } from '../certificate/certificate.ts';
import type { PathTerm } from '../failure/path-terms.ts';

/** Where in a path a certificate stands. */
export type Role = 'anchor' | 'authority' | 'target';

/** A rule on single certificates that a profile adds to RFC 5280, section 6.1. */
export interface CertificateRule {
  readonly id: PathTerm;
  /** Document and section. */
  readonly source: string;
  readonly roles: readonly Role[];
  /** Whether `certificate`, which stands in `role` and was issued by `issuer`, keeps to it. May throw `certificate_malformed`. */
  holds(certificate: Certificate, role: Role, issuer: Certificate | undefined): boolean;
}
