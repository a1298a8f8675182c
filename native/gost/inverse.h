// Inverses and Jacobi symbols modulo an odd number by division steps: D. J. Bernstein, B.-Y. Yang, "Fast constant-time
// gcd computation and modular inversion" (TCHES 2019), in the form that skips zero bits at once, whose time depends on
// the input. For public values only.
#pragma once

#include "words.h"

namespace sealgate::gost {

/** Inverts modulo one odd modulus of N words. */
template <int N>
class Inverter {
 public:
  explicit Inverter(const Number<N>& modulus) : modulus_(from(modulus)) {
    uint64_t x = 1;
    for (int i = 0; i < 6; i++) x *= 2 - modulus.w[0] * x;
    modulus_inverse_ = x & mask;
  }

  /** 1 / a mod the modulus, 0 for 0; `a` is less than the modulus, and prime to it or 0. */
  Number<N> invert(const Number<N>& a) const {
    // Invariant: d a = f and e a = g modulo the modulus, up to the power of two that is divided out.
    Limbs f = modulus_, g = from(a), d{}, e{};
    e.v[0] = 1;
    int64_t eta = -1;
    int length = limbs;
    for (;;) {
      const Matrix m = steps(eta, uint64_t(f.v[0]), uint64_t(g.v[0]));
      update_cofactors(d, e, m);
      update_values(f, g, m, length);
      int64_t any = 0;
      for (int i = 0; i < length; i++) any |= g.v[i];
      if (any == 0) break;
      // Drop the top limb as soon as it is only a sign in both.
      if (length > 1 && is_sign(f.v[length - 1]) && is_sign(g.v[length - 1])) {
        f.v[length - 2] |= int64_t(uint64_t(f.v[length - 1]) << 62);
        g.v[length - 2] |= int64_t(uint64_t(g.v[length - 1]) << 62);
        length--;
      }
    }
    return normalise(d, f.v[length - 1] < 0);
  }

  /**
   * The Jacobi symbol of `a`, which is less than the modulus, prime to it and not 0; or 0 if it was not found in time,
   * which random numbers never see (M. Hamburg, "Computing the Jacobi symbol using Bernstein-Yang", ePrint 2021/1271:
   * steps that keep f and g positive need not end, unlike those of `invert`).
   */
  int jacobi(const Number<N>& a) const {
    Limbs f = modulus_, g = from(a);
    int64_t eta = -1;
    int length = limbs;
    unsigned flips = 0;
    for (int batch = 0; batch < 6 * N; batch++) {
      const Matrix m = positive_steps(eta, low_word(f), low_word(g), flips);
      update_values(f, g, m, length);
      int64_t rest = f.v[0] ^ 1;
      for (int i = 1; i < length; i++) rest |= f.v[i];
      if (rest == 0) return (flips & 1) == 0 ? 1 : -1;
      if (length > 1 && f.v[length - 1] == 0 && g.v[length - 1] == 0) length--;
    }
    return 0;
  }

 private:
  // Numbers as limbs of 62 bits, the top one with the sign.
  static constexpr int limbs = (64 * N + 2 + 61) / 62;
  static constexpr uint64_t mask = ~uint64_t(0) >> 2;
  struct Limbs {
    int64_t v[limbs];
  };
  // What 62 division steps do to (f, g), times 2^62.
  struct Matrix {
    int64_t u, v, q, r;
  };

  static bool is_sign(int64_t limb) { return limb == 0 || limb == -1; }

  static Limbs from(const Number<N>& a) {
    Limbs r{};
    for (int i = 0; i < limbs; i++) {
      const int word = 62 * i / 64, shift = 62 * i % 64;
      uint64_t limb = word < N ? a.w[word] >> shift : 0;
      if (shift > 2 && word + 1 < N) limb |= a.w[word + 1] << (64 - shift);
      r.v[i] = int64_t(limb & mask);
    }
    return r;
  }

  static Matrix steps(int64_t& eta, uint64_t f, uint64_t g) {
    uint64_t u = 1, v = 0, q = 0, r = 1;
    int left = 62;
    for (;;) {
      // Halve g as often as it is even; the sentinel bit ends the run with the batch.
      const int zeros = __builtin_ctzll(g | ~uint64_t(0) << left);
      g >>= zeros;
      u <<= zeros;
      v <<= zeros;
      eta -= zeros;
      left -= zeros;
      if (left == 0) break;
      if (eta < 0) {
        eta = -eta;
        uint64_t old = f;
        f = g, g = uint64_t(0) - old;
        old = u, u = q, q = uint64_t(0) - old;
        old = v, v = r, r = uint64_t(0) - old;
      }
      // Add the multiple of f that clears as many low bits of g as eta and the batch allow, at most 6:
      // f (f² - 2) is -1/f modulo 64.
      const int limit = eta + 1 > left ? left : int(eta) + 1;
      const uint64_t low = ~uint64_t(0) >> (64 - limit) & 63;
      const uint64_t w = f * g * (f * f - 2) & low;
      g += f * w;
      q += u * w;
      r += v * w;
    }
    return {int64_t(u), int64_t(v), int64_t(q), int64_t(r)};
  }

  static uint64_t low_word(const Limbs& a) { return uint64_t(a.v[0]) | uint64_t(a.v[1]) << 62; }

