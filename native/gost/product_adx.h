// Long multiplication with MULX, ADCX and ADOX (Intel SDM volume 2; ADX has two carry flags that
// do not disturb each other, so that low and high halves of products are added in one pass).
// The working words of 256-bit numbers stay in registers from the product to its reduction.
#pragma once

#include "product.h"

#ifdef SEALGATE_ADX

namespace sealgate::gost {

// The building blocks: rdx times a word of memory, added to two words of the running sum.
#define BEGIN(factor) "movq " factor ", %%rdx\n\txorl %k[lo], %k[lo]\n\t"
#define FIRST(source, low, high) "mulxq " source ", " low ", " high "\n\t"
#define CHAIN(source, low, high) \
  "mulxq " source ", %[lo], " high "\n\tadcxq %[lo], " low "\n\t"
#define STEP(source, low, high) \
  "mulxq " source ", %[lo], %[hi]\n\tadcxq %[lo], " low "\n\tadoxq %[hi], " high "\n\t"
#define LAST(source, low, top) CHAIN(source, low, top) FINISH(top)
#define FINISH(top) "movl $0, %k[lo]\n\tadoxq %[lo], " top "\n\tadcxq %[lo], " top "\n\t"
#define CARRY(top) "movl $0, %k[lo]\n\tadcxq %[lo], " top "\n\t"
#define DOUBLE_ADD(word, addend) \
  "adcxq " word ", " word "\n\tadoxq " addend ", " word "\n\t"
#define STORE(reg, offset) "movq " reg ", " offset "(%[t])\n\t"
#define LOAD(offset, reg) "movq " offset "(%[t]), " reg "\n\t"

#define WORDS(pointer, n) (*reinterpret_cast<Word(*)[n]>(pointer))
#define CONST_WORDS(pointer, n) (*reinterpret_cast<const Word(*)[n]>(pointer))

struct Adx {
  static constexpr bool short_products = true;

  static bool supported() { return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("adx"); }

  template <int N>
  static SEALGATE_INLINE void multiply(Word* t, const Word* a, const Word* b) {
    if constexpr (N == 4) {
      multiply4(t, a, b);
    } else {
      multiply8(t, a, b);
    }
  }

  template <int N>
  static SEALGATE_INLINE void square(Word* t, const Word* a) {
    if constexpr (N == 4) {
      square4(t, a);
    } else {
      square8(t, a);
    }
  }

  template <int N, Word C>
  static SEALGATE_INLINE Word fold(Word* r, const Word* t) {
    if constexpr (N == 4) {
      return fold4<C>(r, t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7]);
    } else {
      return fold8<C>(r, t);
    }
  }

  template <int N, Word C>
  static SEALGATE_INLINE Word fold_complement(Word* r, const Word* t) {
    if constexpr (N == 4) {
      return fold4<C>(r, t[0], t[1], t[2], t[3], ~t[4], ~t[5], ~t[6], ~t[7]);
    } else {
      return fold_complement8<C>(r, t);
    }
  }

  template <int N>
  static SEALGATE_INLINE Word add_row(Word* t, Word x, const Word* b) {
    if constexpr (N == 4) {
      return add_row4(t, x, b);
    } else {
      return Portable::add_row<N>(t, x, b);
    }
  }

