// The step function of GOST R 34.11-94 (RFC 5831, section 5); hasher.cc drives it.
#pragma once

#include <cstdint>

namespace sealgate::gost::gost94 {

/** h = the step function of h and m, with the CryptoPro substitution boxes. */
void compress(uint64_t h[4], const uint64_t m[4]);

/** a = a + b mod 2^256. */
void add(uint64_t a[4], const uint64_t b[4]);

}  // namespace sealgate::gost::gost94
