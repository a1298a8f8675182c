// Pseudo-random numbers that a seed repeats (xorshift64*), with a liking for words at the edge of their range.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sealgate::gost {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 2 + 1) {}

  uint64_t word() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1d;
  }

  /** From 0 to count - 1. */
  unsigned below(unsigned count) { return unsigned((word() >> 32) * count >> 32); }

  /** Often all ones, zero, or next to it. */
  uint64_t edge_word() {
    switch (below(8)) {
      case 0: return 0;
      case 1: return ~uint64_t(0);
      case 2: return below(4096);
      case 3: return ~uint64_t(0) - below(4096);
      case 4: return uint64_t(1) << below(64);
      default: return word();
    }
  }

  void fill(uint8_t* octets, size_t length) {
    for (size_t i = 0; i < length; i++) octets[i] = uint8_t(word() >> 56);
  }

 private:
  uint64_t state_;
};

}  // namespace sealgate::gost