 private:
  static SEALGATE_INLINE void multiply4(Word* t, const Word* a, const Word* b) {
    Word t0, t1, t2, t3, t4, t5, t6, t7, lo, hi;
    __asm__(BEGIN("(%[a])")
            FIRST("(%[b])", "%[t0]", "%[t1]") CHAIN("8(%[b])", "%[t1]", "%[t2]")
            CHAIN("16(%[b])", "%[t2]", "%[t3]") CHAIN("24(%[b])", "%[t3]", "%[t4]") CARRY("%[t4]")
            BEGIN("8(%[a])")
            STEP("(%[b])", "%[t1]", "%[t2]") STEP("8(%[b])", "%[t2]", "%[t3]")
            STEP("16(%[b])", "%[t3]", "%[t4]") LAST("24(%[b])", "%[t4]", "%[t5]")
            BEGIN("16(%[a])")
            STEP("(%[b])", "%[t2]", "%[t3]") STEP("8(%[b])", "%[t3]", "%[t4]")
            STEP("16(%[b])", "%[t4]", "%[t5]") LAST("24(%[b])", "%[t5]", "%[t6]")
            BEGIN("24(%[a])")
            STEP("(%[b])", "%[t3]", "%[t4]") STEP("8(%[b])", "%[t4]", "%[t5]")
            STEP("16(%[b])", "%[t5]", "%[t6]") LAST("24(%[b])", "%[t6]", "%[t7]")
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
              [t5] "=&r"(t5), [t6] "=&r"(t6), [t7] "=&r"(t7), [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a] "r"(a), [b] "r"(b), "m"(CONST_WORDS(a, 4)), "m"(CONST_WORDS(b, 4))
            : "rdx", "cc");
    t[0] = t0, t[1] = t1, t[2] = t2, t[3] = t3, t[4] = t4, t[5] = t5, t[6] = t6, t[7] = t7;
  }

  static SEALGATE_INLINE void square4(Word* t, const Word* a) {
    Word t0, t1, t2, t3, t4, t5, t6, t7, lo, hi;
    __asm__(BEGIN("(%[a])")
            FIRST("8(%[a])", "%[t1]", "%[t2]") CHAIN("16(%[a])", "%[t2]", "%[t3]")
            CHAIN("24(%[a])", "%[t3]", "%[t4]") CARRY("%[t4]")
            BEGIN("8(%[a])")
            STEP("16(%[a])", "%[t3]", "%[t4]") LAST("24(%[a])", "%[t4]", "%[t5]")
            BEGIN("16(%[a])") CHAIN("24(%[a])", "%[t5]", "%[t6]") CARRY("%[t6]")
            BEGIN("(%[a])") FIRST("%%rdx", "%[t0]", "%[hi]") DOUBLE_ADD("%[t1]", "%[hi]")
            "movq 8(%[a]), %%rdx\n\t" FIRST("%%rdx", "%[lo]", "%[hi]")
            DOUBLE_ADD("%[t2]", "%[lo]") DOUBLE_ADD("%[t3]", "%[hi]")
            "movq 16(%[a]), %%rdx\n\t" FIRST("%%rdx", "%[lo]", "%[hi]")
            DOUBLE_ADD("%[t4]", "%[lo]") DOUBLE_ADD("%[t5]", "%[hi]")
            "movq 24(%[a]), %%rdx\n\t" FIRST("%%rdx", "%[lo]", "%[t7]")
            DOUBLE_ADD("%[t6]", "%[lo]") FINISH("%[t7]")
            : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4),
              [t5] "=&r"(t5), [t6] "=&r"(t6), [t7] "=&r"(t7), [lo] "=&r"(lo), [hi] "=&r"(hi)
            : [a] "r"(a), "m"(CONST_WORDS(a, 4))
            : "rdx", "cc");
    t[0] = t0, t[1] = t1, t[2] = t2, t[3] = t3, t[4] = t4, t[5] = t5, t[6] = t6, t[7] = t7;
  }

  template <Word C>
  static SEALGATE_INLINE Word fold4(Word* r, Word t0, Word t1, Word t2, Word t3, Word t4, Word t5,
                                    Word t6, Word t7) {
    Word lo, hi, top;
    __asm__(BEGIN("%[c]")
            STEP("%[t4]", "%[t0]", "%[t1]") STEP("%[t5]", "%[t1]", "%[t2]")
            STEP("%[t6]", "%[t2]", "%[t3]") LAST("%[t7]", "%[t3]", "%[top]")
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [lo] "=&r"(lo),
              [hi] "=&r"(hi), [top] "=&r"(top)
            : [t4] "r"(t4), [t5] "r"(t5), [t6] "r"(t6), [t7] "r"(t7), [c] "i"(C)
            : "rdx", "cc");
    r[0] = t0, r[1] = t1, r[2] = t2, r[3] = t3;
    return top;
  }

  static SEALGATE_INLINE Word add_row4(Word* t, Word x, const Word* b) {
    Word lo, hi, top, t0 = t[0], t1 = t[1], t2 = t[2], t3 = t[3];
    __asm__(BEGIN("%[x]")
            STEP("(%[b])", "%[t0]", "%[t1]") STEP("8(%[b])", "%[t1]", "%[t2]")
            STEP("16(%[b])", "%[t2]", "%[t3]") LAST("24(%[b])", "%[t3]", "%[top]")
            : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [lo] "=&r"(lo),
              [hi] "=&r"(hi), [top] "=&r"(top)
            : [x] "r"(x), [b] "r"(b), "m"(CONST_WORDS(b, 4))
            : "rdx", "cc");
    t[0] = t0, t[1] = t1, t[2] = t2, t[3] = t3;
    return top;
  }

