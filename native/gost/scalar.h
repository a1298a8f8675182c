// Arithmetic modulo the order of the base point.
#pragma once

#include "inverse.h"
#include "product.h"
#include "words.h"

namespace sealgate::gost {

/** Modulo one odd prime of N words. Constant time but for `invert`. Arguments are less than the prime. */
template <int N>
class Scalars {
 public:
  explicit Scalars(const Number<N>& order) : order_(order), inverter_(order) {
    Word x = 1;
    for (int i = 0; i < 6; i++) x *= 2 - order.w[0] * x;
    negative_inverse_ = Word(0) - x;
    // R² = 2^(128 N) by doubling.
    Number<N> r = reduce(Number<N>{{1}});
    for (int i = 0; i < 128 * N; i++) r = add(r, r);
    square_of_radix_ = r;
  }

  const Number<N>& order() const { return order_; }

  /** Any number of N words modulo the order; few subtractions, as every order has 64 N - 2 bits or more. */
  Number<N> reduce(Number<N> a) const {
    for (int i = 0; i < 4; i++) {
      Number<N> reduced;
      const Word borrow = gost::subtract(reduced, a, order_);
      select(a, reduced, opaque(borrow - 1));
    }
    return a;
  }

  Number<N> add(const Number<N>& a, const Number<N>& b) const {
    Number<N> sum, reduced;
    const Word carry = gost::add(sum, a, b);
    const Word borrow = gost::subtract(reduced, sum, order_);
    select(sum, reduced, opaque(Word(0) - (carry | (1 - borrow))));
    return sum;
  }

  Number<N> negate(const Number<N>& a) const {
    Number<N> r;
    gost::subtract(r, order_, a);
    return reduce(r);
  }

  Number<N> multiply(const Number<N>& a, const Number<N>& b) const {
    return montgomery(montgomery(a, b), square_of_radix_);
  }

  /** 1 / a, in time that depends on `a`: for public values only. */
  Number<N> invert(const Number<N>& a) const { return inverter_.invert(a); }

  /** Whether 0 < a < q. */
  bool is_unit(const Number<N>& a) const { return !is_zero(a) && less(a, order_); }

 private:
  Number<N> montgomery(const Number<N>& a, const Number<N>& b) const {
    Word t[2 * N];
    Portable::multiply<N>(t, a.w, b.w);
    Word carry = 0;
    for (int i = 0; i < N; i++) {
      const Word top = Portable::add_row<N>(t + i, t[i] * negative_inverse_, order_.w);
      const DoubleWord sum = DoubleWord(t[i + N]) + top + carry;
      t[i + N] = Word(sum);
      carry = Word(sum >> 64);
    }
    Number<N> r, reduced;
    for (int i = 0; i < N; i++) r.w[i] = t[i + N];
    const Word borrow = gost::subtract(reduced, r, order_);
    select(r, reduced, opaque(Word(0) - (carry | (1 - borrow))));
    wipe(t, sizeof t);
    return r;
  }

  Number<N> order_;
  Inverter<N> inverter_;
  Number<N> square_of_radix_;
  Word negative_inverse_;
};

/**
 * Signed digits of a scalar below 2^(64N-1): odd or zero, less than 2^(width-1) in size, and after one that is
 * not zero come width - 1 zeros (non-adjacent form). Sum of digit[i] 2^i is the scalar.
 */
template <int N>
struct SignedDigits {
  int16_t digit[64 * N];
  int length = 0;  // no digit at or above this position

  void recode(const Number<N>& k, int width, bool negative) {
    for (int i = 0; i < 64 * N; i++) digit[i] = 0;
    unsigned carry = 0;
    int position = 0;
    while (position < 64 * N) {
      if (bit(k, position) == carry) {
        position++;
        continue;
      }
      const int count = 64 * N - position < width ? 64 * N - position : width;
      const int word = position / 64, shift = position % 64;
      Word bits = k.w[word] >> shift;
      if (shift + count > 64) bits |= k.w[word + 1] << (64 - shift);
      int value = int(bits & ((Word(1) << count) - 1)) + int(carry);
      carry = unsigned(value) >> (width - 1) & 1;
      value -= int(carry) << width;
      digit[position] = int16_t(negative ? -value : value);
      length = position + 1;
      position += width;
    }
  }
};

/** The digits of k or of k - q, whichever is smaller in size, so that the top bit is free. */
template <int N>
void recode_centred(SignedDigits<N>& digits, const Number<N>& k, const Number<N>& q, int width) {
  Number<N> other;
  subtract(other, q, k);
  const bool negative = less(other, k);
  digits.recode(negative ? other : k, width, negative);
}

}  // namespace sealgate::gost
