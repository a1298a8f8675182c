import type { Certificate } from '../certificate/certificate.ts';

/** Where certificates of issuers are had that neither the message nor the operator's trust brings. */
export interface IssuerSource {
  /** Whether the operator allows `url` to be asked at all. */
  allows(url: string): boolean;
  /**
   * Certificates published at `url` that may lie above `certificate`: by name its issuer, that one's, and so on.
   * Nothing is verified. `timeout` is in ms. Rejects with a FetchFailure.
   */
  issuersOf(certificate: Certificate, url: string, timeout: number): Promise<readonly Certificate[]>;
}