#define OUT8                                                                                  \
  [w0] "=&r"(w0), [w1] "=&r"(w1), [w2] "=&r"(w2), [w3] "=&r"(w3), [w4] "=&r"(w4),             \
      [w5] "=&r"(w5), [w6] "=&r"(w6), [w7] "=&r"(w7), [lo] "=&r"(lo), [hi] "=&r"(hi)

// One row of the product: the lowest word is done and leaves, its register takes the new top.
#define ROW8(offset, w0, w1, w2, w3, w4, w5, w6, w7)                                      \
  BEGIN(offset "(%[a])") STEP("(%[b])", w0, w1) STORE(w0, offset) STEP("8(%[b])", w1, w2) \
  STEP("16(%[b])", w2, w3) STEP("24(%[b])", w3, w4) STEP("32(%[b])", w4, w5)              \
  STEP("40(%[b])", w5, w6) STEP("48(%[b])", w6, w7) LAST("56(%[b])", w7, w0)

  static SEALGATE_INLINE void multiply8(Word* t, const Word* a, const Word* b) {
    Word w0, w1, w2, w3, w4, w5, w6, w7, lo, hi;
    __asm__(BEGIN("(%[a])")
            FIRST("(%[b])", "%[hi]", "%[w1]") STORE("%[hi]", "0") CHAIN("8(%[b])", "%[w1]", "%[w2]")
            CHAIN("16(%[b])", "%[w2]", "%[w3]") CHAIN("24(%[b])", "%[w3]", "%[w4]")
            CHAIN("32(%[b])", "%[w4]", "%[w5]") CHAIN("40(%[b])", "%[w5]", "%[w6]")
            CHAIN("48(%[b])", "%[w6]", "%[w7]") CHAIN("56(%[b])", "%[w7]", "%[w0]") CARRY("%[w0]")
            ROW8("8", "%[w1]", "%[w2]", "%[w3]", "%[w4]", "%[w5]", "%[w6]", "%[w7]", "%[w0]")
            ROW8("16", "%[w2]", "%[w3]", "%[w4]", "%[w5]", "%[w6]", "%[w7]", "%[w0]", "%[w1]")
            ROW8("24", "%[w3]", "%[w4]", "%[w5]", "%[w6]", "%[w7]", "%[w0]", "%[w1]", "%[w2]")
            ROW8("32", "%[w4]", "%[w5]", "%[w6]", "%[w7]", "%[w0]", "%[w1]", "%[w2]", "%[w3]")
            ROW8("40", "%[w5]", "%[w6]", "%[w7]", "%[w0]", "%[w1]", "%[w2]", "%[w3]", "%[w4]")
            ROW8("48", "%[w6]", "%[w7]", "%[w0]", "%[w1]", "%[w2]", "%[w3]", "%[w4]", "%[w5]")
            ROW8("56", "%[w7]", "%[w0]", "%[w1]", "%[w2]", "%[w3]", "%[w4]", "%[w5]", "%[w6]")
            STORE("%[w0]", "64") STORE("%[w1]", "72") STORE("%[w2]", "80") STORE("%[w3]", "88")
            STORE("%[w4]", "96") STORE("%[w5]", "104") STORE("%[w6]", "112") STORE("%[w7]", "120")
            : OUT8, "=m"(WORDS(t, 16))
            : [t] "r"(t), [a] "r"(a), [b] "r"(b), "m"(CONST_WORDS(a, 8)), "m"(CONST_WORDS(b, 8))
            : "rdx", "cc");
  }

