// Streebog, the hash function of GOST R 34.11-2012 (RFC 6986). The 512-bit vectors of the document are eight words here,
// the least significant first; that is also the order of the octets of message and digest.
#include "streebog.h"

#include "streebog_rounds.h"

namespace sealgate::gost::streebog {
namespace {

// The transformations S, P and L in one look-up for each octet: what octet `value` at place `row` of a word of the
// transposed vector adds to the result.
struct Tables {
  uint64_t t[8][256];
};

constexpr Tables make_tables() {
  Tables tables{};
  for (int row = 0; row < 8; row++) {
    for (int value = 0; value < 256; value++) {
      uint64_t sum = 0;
      for (int bit = 0; bit < 8; bit++) {
        if ((permutation[value] >> bit & 1) != 0) sum ^= matrix[63 - (8 * row + bit)];
      }
      tables.t[row][value] = sum;
    }
  }
  return tables;
}

alignas(64) constexpr Tables tables = make_tables();

// to = LPS(a ^ b). Word by word of the result: this order was the fastest of five (GCC 12, Zen 5).
inline __attribute__((always_inline)) void transform(Vector to, const Vector a, const Vector b) {
  uint64_t x0 = a[0] ^ b[0], x1 = a[1] ^ b[1], x2 = a[2] ^ b[2], x3 = a[3] ^ b[3];
  uint64_t x4 = a[4] ^ b[4], x5 = a[5] ^ b[5], x6 = a[6] ^ b[6], x7 = a[7] ^ b[7];
  const auto& t = tables.t;
  _Pragma("GCC unroll 8")
  for (int i = 0; i < 8; i++) {
    to[i] = t[0][x0 & 255] ^ t[1][x1 & 255] ^ t[2][x2 & 255] ^ t[3][x3 & 255] ^ t[4][x4 & 255] ^ t[5][x5 & 255] ^
            t[6][x6 & 255] ^ t[7][x7 & 255];
    x0 >>= 8, x1 >>= 8, x2 >>= 8, x3 >>= 8, x4 >>= 8, x5 >>= 8, x6 >>= 8, x7 >>= 8;
  }
}

}  // namespace

void compress(Vector h, const Vector n, const Vector m) { compress_with<transform>(h, n, m); }

void add(Vector a, const Vector b) {
  uint64_t carry = 0;
  for (int i = 0; i < 8; i++) {
    const unsigned __int128 sum = static_cast<unsigned __int128>(a[i]) + b[i] + carry;
    a[i] = uint64_t(sum);
    carry = uint64_t(sum >> 64);
  }
}

}  // namespace sealgate::gost::streebog
