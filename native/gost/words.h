// Numbers of a fixed count of 64-bit words, least significant word first.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sealgate::gost {

using Word = uint64_t;
using DoubleWord = unsigned __int128;

// Under the sanitizers functions stay functions: inlined and unrolled, their checks alone take minutes to compile.
#ifdef SEALGATE_PLAIN
#define SEALGATE_INLINE inline
#define SEALGATE_UNROLL
#else
#define SEALGATE_INLINE inline __attribute__((always_inline))
#define SEALGATE_UNROLL _Pragma("GCC unroll 16")
#endif

template <int N>
struct Number {
  static constexpr int words = N;
  static constexpr int octets = 8 * N;
  Word w[N];
};

/** Keeps the compiler from seeing through a value, so that it makes no branch of a mask. */
SEALGATE_INLINE Word opaque(Word value) {
  __asm__("" : "+r"(value));
  return value;
}

/** All ones where `value` is zero, otherwise zero; without a branch. */
SEALGATE_INLINE Word zero_mask(Word value) {
  return opaque(((value | (Word(0) - value)) >> 63) - 1);
}

/** Reads 8 N octets, least significant first. */
template <int N>
Number<N> load_little(const uint8_t* octets) {
  Number<N> r;
  for (int i = 0; i < N; i++) {
    Word word = 0;
    for (int j = 7; j >= 0; j--) word = word << 8 | octets[8 * i + j];
    r.w[i] = word;
  }
  return r;
}

/** Reads 8 N octets, most significant first. */
template <int N>
Number<N> load_big(const uint8_t* octets) {
  Number<N> r;
  for (int i = 0; i < N; i++) {
    Word word = 0;
    for (int j = 0; j < 8; j++) word = word << 8 | octets[8 * (N - 1 - i) + j];
    r.w[i] = word;
  }
  return r;
}

template <int N>
void store_little(const Number<N>& a, uint8_t* octets) {
  for (int i = 0; i < 8 * N; i++) octets[i] = uint8_t(a.w[i / 8] >> (8 * (i % 8)));
}

template <int N>
void store_big(const Number<N>& a, uint8_t* octets) {
  for (int i = 0; i < 8 * N; i++) octets[8 * N - 1 - i] = uint8_t(a.w[i / 8] >> (8 * (i % 8)));
}

/** r = a + b; returns the carry. */
template <int N>
SEALGATE_INLINE Word add(Number<N>& r, const Number<N>& a, const Number<N>& b) {
  DoubleWord sum = 0;
  SEALGATE_UNROLL
  for (int i = 0; i < N; i++) {
    sum = (sum >> 64) + a.w[i] + b.w[i];
    r.w[i] = Word(sum);
  }
  return Word(sum >> 64);
}

/** r = a - b; returns the borrow. */
template <int N>
SEALGATE_INLINE Word subtract(Number<N>& r, const Number<N>& a, const Number<N>& b) {
  Word borrow = 0;
  SEALGATE_UNROLL
  for (int i = 0; i < N; i++) {
    const DoubleWord difference = DoubleWord(a.w[i]) - b.w[i] - borrow;
    r.w[i] = Word(difference);
    borrow = Word(difference >> 64) & 1;
  }
  return borrow;
}

/** r = mask ? a : r, for a mask of all ones or zero. */
template <int N>
SEALGATE_INLINE void select(Number<N>& r, const Number<N>& a, Word mask) {
  SEALGATE_UNROLL
  for (int i = 0; i < N; i++) r.w[i] ^= (r.w[i] ^ a.w[i]) & mask;
}

template <int N>
SEALGATE_INLINE bool is_zero(const Number<N>& a) {
  Word all = 0;
  for (int i = 0; i < N; i++) all |= a.w[i];
  return all == 0;
}

template <int N>
SEALGATE_INLINE bool equal(const Number<N>& a, const Number<N>& b) {
  Word all = 0;
  for (int i = 0; i < N; i++) all |= a.w[i] ^ b.w[i];
  return all == 0;
}

/** Whether a < b; without a branch on the numbers. */
template <int N>
SEALGATE_INLINE bool less(const Number<N>& a, const Number<N>& b) {
  Number<N> ignored;
  return subtract(ignored, a, b) != 0;
}

template <int N>
SEALGATE_INLINE unsigned bit(const Number<N>& a, int position) {
  return unsigned(a.w[position / 64] >> (position % 64)) & 1;
}

/** Shifts right by fewer than 64 bits. */
template <int N>
void shift_right(Number<N>& a, int count) {
  if (count == 0) return;
  for (int i = 0; i < N; i++) {
    a.w[i] = a.w[i] >> count | (i + 1 < N ? a.w[i + 1] << (64 - count) : 0);
  }
}

/** Position of the highest set bit plus one; 0 for zero. */
template <int N>
int bit_length(const Number<N>& a) {
  for (int i = N - 1; i >= 0; i--) {
    if (a.w[i] != 0) return 64 * i + 64 - __builtin_clzll(a.w[i]);
  }
  return 0;
}

/** A number from its hexadecimal digits, at compile time. */
template <int N>
constexpr Number<N> from_hex(const char* digits) {
  Number<N> r{};
  for (const char* c = digits; *c != 0; c++) {
    const Word digit = Word(*c <= '9' ? *c - '0' : (*c | 32) - 'a' + 10);
    for (int i = N - 1; i > 0; i--) r.w[i] = r.w[i] << 4 | r.w[i - 1] >> 60;
    r.w[0] = r.w[0] << 4 | digit;
  }
  return r;
}

/** Overwrites a secret in a way that the compiler may not leave out. */
inline void wipe(void* memory, size_t length) {
  volatile uint8_t* octets = static_cast<volatile uint8_t*>(memory);
  while (length-- > 0) *octets++ = 0;
}

/** Wipes a variable at the end of its scope. */
template <class T>
class Wiped {
 public:
  explicit Wiped(T& value) : value_(value) {}
  ~Wiped() { wipe(&value_, sizeof value_); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  T& value_;
};

}  // namespace sealgate::gost
