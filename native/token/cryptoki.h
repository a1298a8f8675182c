// PKCS#11 declarations (RSA Security Inc. PKCS #11 Cryptographic Token Interface, from the pkcs11js package), and the
// numbers that they lack: version 2.40 gives GOST R 34.10-2012 none, so TC 26 numbers it in the vendors' range.
#pragma once

#define CK_PTR *
#define CK_DECLARE_FUNCTION(returnType, name) returnType name
#define CK_DECLARE_FUNCTION_POINTER(returnType, name) returnType(*name)
#define CK_CALLBACK_FUNCTION(returnType, name) returnType(*name)
#ifndef NULL_PTR
#define NULL_PTR nullptr
#endif

#ifdef _WIN32
#pragma pack(push, cryptoki, 1)
#endif
#include <pkcs11/pkcs11.h>
#ifdef _WIN32
#pragma pack(pop, cryptoki)
#endif

namespace sealgate::token {

constexpr CK_ULONG kTc26 = 0xD4321000UL;

constexpr CK_KEY_TYPE kKeyGost512 = kTc26 | 0x003;

constexpr CK_MECHANISM_TYPE kGenerate256 = 0x1200;  // CKM_GOSTR3410_KEY_PAIR_GEN
constexpr CK_MECHANISM_TYPE kSign256 = 0x1201;      // CKM_GOSTR3410
constexpr CK_MECHANISM_TYPE kGenerate512 = kTc26 | 0x005;
constexpr CK_MECHANISM_TYPE kSign512 = kTc26 | 0x006;
constexpr CK_MECHANISM_TYPE kHashAndSign256 = kTc26 | 0x008;
constexpr CK_MECHANISM_TYPE kHashAndSign512 = kTc26 | 0x009;
constexpr CK_MECHANISM_TYPE kStreebog256 = kTc26 | 0x012;
constexpr CK_MECHANISM_TYPE kStreebog512 = kTc26 | 0x013;

/** A return value on its way up to the entry function. */
struct Refusal {
  CK_RV value;
};

}  // namespace sealgate::token
