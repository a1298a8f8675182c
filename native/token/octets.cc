#include "octets.h"

#include <random>

#include "cryptoki.h"

namespace sealgate::token {

void random_fill(uint8_t* octets, size_t length) {
  try {
    // On the systems that we build for this is the kernel's generator (getrandom, arc4random, rand_s).
    std::random_device source;
    for (size_t at = 0; at < length; at++) octets[at] = static_cast<uint8_t>(source());
  } catch (const std::exception&) {
    throw Refusal{CKR_RANDOM_NO_RNG};
  }
}

Bytes random_bytes(size_t length) {
  Bytes octets(length);
  random_fill(octets.data(), length);
  return octets;
}

bool equal_in_constant_time(const Bytes& a, const Bytes& b) {
  if (a.size() != b.size()) return false;
  uint8_t difference = 0;
  for (size_t at = 0; at < a.size(); at++) difference |= a[at] ^ b[at];
  return difference == 0;
}

void Writer::number(uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) octets_.push_back(static_cast<uint8_t>(value >> shift));
}

void Writer::bytes(const Bytes& value) {
  number(value.size());
  octets_.insert(octets_.end(), value.begin(), value.end());
}

uint64_t Reader::number() {
  if (octets_.size() - at_ < 8) throw Refusal{CKR_TOKEN_NOT_RECOGNIZED};
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 8) value |= static_cast<uint64_t>(octets_[at_++]) << shift;
  return value;
}

Bytes Reader::bytes() {
  const uint64_t length = number();
  if (length > octets_.size() - at_) throw Refusal{CKR_TOKEN_NOT_RECOGNIZED};
  Bytes value(octets_.begin() + static_cast<ptrdiff_t>(at_), octets_.begin() + static_cast<ptrdiff_t>(at_ + length));
  at_ += length;
  return value;
}

}  // namespace sealgate::token
