// A PIN as the token keeps it: salted hash, tries left, and what it tells of them.
#pragma once

#include "cryptoki.h"
#include "fault.h"
#include "octets.h"

namespace sealgate::token {

constexpr CK_ULONG kShortestPin = 4;
constexpr CK_ULONG kLongestPin = 32;
constexpr uint64_t kUserTries = 5;
constexpr uint64_t kOfficerTries = 10;

/** Throws Refusal with CKR_PIN_LEN_RANGE or CKR_ARGUMENTS_BAD. */
void check_new_pin(const uint8_t* pin, CK_ULONG length);

/**
 * Where a PIN comes from: the call, or, where the faults give the reader a PIN pad, the pad. Puts what was entered there
 * into `pin` and `length`; throws Refusal with CKR_ARGUMENTS_BAD for a PIN from the computer that does not count.
 */
class PinEntry {
 public:
  PinEntry(const Faults& faults, const char* entered, CK_UTF8CHAR_PTR& pin, CK_ULONG& length);
  /** Whether the driver takes what the computer gave for a wrong PIN. */
  bool counts() const { return counts_; }

 private:
  std::string text_;
  bool counts_ = false;
};

class Pin {
 public:
  explicit Pin(uint64_t tries) : tries_(tries), left_(tries) {}

  bool is_set() const { return !hash_.empty(); }
  uint64_t left() const { return left_; }
  bool is_locked() const { return is_set() && left_ == 0; }

  /** Sets it anew, with all its tries. */
  void set(const uint8_t* pin, CK_ULONG length);

  /** Compares, and counts: a wrong PIN costs a try, the right one gives all back. CKR_OK, _INCORRECT or _LOCKED. */
  CK_RV check(const uint8_t* pin, CK_ULONG length);

  /** Counts a wrong try, whatever was entered. */
  CK_RV miss();

  /** For faults: as if the other tries had been used up. */
  void leave(uint64_t tries) { left_ = tries; }

  /** CKF_ flags of the token, those of the officer's PIN where `is_officer`. */
  CK_FLAGS flags(bool is_officer) const;

  void write(Writer& writer) const;
  void read(Reader& reader);

 private:
  Bytes derive(const uint8_t* pin, CK_ULONG length) const;

  uint64_t tries_;
  uint64_t left_;
  Bytes salt_;
  Bytes hash_;
};

}  // namespace sealgate::token
