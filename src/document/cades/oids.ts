import { declareOids } from '../../asn1/oid.ts';

/** Attributes of CAdES (EN 319 122-1; RFC 5126), signed and unsigned, and those in tokens of time-stamps. */
export const cadesOids = declareOids({
  contentTimestamp: '1.2.840.113549.1.9.16.2.20',
  signatureTimestamp: '1.2.840.113549.1.9.16.2.14',
  certificateReferences: '1.2.840.113549.1.9.16.2.21',
  revocationReferences: '1.2.840.113549.1.9.16.2.22',
  certificateValues: '1.2.840.113549.1.9.16.2.23',
  revocationValues: '1.2.840.113549.1.9.16.2.24',
  cadesCTimestamp: '1.2.840.113549.1.9.16.2.25',
  referencesTimestamp: '1.2.840.113549.1.9.16.2.26',
  archiveTimestampV2: '1.2.840.113549.1.9.16.2.48',
  archiveTimestampV3: '0.4.0.1733.2.4',
  hashIndexV1: '0.4.0.1733.2.5',
  hashIndexV2: '0.4.0.19122.1.4',
  hashIndexV3: '0.4.0.19122.1.5',
  /** Adobe’s adbe-revocationInfoArchival (ISO 32000-2, 12.8.3.3.2), a signed attribute: built as revocation-values are. */
  adobeRevocationArchive: '1.2.840.113583.1.1.8',
  counterSignature: '1.2.840.113549.1.9.6',
});
