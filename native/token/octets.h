// Octets, secrets and their encoding in the token's file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sealgate::token {

using Bytes = std::vector<uint8_t>;

/** Overwrites a secret in a way that the compiler does not leave out. */
inline void wipe(Bytes& secret) {
  volatile uint8_t* at = secret.data();
  for (size_t left = secret.size(); left > 0; left--) *at++ = 0;
  secret.clear();
}

/** Fills `length` octets from the system's generator; throws Refusal if it has none. */
void random_fill(uint8_t* octets, size_t length);
Bytes random_bytes(size_t length);

/** Whether both are equal, in time that depends on the lengths only. */
bool equal_in_constant_time(const Bytes& a, const Bytes& b);

/** Writes numbers (8 octets, little-endian) and strings of octets one after the other. */
class Writer {
 public:
  void number(uint64_t value);
  void bytes(const Bytes& value);
  const Bytes& result() const { return octets_; }

 private:
  Bytes octets_;
};

/** Reads what a Writer wrote; throws Refusal with CKR_TOKEN_NOT_RECOGNIZED where it does not fit. */
class Reader {
 public:
  explicit Reader(const Bytes& octets) : octets_(octets) {}
  uint64_t number();
  Bytes bytes();
  bool at_end() const { return at_ == octets_.size(); }

 private:
  const Bytes& octets_;
  size_t at_ = 0;
};

}  // namespace sealgate::token
