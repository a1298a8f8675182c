// Long multiplication, and the first step of reduction for primes beside a power of two.
// `Portable` is C++ alone; `Adx` uses the two independent carry chains of x86-64 processors
// made since 2015 (Broadwell, Zen) and is chosen at run time.
#pragma once

#include "words.h"

#if defined(__x86_64__) && !defined(SEALGATE_NO_ASSEMBLER)
#define SEALGATE_ADX 1
#endif

namespace sealgate::gost {

struct Portable {
  static constexpr bool short_products = false;

  /** t = a b, of 2 N words. */
  template <int N>
  static SEALGATE_INLINE void multiply(Word* t, const Word* a, const Word* b) {
    t[N] = multiply_row<N>(t, a[0], b);
    SEALGATE_UNROLL
    for (int i = 1; i < N; i++) t[i + N] = add_row<N>(t + i, a[i], b);
  }

  /** t = a², of 2 N words. */
  template <int N>
  static SEALGATE_INLINE void square(Word* t, const Word* a) {
    multiply<N>(t, a, a);
  }

  /** r = t mod 2^(64N) + C (t div 2^(64N)); returns the word above r. */
  template <int N, Word C>
  static SEALGATE_INLINE Word fold(Word* r, const Word* t) {
    DoubleWord sum = 0;
    SEALGATE_UNROLL
    for (int i = 0; i < N; i++) {
      sum = DoubleWord(t[N + i]) * C + t[i] + Word(sum >> 64);
      r[i] = Word(sum);
    }
    return Word(sum >> 64);
  }

  /** As fold, with the complement of the upper half: r = low + C (2^(64N) - 1 - high). */
  template <int N, Word C>
  static SEALGATE_INLINE Word fold_complement(Word* r, const Word* t) {
    DoubleWord sum = 0;
    SEALGATE_UNROLL
    for (int i = 0; i < N; i++) {
      sum = DoubleWord(~t[N + i]) * C + t[i] + Word(sum >> 64);
      r[i] = Word(sum);
    }
    return Word(sum >> 64);
  }

  /** t += x b; returns the word above. */
  template <int N>
  static SEALGATE_INLINE Word add_row(Word* t, Word x, const Word* b) {
    Word carry = 0;
    SEALGATE_UNROLL
    for (int j = 0; j < N; j++) {
      const DoubleWord sum = DoubleWord(x) * b[j] + t[j] + carry;
      t[j] = Word(sum);
      carry = Word(sum >> 64);
    }
    return carry;
  }

 private:
  template <int N>
  static SEALGATE_INLINE Word multiply_row(Word* t, Word x, const Word* b) {
    Word carry = 0;
    SEALGATE_UNROLL
    for (int j = 0; j < N; j++) {
      const DoubleWord sum = DoubleWord(x) * b[j] + carry;
      t[j] = Word(sum);
      carry = Word(sum >> 64);
    }
    return carry;
  }
};

}  // namespace sealgate::gost
