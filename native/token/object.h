// Objects of the token: certificates, keys, data, as maps of their attributes.
#pragma once

#include <map>

#include "cryptoki.h"
#include "octets.h"

namespace sealgate::token {

class Object {
 public:
  Object() = default;

  /**
   * Takes the attributes of a template; throws Refusal with CKR_TEMPLATE_INCONSISTENT where one comes twice, and
   * CKR_ARGUMENTS_BAD where there are none though they are counted.
   */
  Object(const CK_ATTRIBUTE* attributes, CK_ULONG count);

  bool has(CK_ATTRIBUTE_TYPE type) const { return attributes_.count(type) > 0; }
  /** Empty where the attribute is absent. */
  const Bytes& get(CK_ATTRIBUTE_TYPE type) const;
  bool flag(CK_ATTRIBUTE_TYPE type, bool otherwise) const;
  CK_ULONG number(CK_ATTRIBUTE_TYPE type, CK_ULONG otherwise) const;

  void set(CK_ATTRIBUTE_TYPE type, Bytes value) { attributes_[type] = std::move(value); }
  void remove(CK_ATTRIBUTE_TYPE type) { attributes_.erase(type); }
  void set_flag(CK_ATTRIBUTE_TYPE type, bool value) { attributes_[type] = Bytes{static_cast<uint8_t>(value)}; }
  void set_number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
  void set_default_flag(CK_ATTRIBUTE_TYPE type, bool value);

  CK_OBJECT_CLASS object_class() const { return number(CKA_CLASS, CKO_DATA); }
  bool is_private() const;
  bool is_on_token() const { return flag(CKA_TOKEN, false); }

  /** Whether every attribute of the template, which the caller has checked for null, has the same value here. */
  bool matches(const CK_ATTRIBUTE* attributes, CK_ULONG count) const;

  /** C_GetAttributeValue for one attribute. */
  CK_RV read(CK_ATTRIBUTE& attribute) const;

  void write(Writer& writer) const;
  static Object restore(Reader& reader);

 private:
  bool is_secret(CK_ATTRIBUTE_TYPE type) const;

  std::map<CK_ATTRIBUTE_TYPE, Bytes> attributes_;
};

/** Completes and checks an object that C_CreateObject is to make; throws Refusal. */
void complete_created(Object& object);

}  // namespace sealgate::token
