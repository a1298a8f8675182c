import { declareOids } from '../asn1/oid.ts';

/** Public keys (RFC 3279, 4055, 5480, 8410, 4491, 9215). */
export const keyOids = declareOids({
  rsa: '1.2.840.113549.1.1.1',
  rsaPss: '1.2.840.113549.1.1.10',
  ec: '1.2.840.10045.2.1',
  ed25519: '1.3.101.112',
  dsa: '1.2.840.10040.4.1',
  gost94: '1.2.643.2.2.20',
  gost2001: '1.2.643.2.2.19',
  gost2012With256: '1.2.643.7.1.1.1.1',
  gost2012With512: '1.2.643.7.1.1.1.2',
});

/** Named curves of RFC 5480, section 2.1.1.1, that policies accept. */
export const curveOids = declareOids({
  'P-256': '1.2.840.10045.3.1.7',
  'P-384': '1.3.132.0.34',
  'P-521': '1.3.132.0.35',
});

/** Signatures (RFC 3279, 4055, 5754, 5758, 8410, 4491, 9215). */
export const signatureOids = declareOids({
  rsaWithMd5: '1.2.840.113549.1.1.4',
  rsaWithSha1: '1.2.840.113549.1.1.5',
  rsaWithSha224: '1.2.840.113549.1.1.14',
  rsaWithSha256: '1.2.840.113549.1.1.11',
  rsaWithSha384: '1.2.840.113549.1.1.12',
  rsaWithSha512: '1.2.840.113549.1.1.13',
  rsaWithSha3With224: '2.16.840.1.101.3.4.3.13',
  rsaWithSha3With256: '2.16.840.1.101.3.4.3.14',
  rsaWithSha3With384: '2.16.840.1.101.3.4.3.15',
  rsaWithSha3With512: '2.16.840.1.101.3.4.3.16',
  rsaPss: keyOids.rsaPss,
  ecdsaWithSha1: '1.2.840.10045.4.1',
  ecdsaWithSha224: '1.2.840.10045.4.3.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  ecdsaWithSha512: '1.2.840.10045.4.3.4',
  ecdsaWithSha3With224: '2.16.840.1.101.3.4.3.9',
  ecdsaWithSha3With256: '2.16.840.1.101.3.4.3.10',
  ecdsaWithSha3With384: '2.16.840.1.101.3.4.3.11',
  ecdsaWithSha3With512: '2.16.840.1.101.3.4.3.12',
  ed25519: keyOids.ed25519,
  dsaWithSha1: '1.2.840.10040.4.3',
  dsaWithSha224: '2.16.840.1.101.3.4.3.1',
  dsaWithSha256: '2.16.840.1.101.3.4.3.2',
  gost2001With94: '1.2.643.2.2.3',
  gost2012With256: '1.2.643.7.1.1.3.2',
  gost2012With512: '1.2.643.7.1.1.3.3',
});

/** Mask generation function of PKCS #1 (RFC 8017, appendix B.2.1). */
export const mgf1Oid = declareOids({ mgf1: '1.2.840.113549.1.1.8' }).mgf1;
