import { digestOfKey } from '../algorithm/public-key-info.ts';
import type { ValidPath } from '../path/valid-path.ts';
import { requesterOf } from '../revocation/requester.ts';

/** What is kept of a certificate of a path so that it is seen which lists may name it. Holds no personal data. */
export interface WatchedCertificate {
  /** Encoding of the issuer's name, base64. */
  readonly issuer: string;
  /** Serial number, lower-case hexadecimal of its content octets. */
  readonly serialNumber: string;
  /** Digest of the issuer's key, base64. */
  readonly key: string;
  /** The branch of the trust that it stands in; see `Requester`. */
  readonly branch: string;
}

/** The certificates of a path, the signer's first. */
export function watchedIn({ certificates, issuers }: ValidPath): readonly WatchedCertificate[] {
  return certificates.map((certificate, at) => ({
    issuer: Buffer.from(certificate.issuer.der).toString('base64'),
    serialNumber: certificate.serialNumberHex,
    key: digestOfKey(issuers[at]!.publicKey),
    branch: requesterOf(issuers.slice(at)).branch,
  }));
}