// Words 2i and 2i + 1 of the square: twice the mixed products and the square of word i.
#define DIAGONAL(source, low, high)                                       \
  "movq " source "(%[a]), %%rdx\n\t" FIRST("%%rdx", "%[lo]", "%[hi]")     \
  DOUBLE_ADD(low, "%[lo]") DOUBLE_ADD(high, "%[hi]")

  static SEALGATE_INLINE void square8(Word* t, const Word* a) {
    Word w0, w1, w2, w3, w4, w5, w6, w7, lo, hi;
    __asm__(
        // Mixed products; w0 holds words 1 and 9, w1 words 2 and 10, and so on.
        BEGIN("(%[a])")
        FIRST("8(%[a])", "%[w0]", "%[w1]") CHAIN("16(%[a])", "%[w1]", "%[w2]")
        CHAIN("24(%[a])", "%[w2]", "%[w3]") CHAIN("32(%[a])", "%[w3]", "%[w4]")
        CHAIN("40(%[a])", "%[w4]", "%[w5]") CHAIN("48(%[a])", "%[w5]", "%[w6]")
        CHAIN("56(%[a])", "%[w6]", "%[w7]") CARRY("%[w7]")
        STORE("%[w0]", "8") STORE("%[w1]", "16")
        BEGIN("8(%[a])")
        STEP("16(%[a])", "%[w2]", "%[w3]") STEP("24(%[a])", "%[w3]", "%[w4]")
        STEP("32(%[a])", "%[w4]", "%[w5]") STEP("40(%[a])", "%[w5]", "%[w6]")
        STEP("48(%[a])", "%[w6]", "%[w7]") LAST("56(%[a])", "%[w7]", "%[w0]")
        STORE("%[w2]", "24") STORE("%[w3]", "32")
        BEGIN("16(%[a])")
        STEP("24(%[a])", "%[w4]", "%[w5]") STEP("32(%[a])", "%[w5]", "%[w6]")
        STEP("40(%[a])", "%[w6]", "%[w7]") STEP("48(%[a])", "%[w7]", "%[w0]")
        LAST("56(%[a])", "%[w0]", "%[w1]")
        STORE("%[w4]", "40") STORE("%[w5]", "48")
        BEGIN("24(%[a])")
        STEP("32(%[a])", "%[w6]", "%[w7]") STEP("40(%[a])", "%[w7]", "%[w0]")
        STEP("48(%[a])", "%[w0]", "%[w1]") LAST("56(%[a])", "%[w1]", "%[w2]")
        STORE("%[w6]", "56")
        BEGIN("32(%[a])")
        STEP("40(%[a])", "%[w0]", "%[w1]") STEP("48(%[a])", "%[w1]", "%[w2]")
        LAST("56(%[a])", "%[w2]", "%[w3]")
        BEGIN("40(%[a])")
        STEP("48(%[a])", "%[w2]", "%[w3]") LAST("56(%[a])", "%[w3]", "%[w4]")
        BEGIN("48(%[a])") CHAIN("56(%[a])", "%[w4]", "%[w5]") CARRY("%[w5]")
        // Word 8 is in w7 and has to wait its turn; w6 carries words 1 to 7 through.
        BEGIN("(%[a])") FIRST("%%rdx", "%[lo]", "%[hi]") STORE("%[lo]", "0")
        LOAD("8", "%[w6]") DOUBLE_ADD("%[w6]", "%[hi]") STORE("%[w6]", "8")
        "movq 8(%[a]), %%rdx\n\t" FIRST("%%rdx", "%[lo]", "%[hi]")
        LOAD("16", "%[w6]") DOUBLE_ADD("%[w6]", "%[lo]") STORE("%[w6]", "16")
        LOAD("24", "%[w6]") DOUBLE_ADD("%[w6]", "%[hi]") STORE("%[w6]", "24")
        "movq 16(%[a]), %%rdx\n\t" FIRST("%%rdx", "%[lo]", "%[hi]")
        LOAD("32", "%[w6]") DOUBLE_ADD("%[w6]", "%[lo]") STORE("%[w6]", "32")
        LOAD("40", "%[w6]") DOUBLE_ADD("%[w6]", "%[hi]") STORE("%[w6]", "40")
        "movq 24(%[a]), %%rdx\n\t" FIRST("%%rdx", "%[lo]", "%[hi]")
        LOAD("48", "%[w6]") DOUBLE_ADD("%[w6]", "%[lo]") STORE("%[w6]", "48")
        LOAD("56", "%[w6]") DOUBLE_ADD("%[w6]", "%[hi]") STORE("%[w6]", "56")
        DIAGONAL("32", "%[w7]", "%[w0]") STORE("%[w7]", "64") STORE("%[w0]", "72")
        DIAGONAL("40", "%[w1]", "%[w2]") STORE("%[w1]", "80") STORE("%[w2]", "88")
        DIAGONAL("48", "%[w3]", "%[w4]") STORE("%[w3]", "96") STORE("%[w4]", "104")
        "movq 56(%[a]), %%rdx\n\t" FIRST("%%rdx", "%[lo]", "%[w6]")
        DOUBLE_ADD("%[w5]", "%[lo]") FINISH("%[w6]") STORE("%[w5]", "112") STORE("%[w6]", "120")
        : OUT8, "=m"(WORDS(t, 16))
        : [t] "r"(t), [a] "r"(a), "m"(CONST_WORDS(a, 8))
        : "rdx", "cc");
  }

