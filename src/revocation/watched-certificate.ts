import type { CurrentPath } from './current-path.ts';

/** What a session has to keep of a certificate of its path so that lists can be asked about it later. */
export interface WatchedCertificate {
  /** Encoding of the issuer's name, base64. */
  readonly issuer: string;
  /** Serial number, lower-case hexadecimal of its content octets. */
  readonly serialNumber: string;
}

/** The certificates of a path in the form that a session keeps; the signer's first. Holds no personal data. */
export function watchedIn({ path }: Pick<CurrentPath, 'path'>): readonly WatchedCertificate[] {
  return path.certificates.map((certificate) => ({
    issuer: Buffer.from(certificate.issuer.der).toString('base64'),
    serialNumber: certificate.serialNumberHex,
  }));
}
