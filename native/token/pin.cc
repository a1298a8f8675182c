#include "pin.h"

#include "../gost/gost.h"

namespace sealgate::token {

void check_new_pin(const uint8_t* pin, CK_ULONG length) {
  if (pin == nullptr) throw Refusal{CKR_ARGUMENTS_BAD};
  if (length < kShortestPin || length > kLongestPin) throw Refusal{CKR_PIN_LEN_RANGE};
}

PinEntry::PinEntry(const Faults& faults, const char* entered, CK_UTF8CHAR_PTR& pin, CK_ULONG& length) {
  if (!faults.has("pin-pad")) return;
  if (pin != nullptr) {
    if (!faults.has("pin-pad-counts")) throw Refusal{CKR_ARGUMENTS_BAD};
    counts_ = true;
    return;
  }
  text_ = faults.text(entered);
  pin = reinterpret_cast<CK_UTF8CHAR_PTR>(&text_[0]);
  length = static_cast<CK_ULONG>(text_.size());
}

void Pin::set(const uint8_t* pin, CK_ULONG length) {
  check_new_pin(pin, length);
  salt_ = random_bytes(16);
  hash_ = derive(pin, length);
  left_ = tries_;
}

CK_RV Pin::check(const uint8_t* pin, CK_ULONG length) {
  if (left_ == 0) return CKR_PIN_LOCKED;
  if (pin == nullptr) return CKR_ARGUMENTS_BAD;
  if (length <= kLongestPin && equal_in_constant_time(derive(pin, length), hash_)) {
    left_ = tries_;
    return CKR_OK;
  }
  return miss();
}

CK_RV Pin::miss() {
  if (left_ == 0) return CKR_PIN_LOCKED;
  left_--;
  return CKR_PIN_INCORRECT;
}

CK_FLAGS Pin::flags(bool is_officer) const {
  if (!is_set()) return 0;
  if (left_ == 0) return is_officer ? CKF_SO_PIN_LOCKED : CKF_USER_PIN_LOCKED;
  CK_FLAGS flags = 0;
  if (left_ < tries_) flags |= is_officer ? CKF_SO_PIN_COUNT_LOW : CKF_USER_PIN_COUNT_LOW;
  if (left_ == 1) flags |= is_officer ? CKF_SO_PIN_FINAL_TRY : CKF_USER_PIN_FINAL_TRY;
  return flags;
}

void Pin::write(Writer& writer) const {
  writer.number(left_);
  writer.bytes(salt_);
  writer.bytes(hash_);
}

void Pin::read(Reader& reader) {
  left_ = reader.number();
  salt_ = reader.bytes();
  hash_ = reader.bytes();
}

// The file is as good as the key in it, which nothing protects; the hash only keeps the PIN itself out of it.
Bytes Pin::derive(const uint8_t* pin, CK_ULONG length) const {
  constexpr int rounds = 1000;
  gost::Hasher hasher(gost::Hash::streebog256);
  Bytes hash(gost::digest_size(gost::Hash::streebog256));
  for (int round = 0; round < rounds; round++) {
    hasher.update(hash.data(), hash.size());
    hasher.update(salt_.data(), salt_.size());
    hasher.update(pin, length);
    hasher.finish(hash.data());
  }
  return hash;
}

}  // namespace sealgate::token
