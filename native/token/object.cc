#include "object.h"

#include <cstring>

#include "key.h"

namespace sealgate::token {

namespace {

const Bytes kNothing;

Bytes copy_of(const CK_ATTRIBUTE& attribute) {
  if (attribute.ulValueLen > 0 && attribute.pValue == nullptr) throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
  const auto* octets = static_cast<const uint8_t*>(attribute.pValue);
  return Bytes(octets, octets + attribute.ulValueLen);
}

}  // namespace

Object::Object(const CK_ATTRIBUTE* attributes, CK_ULONG count) {
  if (attributes == nullptr && count > 0) throw Refusal{CKR_ARGUMENTS_BAD};
  for (CK_ULONG at = 0; at < count; at++) {
    if (has(attributes[at].type)) throw Refusal{CKR_TEMPLATE_INCONSISTENT};
    set(attributes[at].type, copy_of(attributes[at]));
  }
}

const Bytes& Object::get(CK_ATTRIBUTE_TYPE type) const {
  const auto found = attributes_.find(type);
  return found == attributes_.end() ? kNothing : found->second;
}

bool Object::flag(CK_ATTRIBUTE_TYPE type, bool otherwise) const {
  if (!has(type)) return otherwise;
  const Bytes& value = get(type);
  if (value.size() != sizeof(CK_BBOOL)) throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
  return value[0] != CK_FALSE;
}

CK_ULONG Object::number(CK_ATTRIBUTE_TYPE type, CK_ULONG otherwise) const {
  if (!has(type)) return otherwise;
  const Bytes& value = get(type);
  if (value.size() != sizeof(CK_ULONG)) throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
  CK_ULONG result;
  std::memcpy(&result, value.data(), sizeof result);
  return result;
}

void Object::set_number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
  Bytes octets(sizeof value);
  std::memcpy(octets.data(), &value, sizeof value);
  set(type, std::move(octets));
}

void Object::set_default_flag(CK_ATTRIBUTE_TYPE type, bool value) {
  if (!has(type)) set_flag(type, value);
}

bool Object::is_private() const { return flag(CKA_PRIVATE, object_class() == CKO_PRIVATE_KEY); }

bool Object::matches(const CK_ATTRIBUTE* attributes, CK_ULONG count) const {
  for (CK_ULONG at = 0; at < count; at++) {
    if (is_secret(attributes[at].type) || !has(attributes[at].type)) return false;
    if (get(attributes[at].type) != copy_of(attributes[at])) return false;
  }
  return true;
}

CK_RV Object::read(CK_ATTRIBUTE& attribute) const {
  if (is_secret(attribute.type)) {
    attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return CKR_ATTRIBUTE_SENSITIVE;
  }
  if (!has(attribute.type)) {
    attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return CKR_ATTRIBUTE_TYPE_INVALID;
  }
  const Bytes& value = get(attribute.type);
  if (attribute.pValue == nullptr) {
    attribute.ulValueLen = value.size();
    return CKR_OK;
  }
  if (attribute.ulValueLen < value.size()) {
    attribute.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return CKR_BUFFER_TOO_SMALL;
  }
  if (!value.empty()) std::memcpy(attribute.pValue, value.data(), value.size());
  attribute.ulValueLen = value.size();
  return CKR_OK;
}

bool Object::is_secret(CK_ATTRIBUTE_TYPE type) const {
  if (type != CKA_VALUE || object_class() != CKO_PRIVATE_KEY) return false;
  return flag(CKA_SENSITIVE, true) || !flag(CKA_EXTRACTABLE, false);
}

void Object::write(Writer& writer) const {
  writer.number(attributes_.size());
  for (const auto& [type, value] : attributes_) {
    writer.number(type);
    writer.bytes(value);
  }
}

Object Object::restore(Reader& reader) {
  Object object;
  for (uint64_t left = reader.number(); left > 0; left--) {
    const auto type = static_cast<CK_ATTRIBUTE_TYPE>(reader.number());
    object.set(type, reader.bytes());
  }
  return object;
}

void complete_created(Object& object) {
  if (!object.has(CKA_CLASS)) throw Refusal{CKR_TEMPLATE_INCOMPLETE};
  switch (object.object_class()) {
    case CKO_CERTIFICATE:
      if (object.number(CKA_CERTIFICATE_TYPE, CKC_X_509) != CKC_X_509) throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
      if (object.get(CKA_VALUE).empty()) throw Refusal{CKR_TEMPLATE_INCOMPLETE};
      object.set_number(CKA_CERTIFICATE_TYPE, CKC_X_509);
      break;
    case CKO_PUBLIC_KEY:
    case CKO_PRIVATE_KEY:
      check_key(object);
      object.set_flag(CKA_LOCAL, false);
      break;
    case CKO_DATA:
      break;
    default:
      throw Refusal{CKR_ATTRIBUTE_VALUE_INVALID};
  }
  object.set_default_flag(CKA_TOKEN, false);
  object.set_default_flag(CKA_PRIVATE, object.object_class() == CKO_PRIVATE_KEY);
  object.set_default_flag(CKA_MODIFIABLE, true);
  if (!object.has(CKA_LABEL)) object.set(CKA_LABEL, {});
  if (object.object_class() != CKO_DATA && !object.has(CKA_ID)) object.set(CKA_ID, {});
}

}  // namespace sealgate::token
