import { declareOids } from '../../asn1/oid.ts';

/** RFC 6960, sections 4.2.1 and 4.4; the last is RFC 6962, section 3.3. */
export const ocspOids = declareOids({
  basicResponse: '1.3.6.1.5.5.7.48.1.1',
  nonce: '1.3.6.1.5.5.7.48.1.2',
  crlReference: '1.3.6.1.5.5.7.48.1.3',
  acceptableResponses: '1.3.6.1.5.5.7.48.1.4',
  noCheck: '1.3.6.1.5.5.7.48.1.5',
  archiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  serviceLocator: '1.3.6.1.5.5.7.48.1.7',
  preferredAlgorithms: '1.3.6.1.5.5.7.48.1.8',
  extendedRevoke: '1.3.6.1.5.5.7.48.1.9',
  signedCertificateTimestamps: '1.3.6.1.4.1.11129.2.4.5',
});