#define FOLD8(STEP, LAST)                                                        \
  BEGIN("%[c]") LOAD("0", "%[w0]") LOAD("8", "%[w1]") LOAD("16", "%[w2]")        \
  LOAD("24", "%[w3]") LOAD("32", "%[w4]") LOAD("40", "%[w5]") LOAD("48", "%[w6]") \
  LOAD("56", "%[w7]") STEP("64(%[t])", "%[w0]", "%[w1]")                         \
  STEP("72(%[t])", "%[w1]", "%[w2]") STEP("80(%[t])", "%[w2]", "%[w3]")          \
  STEP("88(%[t])", "%[w3]", "%[w4]") STEP("96(%[t])", "%[w4]", "%[w5]")          \
  STEP("104(%[t])", "%[w5]", "%[w6]") STEP("112(%[t])", "%[w6]", "%[w7]")        \
  LAST("120(%[t])", "%[w7]", "%[top]")

#define NOT_STEP(source, low, high) "movq " source ", %[lo]\n\tnotq %[lo]\n\t" STEP("%[lo]", low, high)
#define NOT_LAST(source, low, top) "movq " source ", %[lo]\n\tnotq %[lo]\n\t" LAST("%[lo]", low, top)

  template <Word C>
  static SEALGATE_INLINE Word fold8(Word* r, const Word* t) {
    Word w0, w1, w2, w3, w4, w5, w6, w7, lo, hi, top;
    __asm__(FOLD8(STEP, LAST)
            : OUT8, [top] "=&r"(top)
            : [t] "r"(t), "m"(CONST_WORDS(t, 16)), [c] "i"(C)
            : "rdx", "cc");
    r[0] = w0, r[1] = w1, r[2] = w2, r[3] = w3, r[4] = w4, r[5] = w5, r[6] = w6, r[7] = w7;
    return top;
  }

  template <Word C>
  static SEALGATE_INLINE Word fold_complement8(Word* r, const Word* t) {
    Word w0, w1, w2, w3, w4, w5, w6, w7, lo, hi, top;
    __asm__(FOLD8(NOT_STEP, NOT_LAST)
            : OUT8, [top] "=&r"(top)
            : [t] "r"(t), "m"(CONST_WORDS(t, 16)), [c] "i"(C)
            : "rdx", "cc");
    r[0] = w0, r[1] = w1, r[2] = w2, r[3] = w3, r[4] = w4, r[5] = w5, r[6] = w6, r[7] = w7;
    return top;
  }
};

#undef BEGIN
#undef FIRST
#undef CHAIN
#undef STEP
#undef LAST
#undef FINISH
#undef CARRY
#undef DOUBLE_ADD
#undef STORE
#undef LOAD
#undef WORDS
#undef CONST_WORDS
#undef OUT8
#undef ROW8
#undef DIAGONAL
#undef FOLD8
#undef NOT_STEP
#undef NOT_LAST

}  // namespace sealgate::gost

#endif
