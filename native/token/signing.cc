// Signing and verifying: PKCS#11 2.40, sections 5.11 and 5.12, and the GOST mechanisms of section 2.29.
#include <cstring>

#include "module.h"

namespace sealgate::token {

namespace {

struct SigningMechanism {
  size_t size;  // 32, 64, or 0 for none
  bool hashes;
};

SigningMechanism signing_mechanism(CK_MECHANISM_TYPE type) {
  switch (type) {
    case kSign256: return {32, false};
    case kSign512: return {64, false};
    case kHashAndSign256: return {32, true};
    case kHashAndSign512: return {64, true};
    default: return {0, false};
  }
}

std::unique_ptr<Operation> begin(Module& module, Session& session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE handle,
                                 CK_OBJECT_CLASS wanted, CK_ATTRIBUTE_TYPE permission) {
  const SigningMechanism kind = signing_mechanism(mechanism->mechanism);
  const Faults& faults = module.faults();
  if (kind.size == 0) throw Refusal{CKR_MECHANISM_INVALID};
  if (kind.hashes && (faults.has("raw-only") || faults.has("refuse-hashing"))) throw Refusal{CKR_MECHANISM_INVALID};
  const Object& object = module.object(session, handle);
  if (object.object_class() != wanted) throw Refusal{CKR_KEY_TYPE_INCONSISTENT};
  if (!object.flag(permission, true)) throw Refusal{CKR_KEY_FUNCTION_NOT_PERMITTED};
  auto operation = std::make_unique<Operation>();
  operation->mechanism = mechanism->mechanism;
  operation->key = read_key(object);
  if (gost::size_of(operation->key->curve) != kind.size) throw Refusal{CKR_KEY_TYPE_INCONSISTENT};
  // The parameter may name the hash's parameters; those of the key are the only ones that there are.
  if (kind.hashes) operation->hasher = std::make_unique<gost::Hasher>(operation->key->hash);
  operation->needs_pin =
      wanted == CKO_PRIVATE_KEY && (object.flag(CKA_ALWAYS_AUTHENTICATE, false) || faults.has("late-authenticate"));
  return operation;
}

Bytes digest_of(Operation& operation, const uint8_t* data, size_t length) {
  const size_t size = gost::size_of(operation.key->curve);
  if (!operation.hasher) {
    if (length != size) throw Refusal{CKR_DATA_LEN_RANGE};
    return Bytes(data, data + length);
  }
  Bytes digest(size);
  operation.hasher->update(data, length);
  operation.hasher->finish(digest.data());
  return digest;
}

// Length questions and short buffers leave the operation as it is (section 5.2).
CK_RV answer_signature(Module& module, Session& session, const uint8_t* data, size_t length, CK_BYTE_PTR signature,
                       CK_ULONG_PTR signature_length) {
  Operation& operation = *session.signing;
  const size_t size = 2 * gost::size_of(operation.key->curve);
  const CK_ULONG room = *signature_length;
  *signature_length = size;
  if (signature == nullptr) return CKR_OK;
  if (room < size) return CKR_BUFFER_TOO_SMALL;
  const std::unique_ptr<Operation> ended = std::move(session.signing);
  if (ended->needs_pin) return CKR_USER_NOT_LOGGED_IN;
  module.faults().before_signing();
  const Bytes digest = digest_of(*ended, data, length);
  const Bytes entropy = random_bytes(32);
  const Bytes& key = ended->key->octets;
  if (!gost::sign(ended->key->curve, {digest.data(), digest.size()}, {key.data(), key.size()},
                  {entropy.data(), entropy.size()}, signature)) {
    return CKR_FUNCTION_FAILED;
  }
  module.faults().after_signing(signature, size);
  return CKR_OK;
}

CK_RV sign_init(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  if (mechanism == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (!module.may_use(session)) return CKR_USER_NOT_LOGGED_IN;
    if (session.signing) return CKR_OPERATION_ACTIVE;
    session.signing = begin(module, session, mechanism, key, CKO_PRIVATE_KEY, CKA_SIGN);
    return CKR_OK;
  });
}

CK_RV sign(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature,
           CK_ULONG_PTR signature_length) {
  if (signature_length == nullptr || (data == nullptr && length > 0)) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (!session.signing || session.signing->is_in_parts) return CKR_OPERATION_NOT_INITIALIZED;
    return answer_signature(module, session, data, length, signature, signature_length);
  });
}

CK_RV update(std::unique_ptr<Operation>& operation, CK_BYTE_PTR data, CK_ULONG length) {
  if (!operation || !operation->hasher) return CKR_OPERATION_NOT_INITIALIZED;
  operation->is_in_parts = true;
  operation->hasher->update(data, length);
  return CKR_OK;
}

CK_RV sign_update(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length) {
  if (data == nullptr && length > 0) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session& session) { return update(session.signing, data, length); });
}

CK_RV sign_final(CK_SESSION_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG_PTR signature_length) {
  if (signature_length == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (!session.signing || !session.signing->hasher) return CKR_OPERATION_NOT_INITIALIZED;
    return answer_signature(module, session, nullptr, 0, signature, signature_length);
  });
}

CK_RV verify_init(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  if (mechanism == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (session.verifying) return CKR_OPERATION_ACTIVE;
    session.verifying = begin(module, session, mechanism, key, CKO_PUBLIC_KEY, CKA_VERIFY);
    return CKR_OK;
  });
}

CK_RV answer_verification(Session& session, const uint8_t* data, size_t length, const uint8_t* signature,
                          size_t signature_length) {
  const std::unique_ptr<Operation> ended = std::move(session.verifying);
  const Bytes digest = digest_of(*ended, data, length);
  if (signature_length != 2 * gost::size_of(ended->key->curve)) return CKR_SIGNATURE_LEN_RANGE;
  const Bytes& key = ended->key->octets;
  const bool holds = gost::verify(ended->key->curve, {digest.data(), digest.size()}, {signature, signature_length},
                                  {key.data(), key.size()});
  return holds ? CKR_OK : CKR_SIGNATURE_INVALID;
}

CK_RV verify(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature,
             CK_ULONG signature_length) {
  if (signature == nullptr || (data == nullptr && length > 0)) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session& session) -> CK_RV {
    if (!session.verifying || session.verifying->is_in_parts) return CKR_OPERATION_NOT_INITIALIZED;
    return answer_verification(session, data, length, signature, signature_length);
  });
}

CK_RV verify_update(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length) {
  if (data == nullptr && length > 0) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session& session) { return update(session.verifying, data, length); });
}

CK_RV verify_final(CK_SESSION_HANDLE handle, CK_BYTE_PTR signature, CK_ULONG signature_length) {
  if (signature == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session& session) -> CK_RV {
    if (!session.verifying || !session.verifying->hasher) return CKR_OPERATION_NOT_INITIALIZED;
    return answer_verification(session, nullptr, 0, signature, signature_length);
  });
}

}  // namespace

void add_signing_functions(CK_FUNCTION_LIST& list) {
  list.C_SignInit = sign_init;
  list.C_Sign = sign;
  list.C_SignUpdate = sign_update;
  list.C_SignFinal = sign_final;
  list.C_VerifyInit = verify_init;
  list.C_Verify = verify;
  list.C_VerifyUpdate = verify_update;
  list.C_VerifyFinal = verify_final;
}

}  // namespace sealgate::token
