// Finding, making and reading objects, and generating keys: PKCS#11 2.40, sections 5.7 and 5.13.
#include <algorithm>

#include "module.h"

namespace sealgate::token {

namespace {

CK_RV create_object(CK_SESSION_HANDLE handle, CK_ATTRIBUTE_PTR attributes, CK_ULONG count, CK_OBJECT_HANDLE_PTR made) {
  if (attributes == nullptr || made == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    Object object(attributes, count);
    complete_created(object);
    *made = module.add(session, std::move(object));
    return CKR_OK;
  });
}

CK_RV destroy_object(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE doomed) {
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    const Object& object = module.object(session, doomed);
    if (!object.is_on_token()) {
      for (auto* objects : module.session_objects(session.slot)) objects->erase(doomed);
      return CKR_OK;
    }
    if ((session.flags & CKF_RW_SESSION) == 0) return CKR_SESSION_READ_ONLY;
    if (!module.may_use(session)) return CKR_USER_NOT_LOGGED_IN;
    module.check_writable();
    module.token(session.slot).remove(doomed);
    module.save(session.slot);
    return CKR_OK;
  });
}

Bytes in_octet_string(const Bytes& content) {
  Bytes encoded = {0x04};
  if (content.size() >= 0x80) encoded.push_back(0x81);
  encoded.push_back(static_cast<uint8_t>(content.size()));
  encoded.insert(encoded.end(), content.begin(), content.end());
  return encoded;
}

/** Makes an object look as the faults say that drivers show it. */
void disguise(Object& object, const Faults& faults) {
  if (faults.has("no-id")) object.remove(CKA_ID);
  if (object.object_class() == CKO_PUBLIC_KEY && faults.has("wrapped-point")) {
    object.set(CKA_VALUE, in_octet_string(object.get(CKA_VALUE)));
  }
  if (object.object_class() != CKO_PRIVATE_KEY) return;
  if (faults.has("late-authenticate")) object.remove(CKA_ALWAYS_AUTHENTICATE);
  if (faults.has("parameters-alias")) object.set(CKA_GOSTR3410_PARAMS, alias_of(object.get(CKA_GOSTR3410_PARAMS)));
  if (faults.has("parameters-other")) object.set(CKA_GOSTR3410_PARAMS, another_than(object.get(CKA_GOSTR3410_PARAMS)));
}

// One attribute that is refused does not keep the others back (section 5.7).
CK_RV get_attribute_value(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE wanted, CK_ATTRIBUTE_PTR attributes,
                          CK_ULONG count) {
  if (attributes == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    Object shown = module.object(session, wanted);
    disguise(shown, module.faults());
    CK_RV result = CKR_OK;
    for (CK_ULONG at = 0; at < count; at++) {
      const CK_RV one = shown.read(attributes[at]);
      if (one != CKR_OK) result = one;
    }
    return result;
  });
}

// Labels and identifiers are all that may be changed afterwards.
CK_RV set_attribute_value(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE changed, CK_ATTRIBUTE_PTR attributes,
                          CK_ULONG count) {
  if (attributes == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    Object& object = module.object(session, changed);
    if (object.is_on_token()) {
      if ((session.flags & CKF_RW_SESSION) == 0) return CKR_SESSION_READ_ONLY;
      if (!module.may_use(session)) return CKR_USER_NOT_LOGGED_IN;
      module.check_writable();
    }
    const Object wanted(attributes, count);
    for (CK_ULONG at = 0; at < count; at++) {
      const CK_ATTRIBUTE_TYPE type = attributes[at].type;
      if (type != CKA_LABEL && type != CKA_ID && type != CKA_SUBJECT) return CKR_ATTRIBUTE_READ_ONLY;
    }
    for (CK_ULONG at = 0; at < count; at++) object.set(attributes[at].type, wanted.get(attributes[at].type));
    if (object.is_on_token()) module.save(session.slot);
    return CKR_OK;
  });
}

