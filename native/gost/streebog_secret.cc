// Streebog in constant time: bits of the same place of all 64 octets stand together in a word, and the permutation is
// computed with logic instead of being looked up. Every index below follows from constants alone.
#include "streebog.h"
#include "streebog_rounds.h"

namespace sealgate::gost::streebog {
namespace {

// Exchanges the bits of `b` under `mask` with those of `a` that stand `shift` places higher.
inline void exchange(uint64_t& a, uint64_t& b, uint64_t mask, int shift) {
  const uint64_t difference = (a >> shift ^ b) & mask;
  b ^= difference;
  a ^= difference << shift;
}

// Turns eight words of eight octets of eight bits: bit k of octet i of word j becomes bit i of octet j of word k.
void slice(Vector x) {
  for (int j = 0; j < 8; j++) {
    // Within a word, bit k of octet i becomes bit i of octet k.
    uint64_t& word = x[j];
    uint64_t difference = (word ^ word >> 7) & 0x00aa00aa00aa00aa;
    word ^= difference ^ difference << 7;
    difference = (word ^ word >> 14) & 0x0000cccc0000cccc;
    word ^= difference ^ difference << 14;
    difference = (word ^ word >> 28) & 0x00000000f0f0f0f0;
    word ^= difference ^ difference << 28;
  }
  // Between words, octet k of word j becomes octet j of word k.
  for (int j = 0; j < 8; j += 2) exchange(x[j], x[j + 1], 0x00ff00ff00ff00ff, 8);
  for (int j = 0; j < 8; j += j % 4 == 1 ? 3 : 1) exchange(x[j], x[j + 2], 0x0000ffff0000ffff, 16);
  for (int j = 0; j < 4; j++) exchange(x[j], x[j + 4], 0x00000000ffffffff, 32);
}

// All sixteen products of four bits or their complements, for 64 octets at once.
inline void products(const uint64_t* bits, uint64_t* product) {
  for (int value = 0; value < 16; value++) {
    product[value] = ~uint64_t(0);
    for (int k = 0; k < 4; k++) product[value] &= (value >> k & 1) != 0 ? bits[k] : ~bits[k];
  }
}

// Which of the four products 4g to 4g + 3 of the lower half belong to bit k of the image of octets with upper half h.
struct Subsets {
  uint8_t s[16][8][4];
};

constexpr Subsets make_subsets() {
  Subsets subsets{};
  for (int octet = 0; octet < 256; octet++) {
    for (int k = 0; k < 8; k++) {
      const int has = permutation[octet] >> k & 1;
      subsets.s[octet >> 4][k][octet >> 2 & 3] |= uint8_t(has << (octet & 3));
    }
  }
  return subsets;
}

constexpr Subsets subsets = make_subsets();

// The permutation pi on all octets of a sliced vector: for each upper half the sum of the products of lower halves that
// have the bit in their image. Sums of four products are made once.
void substitute(Vector x) {
  uint64_t low[16], high[16], sums[4][16], result[8] = {};
  products(x, low);
  products(x + 4, high);
  for (int g = 0; g < 4; g++) {
    sums[g][0] = 0;
    for (int subset = 1; subset < 16; subset++) {
      const int last = __builtin_ctz(unsigned(subset));
      sums[g][subset] = sums[g][subset & (subset - 1)] ^ low[4 * g + last];
    }
  }
  for (int h = 0; h < 16; h++) {
    for (int k = 0; k < 8; k++) {
      const uint8_t* s = subsets.s[h][k];
      result[k] ^= high[h] & (sums[0][s[0]] ^ sums[1][s[1]] ^ sums[2][s[2]] ^ sums[3][s[3]]);
    }
  }
  for (int k = 0; k < 8; k++) x[k] = result[k];
}

// The rows of the matrix with an octet of ones for each bit.
struct Spread {
  uint64_t row[64][8];
};

constexpr Spread make_spread() {
  Spread spread{};
  for (int row = 0; row < 64; row++) {
    for (int bit = 0; bit < 64; bit++) {
      if ((matrix[row] >> bit & 1) != 0) spread.row[row][bit / 8] |= uint64_t(255) << (8 * (bit % 8));
    }
  }
  return spread;
}

constexpr Spread spread = make_spread();

// to = LPS(a ^ b)
void transform(Vector to, const Vector a, const Vector b) {
  Vector x;
  for (int i = 0; i < 8; i++) x[i] = a[i] ^ b[i];
  slice(x);
  substitute(x);
  // Octet j of word k now has bit k of all octets that P brings into row j, and goes wherever the row has a bit.
  Vector result = {};
  for (int j = 0; j < 8; j++) {
    for (int k = 0; k < 8; k++) {
      const uint64_t everywhere = (x[k] >> (8 * j) & 255) * 0x0101010101010101;
      const uint64_t* row = spread.row[63 - (8 * j + k)];
      for (int i = 0; i < 8; i++) result[i] ^= everywhere & row[i];
    }
  }
  slice(result);
  for (int i = 0; i < 8; i++) to[i] = result[i];
}

}  // namespace

void compress_secret(Vector h, const Vector n, const Vector m) { compress_with<transform>(h, n, m); }

}  // namespace sealgate::gost::streebog
