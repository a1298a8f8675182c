// The compression function of Streebog (RFC 6986, section 8); hasher.cc drives it.
#pragma once

#include <cstdint>

namespace sealgate::gost::streebog {

/** h = g_N(h, m). */
void compress(uint64_t h[8], const uint64_t n[8], const uint64_t m[8]);

/** The same in constant time, for secrets: the tables of `compress` betray through the cache where they are read. */
void compress_secret(uint64_t h[8], const uint64_t n[8], const uint64_t m[8]);

/** a = a + b mod 2^512. */
void add(uint64_t a[8], const uint64_t b[8]);

}  // namespace sealgate::gost::streebog