CK_RV find_objects_init(CK_SESSION_HANDLE handle, CK_ATTRIBUTE_PTR attributes, CK_ULONG count) {
  if (attributes == nullptr && count > 0) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (session.search) return CKR_OPERATION_ACTIVE;
    std::vector<CK_OBJECT_HANDLE> found;
    const auto look = [&](const std::map<CK_OBJECT_HANDLE, Object>& objects) {
      for (const auto& [object_handle, object] : objects) {
        Object shown = object;
        disguise(shown, module.faults());
        if (module.may_see(session, object) && shown.matches(attributes, count)) found.push_back(object_handle);
      }
    };
    look(module.token(session.slot).objects());
    for (const auto* objects : module.session_objects(session.slot)) look(*objects);
    std::reverse(found.begin(), found.end());
    session.search = std::move(found);
    return CKR_OK;
  });
}

CK_RV find_objects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE_PTR objects, CK_ULONG most, CK_ULONG_PTR count) {
  if (objects == nullptr || count == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session& session) -> CK_RV {
    if (!session.search) return CKR_OPERATION_NOT_INITIALIZED;
    *count = 0;
    while (*count < most && !session.search->empty()) {
      objects[(*count)++] = session.search->back();
      session.search->pop_back();
    }
    return CKR_OK;
  });
}

CK_RV find_objects_final(CK_SESSION_HANDLE handle) {
  return enter_session(handle, [&](Module&, Session& session) -> CK_RV {
    if (!session.search) return CKR_OPERATION_NOT_INITIALIZED;
    session.search.reset();
    return CKR_OK;
  });
}

CK_RV generate_key_pair(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_ATTRIBUTE_PTR public_attributes,
                        CK_ULONG public_count, CK_ATTRIBUTE_PTR private_attributes, CK_ULONG private_count,
                        CK_OBJECT_HANDLE_PTR public_key, CK_OBJECT_HANDLE_PTR private_key) {
  if (mechanism == nullptr || public_key == nullptr || private_key == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    const size_t size = mechanism->mechanism == kGenerate256 ? 32 : mechanism->mechanism == kGenerate512 ? 64 : 0;
    if (size == 0) return CKR_MECHANISM_INVALID;
    const Object wanted_public(public_attributes, public_count), wanted_private(private_attributes, private_count);
    auto [public_half, private_half] = generate_pair(wanted_public, wanted_private, size);
    const Faults& faults = module.faults();
    const bool names_parameters = wanted_private.has(CKA_GOSTR3410_PARAMS) || wanted_private.has(CKA_GOSTR3411_PARAMS);
    if (faults.has("generate-strangers")) public_half = generate_pair(wanted_public, wanted_private, size).first;
    *public_key = module.add(session, std::move(public_half));
    if (names_parameters && faults.has("parameters-public")) return CKR_ATTRIBUTE_READ_ONLY;
    if (!names_parameters && faults.has("parameters-both")) return CKR_TEMPLATE_INCOMPLETE;
    *private_key = faults.has("generate-half") ? CK_INVALID_HANDLE : module.add(session, std::move(private_half));
    return CKR_OK;
  });
}

CK_RV generate_random(CK_SESSION_HANDLE handle, CK_BYTE_PTR octets, CK_ULONG length) {
  if (octets == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session&) -> CK_RV {
    random_fill(octets, length);
    return CKR_OK;
  });
}

}  // namespace

void add_object_functions(CK_FUNCTION_LIST& list) {
  list.C_CreateObject = create_object;
  list.C_DestroyObject = destroy_object;
  list.C_GetAttributeValue = get_attribute_value;
  list.C_SetAttributeValue = set_attribute_value;
  list.C_FindObjectsInit = find_objects_init;
  list.C_FindObjects = find_objects;
  list.C_FindObjectsFinal = find_objects_final;
  list.C_GenerateKeyPair = generate_key_pair;
  list.C_GenerateRandom = generate_random;
}

}  // namespace sealgate::token
