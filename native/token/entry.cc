// A PKCS#11 2.40 module FOR TESTS: GOST R 34.10-2012 keys of 256 and 512 bits on a token that is a folder.
//
// The folder is named by the environment variable SEALGATE_TOKEN_DIR; without it C_Initialize ends with
// CKR_ARGUMENTS_BAD. Private keys lie in it as they are, and only the rights of the file protect them: whoever has a
// qualified certificate to keep takes a certified token. Faults that the token plays are described in fault.h.
#include <cstdlib>
#include <cstring>

#include "module.h"

namespace sealgate::token {

namespace {

CK_RV initialize(CK_VOID_PTR arguments) {
  const auto* given = static_cast<const CK_C_INITIALIZE_ARGS*>(arguments);
  if (given != nullptr && given->pReserved != nullptr) return CKR_ARGUMENTS_BAD;
  Module& module = Module::instance();
  const std::lock_guard<std::mutex> guard(module.mutex());
  if (module.is_initialised()) return CKR_CRYPTOKI_ALREADY_INITIALIZED;
  const char* folder = std::getenv("SEALGATE_TOKEN_DIR");
  if (folder == nullptr || *folder == '\0') return CKR_ARGUMENTS_BAD;
  try {
    module.start(folder);
  } catch (const std::exception&) {
    return CKR_GENERAL_ERROR;
  }
  return CKR_OK;
}

CK_RV finalize(CK_VOID_PTR reserved) {
  if (reserved != nullptr) return CKR_ARGUMENTS_BAD;
  Module& module = Module::instance();
  const std::lock_guard<std::mutex> guard(module.mutex());
  if (!module.is_initialised()) return CKR_CRYPTOKI_NOT_INITIALIZED;
  module.stop();
  return CKR_OK;
}

CK_RV get_info(CK_INFO_PTR info) {
  if (info == nullptr) return CKR_ARGUMENTS_BAD;
  return enter([&](Module&) -> CK_RV {
    std::memset(info, 0, sizeof *info);
    info->cryptokiVersion = {2, 40};
    pad(info->manufacturerID, sizeof info->manufacturerID, "Sealgate, FOR TESTS ONLY");
    pad(info->libraryDescription, sizeof info->libraryDescription, "Sealgate test token");
    info->libraryVersion = {1, 0};
    return CKR_OK;
  });
}

/** A function that the module does not have, of whatever type the list wants. */
template <typename Function>
struct Unsupported;

template <typename... Arguments>
struct Unsupported<CK_RV (*)(Arguments...)> {
  static CK_RV call(Arguments...) { return CKR_FUNCTION_NOT_SUPPORTED; }
};

CK_RV get_function_list(CK_FUNCTION_LIST_PTR_PTR list);

CK_FUNCTION_LIST make_function_list() {
  CK_FUNCTION_LIST list;
  list.version = {2, 40};
#define CK_PKCS11_FUNCTION_INFO(name) list.name = Unsupported<decltype(list.name)>::call;
#include <pkcs11/pkcs11f.h>
#undef CK_PKCS11_FUNCTION_INFO
  list.C_Initialize = initialize;
  list.C_Finalize = finalize;
  list.C_GetInfo = get_info;
  list.C_GetFunctionList = get_function_list;
  add_slot_functions(list);
  add_session_functions(list);
  add_object_functions(list);
  add_signing_functions(list);
  add_hashing_functions(list);
  return list;
}

CK_RV get_function_list(CK_FUNCTION_LIST_PTR_PTR list) {
  static CK_FUNCTION_LIST functions = make_function_list();
  if (list == nullptr) return CKR_ARGUMENTS_BAD;
  *list = &functions;
  return CKR_OK;
}

}  // namespace

}  // namespace sealgate::token

#ifdef _WIN32
#define SEALGATE_EXPORT __declspec(dllexport)
#else
#define SEALGATE_EXPORT __attribute__((visibility("default")))
#endif

extern "C" SEALGATE_EXPORT CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  return sealgate::token::get_function_list(list);
}
