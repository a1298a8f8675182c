/** Numbers of PKCS#11 2.40 and 3.0, and of TC 26 (range 0xD4321000), which graphene-pk11 does not name. */

/** CKO_ numbers. */
export const objectClass = { certificate: 1, publicKey: 2, privateKey: 3 } as const;

/** CKK_ numbers. CKK_GOSTR3410 serves GOST R 34.10-2001 and 256-bit keys of 2012 alike. */
export const keyType = { rsa: 0x0, ec: 0x3, gost: 0x30, edwards: 0x40, gost512: 0xd4321003 } as const;

/** CKM_ numbers of key generation. */
export const keyGeneration = {
  rsa: 0x0,
  ec: 0x1040,
  edwards: 0x1055,
  gost: 0x1200,
  gost512: 0xd4321005,
} as const;

/** CKM_ numbers of signing: those that hash on the token, and those that take what is to be signed as it is. */
export const signing = {
  rsaPkcs: 0x1,
  rsaPkcsWith: { sha256: 0x40, sha384: 0x41, sha512: 0x42 },
  rsaPss: 0xd,
  rsaPssWith: { sha256: 0x43, sha384: 0x44, sha512: 0x45 },
  ecdsa: 0x1041,
  ecdsaWith: { sha256: 0x1044, sha384: 0x1045, sha512: 0x1046 },
  eddsa: 0x1057,
  gost: { gost256: 0x1201, gost512: 0xd4321006 },
  gostWith: { gost256: 0xd4321008, gost512: 0xd4321009 },
} as const;

/** CKM_ numbers of hashes and CKG_MGF1_ numbers of masks, for CK_RSA_PKCS_PSS_PARAMS. */
export const pssHash = {
  sha256: { hash: 0x250, mask: 0x2, salt: 32 },
  sha384: { hash: 0x260, mask: 0x3, salt: 48 },
  sha512: { hash: 0x270, mask: 0x4, salt: 64 },
} as const;

/** CKF_TOKEN_PRESENT among slot flags. */
export const tokenPresent = 0x1;

/** CKC_X_509. */
export const certificateTypeX509 = 0;
