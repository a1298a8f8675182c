import type { Certificate } from '../../certificate/certificate.ts';
import type { FailureCode, SealgateError } from '../../error.ts';
import type { Token } from '../../token/selection.ts';
import type { TokenModule } from '../../token/token-module.ts';
import type { CertificatePlace } from '../bridge-message.ts';

/** A certificate that was found, with what signs in its name. Nothing of it has been verified. */
export interface FoundCertificate {
  readonly certificate: Certificate;
  /** SHA-256 of the certificate, base64url. */
  readonly thumbprint: string;
  readonly place: CertificatePlace;
  /** As far as can be told without a PIN and without the service. */
  readonly usable: true | { readonly code: FailureCode };
  readonly keeper: TokenKeeper | FileKeeper;
}

/** A token that holds the certificate, and is thought to hold its key. */
export interface TokenKeeper {
  readonly kind: 'token';
  readonly module: TokenModule;
  readonly token: Token;
}

/** A key file that the person has named to the agent. */
export interface FileKeeper {
  readonly kind: 'file';
  readonly path: string;
  readonly isEncrypted: boolean;
  readonly certificate: Uint8Array;
}

/** What one driver, one token or the key files gave. */
export interface Findings {
  readonly found: readonly FoundCertificate[];
  /** Drivers that could not be asked; the search goes on without them. */
  readonly troubles: readonly { readonly module: string; readonly failure: SealgateError }[];
}
