import { declareOids } from '../asn1/oid.ts';

/** Content types (RFC 5652, RFC 3161). */
export const contentOids = declareOids({
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  timeStampInfo: '1.2.840.113549.1.9.16.1.4',
});

/** Signed attributes (RFC 5652 section 11, RFC 5035, RFC 6211). */
export const signedAttributeOids = declareOids({
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  algorithmProtection: '1.2.840.113549.1.9.52',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
});

/** Kinds of revocation information beside lists (RFC 5940). */
export const revocationInfoOids = declareOids({ ocspResponse: '1.3.6.1.5.5.7.16.2' });
