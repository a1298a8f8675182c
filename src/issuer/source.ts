import type { Certificate } from '../certificate/certificate.ts';

/** Where certificates of issuers are had that neither the message nor the operator's trust brings. */
export interface IssuerSource {
  /** Whether the operator allows `url` to be asked at all. */
  allows(url: string): boolean;
  /**
   * Certificates published at `url` that may lie above `certificate`: by name its issuer, that one's, and so on.
   * Nothing is verified, nor does anything vouch for `certificate`. The caller waits for `timeout` ms. Rejects with a
   * FetchFailure.
   */
  issuersOf(certificate: Certificate, url: string, timeout: number): Promise<readonly Certificate[]>;
  /** To be called where a certificate from `url` lies on a valid path: that address is worth asking. */
  proved(url: string): void;
  /** The same source for what is presented at one relying party, or whoever else asks. */
  requestedBy(requester: string): IssuerSource;
}
