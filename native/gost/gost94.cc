// GOST R 34.11-94 (RFC 5831) with the substitution boxes id-GostR3411-94-CryptoProParamSet (RFC 4357, section 11.2).
// Certificates of before 2019 are signed over it; nothing new is.
#include "gost94.h"

#include <cstring>

namespace sealgate::gost::gost94 {
namespace {

// Boxes for the lowest to the highest four bits.
constexpr uint8_t boxes[8][16] = {
    {0xA, 4, 5, 6, 8, 1, 3, 7, 0xD, 0xC, 0xE, 0, 9, 2, 0xB, 0xF},
    {5, 0xF, 4, 0, 2, 0xD, 0xB, 9, 1, 7, 6, 3, 0xC, 0xE, 0xA, 8},
    {7, 0xF, 0xC, 0xE, 9, 4, 1, 0, 3, 0xB, 5, 2, 6, 0xA, 8, 0xD},
    {4, 0xA, 7, 0xC, 0, 0xF, 2, 8, 0xE, 1, 6, 5, 0xD, 0xB, 9, 3},
    {7, 6, 4, 0xB, 9, 0xC, 2, 0xA, 1, 8, 0, 0xE, 0xF, 0xD, 3, 5},
    {7, 6, 2, 4, 0xD, 9, 0xF, 0, 0xA, 1, 5, 0xB, 8, 0xE, 0xC, 3},
    {0xD, 0xE, 4, 1, 7, 0, 5, 0xA, 3, 0xC, 8, 0xF, 6, 2, 9, 0xB},
    {1, 3, 0xA, 9, 5, 0xB, 4, 0xF, 8, 6, 7, 0xE, 0xD, 0, 2, 0xC},
};

// Two boxes at a time, with the rotation by 11 that follows.
struct Tables {
  uint32_t t[4][256];
};

constexpr Tables make_tables() {
  Tables tables{};
  for (int i = 0; i < 4; i++) {
    for (int value = 0; value < 256; value++) {
      const uint32_t pair = uint32_t(boxes[2 * i + 1][value >> 4]) << 4 | boxes[2 * i][value & 15];
      const uint32_t placed = pair << (8 * i);
      tables.t[i][value] = placed << 11 | placed >> 21;
    }
  }
  return tables;
}

constexpr Tables tables = make_tables();

uint32_t substitute(uint32_t x) {
  return tables.t[0][x & 255] ^ tables.t[1][x >> 8 & 255] ^ tables.t[2][x >> 16 & 255] ^ tables.t[3][x >> 24];
}

// The block cipher GOST 28147-89: 32 rounds, with the key words forwards three times and once backwards.
uint64_t encrypt(const uint32_t key[8], uint64_t block) {
  uint32_t low = uint32_t(block), high = uint32_t(block >> 32);
  for (int round = 0; round < 32; round += 2) {
    const int first = round < 24 ? round % 8 : 7 - round % 8;
    const int second = round < 24 ? first + 1 : first - 1;
    high ^= substitute(low + key[first]);
    low ^= substitute(high + key[second]);
  }
  return uint64_t(low) << 32 | high;
}

// The permutation P of octets: octet i + 4k of the key is octet 8i + k.
void make_key(const uint64_t u[4], const uint64_t v[4], uint32_t key[8]) {
  for (int k = 0; k < 8; k++) {
    key[k] = 0;
    for (int i = 0; i < 4; i++) key[k] |= uint32_t((u[i] ^ v[i]) >> (8 * k) & 255) << (8 * i);
  }
}

// The transformation A.
void advance(uint64_t y[4]) {
  const uint64_t top = y[0] ^ y[1];
  y[0] = y[1], y[1] = y[2], y[2] = y[3], y[3] = top;
}

// The mixing transformation psi, so many times over words of 16 bits.
void mix(uint64_t vector[4], int times) {
  uint16_t w[16 + 61];
  for (int i = 0; i < 16; i++) w[i] = uint16_t(vector[i / 4] >> (16 * (i % 4)));
  for (int i = 0; i < times; i++) {
    w[i + 16] = uint16_t(w[i] ^ w[i + 1] ^ w[i + 2] ^ w[i + 3] ^ w[i + 12] ^ w[i + 15]);
  }
  for (int i = 0; i < 4; i++) {
    const uint16_t* from = w + times + 4 * i;
    vector[i] = uint64_t(from[3]) << 48 | uint64_t(from[2]) << 32 | uint64_t(from[1]) << 16 | from[0];
  }
}

// The constant C3; C2 and C4 are zero.
constexpr uint64_t third_constant[4] = {0xff00ff00ff00ff00, 0x00ff00ff00ff00ff, 0xff0000ff00ffff00, 0xff00ffff000000ff};

}  // namespace

void compress(uint64_t h[4], const uint64_t m[4]) {
  uint64_t u[4], v[4], s[4];
  memcpy(u, h, sizeof u);
  memcpy(v, m, sizeof v);
  for (int i = 0; i < 4; i++) {
    if (i > 0) {
      advance(u);
      if (i == 2) {
        for (int j = 0; j < 4; j++) u[j] ^= third_constant[j];
      }
      advance(v);
      advance(v);
    }
    uint32_t key[8];
    make_key(u, v, key);
    s[i] = encrypt(key, h[i]);
  }
  mix(s, 12);
  for (int i = 0; i < 4; i++) s[i] ^= m[i];
  mix(s, 1);
  for (int i = 0; i < 4; i++) h[i] ^= s[i];
  mix(h, 61);
}

void add(uint64_t a[4], const uint64_t b[4]) {
  uint64_t carry = 0;
  for (int i = 0; i < 4; i++) {
    const unsigned __int128 sum = static_cast<unsigned __int128>(a[i]) + b[i] + carry;
    a[i] = uint64_t(sum);
    carry = uint64_t(sum >> 64);
  }
}

}  // namespace sealgate::gost::gost94
