// Arithmetic modulo the primes of the GOST curves.
//
// Every operation but `invert` and the comparisons runs in constant time. Elements need not be fully reduced: any number
// of N words stands for its residue, and `to_number` reduces.
#pragma once

#include "carry.h"
#include "field_base.h"

namespace sealgate::gost {

/** Modulo p = 2^(64 N) - C, where C is small. */
template <class Kernel, int N, Word C>
struct FieldBelow : FieldBase<FieldBelow<Kernel, N, C>, Kernel, N> {
  using Element = Number<N>;
  static constexpr bool inlined = N <= 4 || Kernel::short_products;

  static constexpr Number<N> prime() {
    Number<N> p{};
    for (int i = 0; i < N; i++) p.w[i] = ~Word(0);
    p.w[0] = Word(0) - C;
    return p;
  }
  static Element one() { return Element{{1}}; }
  static Element from_number(const Number<N>& a) { return a; }
  static Number<N> to_number(Element a) {
    // a >= p just where a + C overflows, and then what is left is a - p.
    Element reduced = a;
    select(a, reduced, add_small<N>(reduced.w, C));
    return a;
  }

  // A sum or difference that leaves the N words comes back as 2^(64N) = C. That can happen a second
  // time only next to the edge, where the lowest word alone takes the correction without a carry.
  static SEALGATE_INLINE Element add(const Element& a, const Element& b) {
    Element r;
    Word carry = add_words<N>(r.w, a.w, b.w);
    carry = add_small<N>(r.w, carry & C);
    r.w[0] += carry & C;
    return r;
  }
  static SEALGATE_INLINE Element subtract(const Element& a, const Element& b) {
    Element r;
    Word borrow = subtract_words<N>(r.w, a.w, b.w);
    borrow = subtract_small<N>(r.w, borrow & C);
    r.w[0] -= borrow & C;
    return r;
  }
  static SEALGATE_INLINE bool is_zero(const Element& a) {
    if (a.w[0] != 0 && a.w[0] != Word(0) - C) return false;
    return gost::is_zero(a) || equal(a, prime());
  }

 private:
  friend FieldBase<FieldBelow, Kernel, N>;

  static SEALGATE_INLINE Element reduce(const Word* t) {
    Element r;
    const Word top = Kernel::template fold<N, C>(r.w, t);
    const Word carry = add_small<N>(r.w, top * C);
    r.w[0] += carry & C;
    return r;
  }
};

/** Modulo p = 2^(64 N - 1) + C, where C is small; 2^(64 N) is then -2C. */
template <class Kernel, int N, Word C>
struct FieldAbove : FieldBase<FieldAbove<Kernel, N, C>, Kernel, N> {
  using Element = Number<N>;
  static constexpr bool inlined = N <= 4 || Kernel::short_products;

  static constexpr Number<N> prime() {
    Number<N> p{};
    p.w[0] = C;
    p.w[N - 1] = Word(1) << 63;
    return p;
  }
  static Element one() { return Element{{1}}; }
  static Element from_number(const Number<N>& a) { return a; }
  static Number<N> to_number(Element a) {
    Element reduced;
    const Word borrow = subtract_words<N>(reduced.w, a.w, prime().w);
    select(a, reduced, ~borrow);
    return a;
  }

  // Two primes are taken off for a carry out. Next to the edge that is one too many.
  static SEALGATE_INLINE Element add(const Element& a, const Element& b) {
    Element r;
    const Word carry = add_words<N>(r.w, a.w, b.w);
    const Word borrow = subtract_small<N>(r.w, carry & (2 * C));
    add_prime(r, borrow);
    return r;
  }
  static SEALGATE_INLINE Element subtract(const Element& a, const Element& b) {
    Element r;
    const Word borrow = subtract_words<N>(r.w, a.w, b.w);
    const Word carry = add_small<N>(r.w, borrow & (2 * C));
    subtract_prime(r, carry);
    return r;
  }
  static SEALGATE_INLINE bool is_zero(const Element& a) {
    if (a.w[0] != 0 && a.w[0] != C) return false;
    return gost::is_zero(a) || equal(a, prime());
  }

