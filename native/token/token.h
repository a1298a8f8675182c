// A token: what it is called, its PINs, its objects; one file in the token folder.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "object.h"
#include "pin.h"

namespace sealgate::token {

/** Objects that one token holds at most. */
constexpr size_t kMostObjects = 256;

class Token {
 public:
  bool is_initialised() const { return !serial_.empty(); }
  const std::string& label() const { return label_; }
  const std::string& serial() const { return serial_; }
  Pin& user_pin() { return user_pin_; }
  Pin& officer_pin() { return officer_pin_; }
  const Pin& user_pin() const { return user_pin_; }
  const Pin& officer_pin() const { return officer_pin_; }

  /** Begins a new life: another serial number, no objects, no user's PIN; the officer's PIN stays if it is set. */
  void initialise(std::string label);

  const std::map<CK_OBJECT_HANDLE, Object>& objects() const { return objects_; }
  Object* find(CK_OBJECT_HANDLE handle);
  CK_OBJECT_HANDLE add(Object object);
  bool remove(CK_OBJECT_HANDLE handle) { return objects_.erase(handle) > 0; }

  /** Writes to a new file, then puts it in the old one's place, so that a break in between leaves the old one. */
  void save(const std::filesystem::path& file) const;

  /** Throws Refusal with CKR_TOKEN_NOT_RECOGNIZED if the file is no token's. */
  static Token load(const std::filesystem::path& file);

 private:
  std::string label_;
  std::string serial_;
  Pin user_pin_{kUserTries};
  Pin officer_pin_{kOfficerTries};
  CK_OBJECT_HANDLE last_handle_ = 0;
  std::map<CK_OBJECT_HANDLE, Object> objects_;
};

}  // namespace sealgate::token
