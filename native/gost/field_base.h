// What the fields of the GOST curves have in common.
#pragma once

#include "inverse.h"
#include "product.h"
#include "words.h"

namespace sealgate::gost {

/**
 * `Self` brings add, subtract, reduce (of a product), is_zero, to_number, from_number, and says whether its products are
 * short enough to be `inlined` everywhere: an addition of points has a dozen, and the instruction cache is finite.
 */
template <class Self, class Kernel, int N>
struct FieldBase {
  static constexpr int words = N;
  using Element = Number<N>;

  static SEALGATE_INLINE Element multiply(const Element& a, const Element& b) {
    if constexpr (Self::inlined) {
      return multiply_here(a, b);
    } else {
      return multiply_called(a, b);
    }
  }
  static SEALGATE_INLINE Element square(const Element& a) {
    if constexpr (Self::inlined) {
      return square_here(a);
    } else {
      return square_called(a);
    }
  }

  static SEALGATE_INLINE Element zero() { return Element{}; }
  static SEALGATE_INLINE Element twice(const Element& a) { return Self::add(a, a); }
  static SEALGATE_INLINE Element negate(const Element& a) { return Self::subtract(zero(), a); }
  static SEALGATE_INLINE Element thrice(const Element& a) { return Self::add(Self::add(a, a), a); }

  /** r = mask ? -r : r, in constant time. */
  static SEALGATE_INLINE void negate_if(Element& r, Word mask) { select(r, negate(r), mask); }

  static SEALGATE_INLINE bool is_equal(const Element& a, const Element& b) {
    return Self::is_zero(Self::subtract(a, b));
  }

  /** Fast, in time that depends on `a`; 0 for 0. */
  static Element invert(const Element& a) { return Self::from_number(inverter().invert(Self::to_number(a))); }

  /** Whether `a` is a square, in time that depends on it. */
  static bool is_square(const Element& a) {
    const Number<N> number = Self::to_number(a);
    if (gost::is_zero(number)) return true;
    if (const int symbol = inverter().jacobi(number)) return symbol > 0;
    Number<N> exponent = Self::prime();
    shift_right(exponent, 1);
    return is_equal(power(a, exponent), Self::one());
  }

  /** a^(p-2), in constant time; 0 for 0. */
  static Element invert_secret(const Element& a) {
    Number<N> exponent = Self::prime();
    exponent.w[0] -= 2;  // each of the primes ends in more than 2
    return power(a, exponent);
  }

  /** a^exponent in time that depends on the exponent, which is public, and not on `a`. */
  static Element power(const Element& a, const Number<N>& exponent) {
    int position = bit_length(exponent) - 1;
    Element r = Self::one();
    // Primes below a power of two make exponents that begin with a long run of ones.
    int run = 0;
    while (run <= position && bit(exponent, position - run) == 1) run++;
    if (run > 32) {
      r = power_of_ones(a, run);
      position -= run;
    }
    // The rest by a sliding window of four bits over odd powers; zeros between cost squarings only.
    Element odd[8];
    const Element squared = Self::square(a);
    odd[0] = a;
    for (int i = 1; i < 8; i++) odd[i] = Self::multiply(odd[i - 1], squared);
    while (position >= 0) {
      if (bit(exponent, position) == 0) {
        r = Self::square(r);
        position--;
        continue;
      }
      int low = position >= 3 ? position - 3 : 0;
      while (bit(exponent, low) == 0) low++;
      int value = 0;
      for (int i = position; i >= low; i--) {
        value = 2 * value + int(bit(exponent, i));
        r = Self::square(r);
      }
      r = Self::multiply(r, odd[value >> 1]);
      position = low - 1;
    }
    return r;
  }

 private:
  static const Inverter<N>& inverter() {
    static const Inverter<N> value(Self::prime());
    return value;
  }

  static SEALGATE_INLINE Element multiply_here(const Element& a, const Element& b) {
    Word t[2 * N];
    Kernel::template multiply<N>(t, a.w, b.w);
    return Self::reduce(t);
  }
  static SEALGATE_INLINE Element square_here(const Element& a) {
    Word t[2 * N];
    Kernel::template square<N>(t, a.w);
    return Self::reduce(t);
  }
  static __attribute__((noinline)) Element multiply_called(const Element& a, const Element& b) {
    return multiply_here(a, b);
  }
  static __attribute__((noinline)) Element square_called(const Element& a) { return square_here(a); }

  /** a^(2^count - 1): the exponent of a half followed by itself, and one more if the count is odd. */
  static Element power_of_ones(const Element& a, int count) {
    if (count == 1) return a;
    const Element half = power_of_ones(a, count / 2);
    Element r = half;
    for (int i = 0; i < count / 2; i++) r = Self::square(r);
    r = Self::multiply(r, half);
    return count % 2 == 0 ? r : Self::multiply(Self::square(r), a);
  }
};

}  // namespace sealgate::gost
