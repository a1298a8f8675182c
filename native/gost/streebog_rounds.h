// The rounds of the compression function (RFC 6986, section 8), for either way to do LPS.
#pragma once

#include "streebog_constants.h"

namespace sealgate::gost::streebog {

using Vector = uint64_t[8];

/** h = g_N(h, m); `Transform` is to = LPS(a ^ b), where `to` may be one of them. */
template <void (*Transform)(Vector, const Vector, const Vector)>
inline __attribute__((always_inline)) void compress_with(Vector h, const Vector n, const Vector m) {
  Vector key, state;
  Transform(key, h, n);
  for (int i = 0; i < 8; i++) state[i] = m[i];
  for (int round = 0; round < 12; round++) {
    Transform(state, state, key);
    Transform(key, key, iteration[round]);
  }
  for (int i = 0; i < 8; i++) h[i] ^= state[i] ^ key[i] ^ m[i];
}

}  // namespace sealgate::gost::streebog
