// Carry chains. Compilers of 2022 do not keep a carry in the flag that the processor has for it (measured: GCC 12 takes
// three times as many instructions), so x86-64 has its own version.
#pragma once

#include "words.h"

namespace sealgate::gost {

#if defined(__x86_64__) && !defined(SEALGATE_NO_ASSEMBLER)

// r op= b over all words; `mask` becomes all ones if the last word carries or borrows.
#define SEALGATE_CHAIN_4(first, next)                                                           \
  __asm__(first "q %[b0], %[r0]\n\t" next "q %[b1], %[r1]\n\t" next "q %[b2], %[r2]\n\t" next   \
                "q %[b3], %[r3]\n\tsbbq %[mask], %[mask]"                                       \
          : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [mask] "=r"(mask)   \
          : [b0] "rm"(b[0]), [b1] "rm"(b[1]), [b2] "rm"(b[2]), [b3] "rm"(b[3])                  \
          : "cc")
#define SEALGATE_CHAIN_8(first, next)                                                           \
  __asm__(first "q (%[b]), %[r0]\n\t" next "q 8(%[b]), %[r1]\n\t" next "q 16(%[b]), %[r2]\n\t" \
          next "q 24(%[b]), %[r3]\n\t" next "q 32(%[b]), %[r4]\n\t" next "q 40(%[b]), %[r5]\n\t" \
          next "q 48(%[b]), %[r6]\n\t" next "q 56(%[b]), %[r7]\n\tsbbq %[mask], %[mask]"       \
          : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [r4] "+&r"(r4),     \
            [r5] "+&r"(r5), [r6] "+&r"(r6), [r7] "+&r"(r7), [mask] "=r"(mask)                   \
          : [b] "r"(b), "m"(*reinterpret_cast<const Word(*)[8]>(b))                             \
          : "cc")
// The same with a number that has words only at its ends.
#define SEALGATE_ENDS_4(first, next)                                                            \
  __asm__(first "q %[low], %[r0]\n\t" next "q $0, %[r1]\n\t" next "q $0, %[r2]\n\t" next        \
                "q %[high], %[r3]\n\tsbbq %[mask], %[mask]"                                     \
          : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [mask] "=r"(mask)   \
          : [low] "r"(low), [high] "ri"(high)                                                   \
          : "cc")
#define SEALGATE_ENDS_8(first, next)                                                            \
  __asm__(first "q %[low], %[r0]\n\t" next "q $0, %[r1]\n\t" next "q $0, %[r2]\n\t" next        \
                "q $0, %[r3]\n\t" next "q $0, %[r4]\n\t" next "q $0, %[r5]\n\t" next            \
                "q $0, %[r6]\n\t" next "q %[high], %[r7]\n\tsbbq %[mask], %[mask]"              \
          : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [r4] "+&r"(r4),     \
            [r5] "+&r"(r5), [r6] "+&r"(r6), [r7] "+&r"(r7), [mask] "=r"(mask)                   \
          : [low] "r"(low), [high] "ri"(high)                                                   \
          : "cc")

#define SEALGATE_CARRY(a, chain, first, next)                                                   \
  Word mask, r0 = a[0], r1 = a[1], r2 = a[2], r3 = a[3];                                        \
  if constexpr (N == 4) {                                                                       \
    chain##_4(first, next);                                                                     \
  } else {                                                                                      \
    Word r4 = a[4], r5 = a[5], r6 = a[6], r7 = a[7];                                            \
    chain##_8(first, next);                                                                     \
    r[4] = r4, r[5] = r5, r[6] = r6, r[7] = r7;                                                 \
  }                                                                                             \
  r[0] = r0, r[1] = r1, r[2] = r2, r[3] = r3;                                                   \
  return mask

/** r = a + b; returns all ones if there is a carry out, otherwise zero. */
template <int N>
SEALGATE_INLINE Word add_words(Word* r, const Word* a, const Word* b) {
  SEALGATE_CARRY(a, SEALGATE_CHAIN, "add", "adc");
}

/** r = a - b; returns all ones if there is a borrow, otherwise zero. */
template <int N>
SEALGATE_INLINE Word subtract_words(Word* r, const Word* a, const Word* b) {
  SEALGATE_CARRY(a, SEALGATE_CHAIN, "sub", "sbb");
}

/** r += low + 2^(64(N-1)) high; returns all ones if there is a carry out, otherwise zero. */
template <int N>
SEALGATE_INLINE Word add_ends(Word* r, Word low, Word high) {
  SEALGATE_CARRY(r, SEALGATE_ENDS, "add", "adc");
}

/** r -= low + 2^(64(N-1)) high; returns all ones if there is a borrow, otherwise zero. */
template <int N>
SEALGATE_INLINE Word subtract_ends(Word* r, Word low, Word high) {
  SEALGATE_CARRY(r, SEALGATE_ENDS, "sub", "sbb");
}

#undef SEALGATE_CHAIN_4
#undef SEALGATE_CHAIN_8
#undef SEALGATE_ENDS_4
#undef SEALGATE_ENDS_8
#undef SEALGATE_CARRY

#else

template <int N>
SEALGATE_INLINE Word add_words(Word* r, const Word* a, const Word* b) {
  DoubleWord sum = 0;
  SEALGATE_UNROLL
  for (int i = 0; i < N; i++) {
    sum = (sum >> 64) + a[i] + b[i];
    r[i] = Word(sum);
  }
  return opaque(Word(0) - Word(sum >> 64));
}

template <int N>
SEALGATE_INLINE Word subtract_words(Word* r, const Word* a, const Word* b) {
  Word borrow = 0;
  SEALGATE_UNROLL
  for (int i = 0; i < N; i++) {
    const DoubleWord difference = DoubleWord(a[i]) - b[i] - borrow;
    r[i] = Word(difference);
    borrow = Word(difference >> 64) & 1;
  }
  return opaque(Word(0) - borrow);
}

template <int N>
SEALGATE_INLINE Word add_ends(Word* r, Word low, Word high) {
  Number<N> ends{};
  ends.w[0] = low;
  ends.w[N - 1] = high;
  return add_words<N>(r, r, ends.w);
}

template <int N>
SEALGATE_INLINE Word subtract_ends(Word* r, Word low, Word high) {
  Number<N> ends{};
  ends.w[0] = low;
  ends.w[N - 1] = high;
  return subtract_words<N>(r, r, ends.w);
}

#endif

/** r += x; returns all ones if there is a carry out, otherwise zero. */
template <int N>
SEALGATE_INLINE Word add_small(Word* r, Word x) {
  return add_ends<N>(r, x, 0);
}

/** r -= x; returns all ones if there is a borrow, otherwise zero. */
template <int N>
SEALGATE_INLINE Word subtract_small(Word* r, Word x) {
  return subtract_ends<N>(r, x, 0);
}

}  // namespace sealgate::gost
