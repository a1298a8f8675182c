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

/** The folder of the tokens; nullptr where none is named. */
const char* folder_name() {
  const char* folder = std::getenv("SEALGATE_TOKEN_DIR");
  return folder == nullptr || *folder == '\0' ? nullptr : folder;
}

CK_RV initialize(CK_VOID_PTR arguments) {
  const auto* given = static_cast<const CK_C_INITIALIZE_ARGS*>(arguments);
  if (given != nullptr && given->pReserved != nullptr) return CKR_ARGUMENTS_BAD;
  Module& module = Module::instance();
  const std::lock_guard<std::mutex> guard(module.mutex());
  if (module.is_initialised()) return CKR_CRYPTOKI_ALREADY_INITIALIZED;
  const char* folder = folder_name();
  if (folder == nullptr) return CKR_ARGUMENTS_BAD;
  Faults faults;
  faults.read(fault_file(folder));
  if (given != nullptr && faults.has("initialize-null")) return CKR_ARGUMENTS_BAD;
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

/** What the module does, call by call. */
CK_FUNCTION_LIST calls;

/** The return value that a tester has planned for a call; CKR_OK where there is none. */
CK_RV planned_answer(const char* call) {
  const char* folder = folder_name();
  if (folder == nullptr) return CKR_OK;
  Faults faults;
  faults.read(fault_file(folder));
  return faults.answer(call);
}

/** An entry function that looks for a planned answer first. */
template <typename Function, Function CK_FUNCTION_LIST::*member>
struct Entry;

template <typename... Arguments, CK_RV (*CK_FUNCTION_LIST::*member)(Arguments...)>
struct Entry<CK_RV (*)(Arguments...), member> {
  static const char* name;
  static CK_RV call(Arguments... arguments) {
    const CK_RV answer = planned_answer(name);
    return answer == CKR_OK ? (calls.*member)(arguments...) : answer;
  }
};

template <typename... Arguments, CK_RV (*CK_FUNCTION_LIST::*member)(Arguments...)>
const char* Entry<CK_RV (*)(Arguments...), member>::name = nullptr;

CK_RV get_function_list(CK_FUNCTION_LIST_PTR_PTR list);

CK_FUNCTION_LIST make_calls() {
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

CK_FUNCTION_LIST make_function_list() {
  calls = make_calls();
  CK_FUNCTION_LIST list;
  list.version = calls.version;
#define CK_PKCS11_FUNCTION_INFO(function)                                          \
  Entry<decltype(list.function), &CK_FUNCTION_LIST::function>::name = #function;   \
  list.function = Entry<decltype(list.function), &CK_FUNCTION_LIST::function>::call;
#include <pkcs11/pkcs11f.h>
#undef CK_PKCS11_FUNCTION_INFO
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