 private:
  friend FieldBase<FieldAbove, Kernel, N>;

  static SEALGATE_INLINE void add_prime(Element& r, Word mask) {
    add_ends<N>(r.w, mask & C, mask & Word(1) << 63);
  }
  static SEALGATE_INLINE void subtract_prime(Element& r, Word mask) {
    subtract_ends<N>(r.w, mask & C, mask & Word(1) << 63);
  }

  // With B = 2^(64N) = -2C and a product L + H B:
  //   L - 2C H = L + 2C (B - 1 - H) - 2C B + 2C = L + 2C ~H + (4C² + 2C),
  // so that nothing becomes negative. What stands above the N words, top <= 2C, takes 2C top off
  // the constant, which is never less than that.
  static SEALGATE_INLINE Element reduce(const Word* t) {
    Element r;
    const Word top = Kernel::template fold_complement<N, 2 * C>(r.w, t);
    const Word carry = add_small<N>(r.w, 2 * C * (2 * C + 1 - top));
    subtract_prime(r, carry);
    return r;
  }
};

/** Modulo any odd prime of N words, in Montgomery's form; elements are fully reduced. */
template <class Kernel, class Prime>
struct FieldMontgomery : FieldBase<FieldMontgomery<Kernel, Prime>, Kernel, Prime::words> {
  static constexpr int N = Prime::words;
  using Base = FieldBase<FieldMontgomery, Kernel, N>;
  static constexpr bool inlined = N <= 4;
  using Element = Number<N>;

  static constexpr Number<N> prime() { return Prime::value; }
  static Element one() {
    static const Element value = from_number(Number<N>{{1}});
    return value;
  }
  static Element from_number(const Number<N>& a) {
    // R² mod p by doubling 1 as many times as R² has bits.
    static const Element square_of_radix = [] {
      Element r{{1}};
      for (int i = 0; i < 128 * N; i++) r = add(r, r);
      return r;
    }();
    return Base::multiply(a, square_of_radix);
  }
  static Number<N> to_number(const Element& a) { return Base::multiply(a, Element{{1}}); }

  static SEALGATE_INLINE Element add(const Element& a, const Element& b) {
    Element r;
    const Word carry = add_words<N>(r.w, a.w, b.w);
    return subtract_prime_once(r, carry);
  }
  static SEALGATE_INLINE Element subtract(const Element& a, const Element& b) {
    Element r, p = prime();
    const Word borrow = subtract_words<N>(r.w, a.w, b.w);
    for (int i = 0; i < N; i++) p.w[i] &= borrow;
    add_words<N>(r.w, r.w, p.w);
    return r;
  }
  static SEALGATE_INLINE bool is_zero(const Element& a) { return gost::is_zero(a); }

 private:
  friend Base;

  /** -1 / p mod 2^64, by Newton's iteration. */
  static constexpr Word negative_inverse() {
    Word x = 1;
    for (int i = 0; i < 6; i++) x *= 2 - Prime::value.w[0] * x;
    return Word(0) - x;
  }

  static SEALGATE_INLINE Element subtract_prime_once(const Element& a, Word carry) {
    static constexpr Number<N> p = Prime::value;
    Element reduced;
    const Word borrow = subtract_words<N>(reduced.w, a.w, p.w);
    Element r = a;
    select(r, reduced, opaque(carry | ~borrow));
    return r;
  }

  static SEALGATE_INLINE Element reduce(Word* t) {
    static constexpr Number<N> p = Prime::value;
    Word carry = 0;
    SEALGATE_UNROLL
    for (int i = 0; i < N; i++) {
      const Word top = Kernel::template add_row<N>(t + i, t[i] * negative_inverse(), p.w);
      const DoubleWord sum = DoubleWord(t[i + N]) + top + carry;
      t[i + N] = Word(sum);
      carry = Word(sum >> 64);
    }
    Element r;
    SEALGATE_UNROLL
    for (int i = 0; i < N; i++) r.w[i] = t[i + N];
    return subtract_prime_once(r, Word(0) - carry);
  }
};

}  // namespace sealgate::gost
