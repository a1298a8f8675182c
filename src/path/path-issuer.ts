import type { PublicKeyInfo } from '../algorithm/public-key-info.ts';
import type { Certificate } from '../certificate/certificate.ts';
import type { Name } from '../certificate/name.ts';
import type { PathTerm } from '../failure/path-terms.ts';

/** What stands above a certificate in a path: name and working key, and the certificate where it came in one. */
export interface PathIssuer {
  readonly name: Name;
  /** With inherited parameters filled in, so that signatures of this issuer can be verified with it. */
  readonly publicKey: PublicKeyInfo;
  readonly certificate: Certificate | undefined;
}

/** Something accepted that people should know of. */
export interface PathWarning {
  readonly certificate: Certificate;
  readonly rule: PathTerm;
}
