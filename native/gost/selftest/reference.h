// Verification once more, slow and plain, to compare the library with: Montgomery multiplication word by word for every
// prime, textbook Jacobian formulas with every special case, one bit at a time, inverses by Fermat. Nothing here is
// shared with the library but the curves' constants.
#pragma once

#include "../gost.h"

namespace sealgate::gost::reference {

constexpr int most_words = 8;

/** An odd modulus and arithmetic with it. Numbers have `n` words and are less than the modulus. */
struct Modulus {
  int n;
  uint64_t m[most_words];
  uint64_t inverse;         // -1/m mod 2^64
  uint64_t one[most_words];     // R mod m, where R = 2^(64n)
  uint64_t square[most_words];  // R² mod m

  Modulus(const uint64_t* words, int count);
  /** r = a b / R */
  void multiply(uint64_t* r, const uint64_t* a, const uint64_t* b) const;
  void add(uint64_t* r, const uint64_t* a, const uint64_t* b) const;
  void subtract(uint64_t* r, const uint64_t* a, const uint64_t* b) const;
  /** r = 1/a, both in Montgomery's form; the modulus is prime. */
  void invert(uint64_t* r, const uint64_t* a) const;
  void enter(uint64_t* r, const uint64_t* a) const { multiply(r, a, square); }
  void leave(uint64_t* r, const uint64_t* a) const;
  /** Any number of n words modulo m. */
  void reduce(uint64_t* a) const;
};

/** A curve over one modulus with points of another. */
struct Curve {
  Modulus p, q;
  uint64_t a[most_words], b[most_words], x[most_words], y[most_words];  // in Montgomery's form
  bool cofactor;
};

struct Point {
  uint64_t x[most_words], y[most_words], z[most_words];  // z = 0: infinity
};

const Curve& curve(CurveId id);
Point infinity(const Curve& curve);
Point affine_point(const Curve& curve, const uint64_t* x, const uint64_t* y);
bool is_infinite(const Curve& curve, const Point& point);
Point add(const Curve& curve, const Point& a, const Point& b);
/** i a + j b, bit by bit, for any numbers of n words. */
Point combine(const Curve& curve, const uint64_t* i, const Point& a, const uint64_t* j, const Point& b);
/** Affine coordinates as plain numbers; the point is not infinite. */
void affine(const Curve& curve, const Point& point, uint64_t* x, uint64_t* y);

bool verify(CurveId id, Octets digest, Octets signature, Octets key);
KeyFault check_public_key(CurveId id, Octets key);

}  // namespace sealgate::gost::reference
