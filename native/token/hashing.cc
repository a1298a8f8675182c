// Streebog on the token: PKCS#11 2.40, section 5.10.
#include "module.h"

namespace sealgate::token {

namespace {

CK_RV digest_init(CK_SESSION_HANDLE handle, CK_MECHANISM_PTR mechanism) {
  if (mechanism == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (session.hashing) return CKR_OPERATION_ACTIVE;
    const CK_MECHANISM_TYPE type = mechanism->mechanism;
    if ((type != kStreebog256 && type != kStreebog512) || module.faults().has("raw-only")) return CKR_MECHANISM_INVALID;
    session.hashing = std::make_unique<Operation>();
    session.hashing->mechanism = type;
    session.hashing->hasher =
        std::make_unique<gost::Hasher>(type == kStreebog256 ? gost::Hash::streebog256 : gost::Hash::streebog512);
    return CKR_OK;
  });
}

CK_RV answer(Session& session, const uint8_t* data, size_t length, CK_BYTE_PTR digest, CK_ULONG_PTR digest_length) {
  const size_t size = session.hashing->mechanism == kStreebog256 ? 32 : 64;
  const CK_ULONG room = *digest_length;
  *digest_length = size;
  if (digest == nullptr) return CKR_OK;
  if (room < size) return CKR_BUFFER_TOO_SMALL;
  session.hashing->hasher->update(data, length);
  session.hashing->hasher->finish(digest);
  session.hashing.reset();
  return CKR_OK;
}

CK_RV digest(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR result,
             CK_ULONG_PTR result_length) {
  if (result_length == nullptr || (data == nullptr && length > 0)) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session& session) -> CK_RV {
    if (!session.hashing || session.hashing->is_in_parts) return CKR_OPERATION_NOT_INITIALIZED;
    return answer(session, data, length, result, result_length);
  });
}

CK_RV digest_update(CK_SESSION_HANDLE handle, CK_BYTE_PTR data, CK_ULONG length) {
  if (data == nullptr && length > 0) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session& session) -> CK_RV {
    if (!session.hashing) return CKR_OPERATION_NOT_INITIALIZED;
    session.hashing->is_in_parts = true;
    session.hashing->hasher->update(data, length);
    return CKR_OK;
  });
}

CK_RV digest_final(CK_SESSION_HANDLE handle, CK_BYTE_PTR result, CK_ULONG_PTR result_length) {
  if (result_length == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module&, Session& session) -> CK_RV {
    if (!session.hashing) return CKR_OPERATION_NOT_INITIALIZED;
    return answer(session, nullptr, 0, result, result_length);
  });
}

}  // namespace

void add_hashing_functions(CK_FUNCTION_LIST& list) {
  list.C_DigestInit = digest_init;
  list.C_Digest = digest;
  list.C_DigestUpdate = digest_update;
  list.C_DigestFinal = digest_final;
}

}  // namespace sealgate::token