  // As `steps`, but f takes the place of g without a change of sign. The lowest bit of `flips` follows the Jacobi
  // symbol (g/f) by the laws for 2 and for the exchange, which look at f and g modulo 8 and 4.
  static Matrix positive_steps(int64_t& eta, uint64_t f, uint64_t g, unsigned& flips) {
    uint64_t u = 1, v = 0, q = 0, r = 1;
    int left = 62;
    for (;;) {
      const int zeros = __builtin_ctzll(g | ~uint64_t(0) << left);
      g >>= zeros;
      u <<= zeros;
      v <<= zeros;
      eta -= zeros;
      left -= zeros;
      flips ^= unsigned(zeros) & unsigned(f >> 1 ^ f >> 2);
      if (left == 0) break;
      if (eta < 0) {
        eta = -eta;
        flips ^= unsigned(f & g) >> 1;
        uint64_t old = f;
        f = g, g = old;
        old = u, u = q, q = old;
        old = v, v = r, r = old;
      }
      const int limit = eta + 1 > left ? left : int(eta) + 1;
      const uint64_t low = ~uint64_t(0) >> (64 - limit) & 63;
      const uint64_t w = f * g * (f * f - 2) & low;
      g += f * w;
      q += u * w;
      r += v * w;
    }
    return {int64_t(u), int64_t(v), int64_t(q), int64_t(r)};
  }

  // (f, g) = matrix (f, g) / 2^62, which is exact.
  static void update_values(Limbs& f, Limbs& g, const Matrix& m, int length) {
    __int128 cf = __int128(m.u) * f.v[0] + __int128(m.v) * g.v[0];
    __int128 cg = __int128(m.q) * f.v[0] + __int128(m.r) * g.v[0];
    cf >>= 62;
    cg >>= 62;
    for (int i = 1; i < length; i++) {
      cf += __int128(m.u) * f.v[i] + __int128(m.v) * g.v[i];
      cg += __int128(m.q) * f.v[i] + __int128(m.r) * g.v[i];
      f.v[i - 1] = int64_t(uint64_t(cf) & mask);
      g.v[i - 1] = int64_t(uint64_t(cg) & mask);
      cf >>= 62;
      cg >>= 62;
    }
    f.v[length - 1] = int64_t(cf);
    g.v[length - 1] = int64_t(cg);
  }

  // (d, e) = matrix (d, e) / 2^62 modulo the modulus; both stay between -2 and 1 times the modulus.
  void update_cofactors(Limbs& d, Limbs& e, const Matrix& m) const {
    const int64_t d_sign = d.v[limbs - 1] >> 63, e_sign = e.v[limbs - 1] >> 63;
    int64_t md = (m.u & d_sign) + (m.v & e_sign);
    int64_t me = (m.q & d_sign) + (m.r & e_sign);
    __int128 cd = __int128(m.u) * d.v[0] + __int128(m.v) * e.v[0];
    __int128 ce = __int128(m.q) * d.v[0] + __int128(m.r) * e.v[0];
    // Multiples of the modulus that make the lowest limb zero.
    md -= int64_t((modulus_inverse_ * uint64_t(cd) + uint64_t(md)) & mask);
    me -= int64_t((modulus_inverse_ * uint64_t(ce) + uint64_t(me)) & mask);
    cd += __int128(modulus_.v[0]) * md;
    ce += __int128(modulus_.v[0]) * me;
    cd >>= 62;
    ce >>= 62;
    for (int i = 1; i < limbs; i++) {
      cd += __int128(m.u) * d.v[i] + __int128(m.v) * e.v[i] + __int128(modulus_.v[i]) * md;
      ce += __int128(m.q) * d.v[i] + __int128(m.r) * e.v[i] + __int128(modulus_.v[i]) * me;
      d.v[i - 1] = int64_t(uint64_t(cd) & mask);
      e.v[i - 1] = int64_t(uint64_t(ce) & mask);
      cd >>= 62;
      ce >>= 62;
    }
    d.v[limbs - 1] = int64_t(cd);
    e.v[limbs - 1] = int64_t(ce);
  }

  void add_modulus(Limbs& a) const {
    for (int i = 0; i < limbs; i++) a.v[i] += modulus_.v[i];
    carry(a);
  }

  static void carry(Limbs& a) {
    for (int i = 0; i + 1 < limbs; i++) {
      a.v[i + 1] += a.v[i] >> 62;
      a.v[i] &= int64_t(mask);
    }
  }

  // From between -2 and 1 times the modulus, negated if wanted, to between 0 and 1.
  Number<N> normalise(Limbs a, bool negative) const {
    if (a.v[limbs - 1] < 0) add_modulus(a);
    if (negative) {
      for (int i = 0; i < limbs; i++) a.v[i] = -a.v[i];
      carry(a);
    }
    if (a.v[limbs - 1] < 0) add_modulus(a);
    Number<N> r{};
    for (int i = 0; i < limbs; i++) {
      const int word = 62 * i / 64, shift = 62 * i % 64;
      if (word < N) r.w[word] |= uint64_t(a.v[i]) << shift;
      if (shift > 2 && word + 1 < N) r.w[word + 1] |= uint64_t(a.v[i]) >> (64 - shift);
    }
    return r;
  }

  Limbs modulus_;
  uint64_t modulus_inverse_;
};

}  // namespace sealgate::gost
