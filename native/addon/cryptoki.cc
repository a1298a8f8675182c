// The calls of PKCS#11 that pkcs11js cannot make: those in which NULL_PTR stands for something (a PIN that is entered at
// the reader, no arguments for C_Initialize), and those that take a PIN, which here stays in octets that can be wiped.
// No policy: src/token/worker/cryptoki.ts is the only caller. A process owns one PKCS#11 library, so one is kept.
#include <node_api.h>

#include <cstring>
#include <string>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include "../token/cryptoki.h"
#include "argument.h"

namespace sealgate::addon {
namespace {

using gost::Octets;

CK_FUNCTION_LIST_PTR functions = nullptr;

#ifdef _WIN32
CK_C_GetFunctionList find_entry(const std::string& path) {
  const int length = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path.c_str(), -1, nullptr, 0);
  if (length == 0) return nullptr;
  std::wstring wide(static_cast<size_t>(length), L'\0');
  MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path.c_str(), -1, &wide[0], length);
  const HMODULE library = LoadLibraryW(wide.c_str());
  return library ? reinterpret_cast<CK_C_GetFunctionList>(GetProcAddress(library, "C_GetFunctionList")) : nullptr;
}
#else
CK_C_GetFunctionList find_entry(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
  return library ? reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList")) : nullptr;
}
#endif

/** A handle or a slot's number, as pkcs11js gives them: the octets of a CK_ULONG. */
bool read_number(napi_env env, const Arguments& arguments, size_t index, CK_ULONG& number) {
  Octets octets;
  if (!arguments.octets(index, octets)) return false;
  if (octets.length != sizeof number) {
    refuse(env, "expected a handle");
    return false;
  }
  std::memcpy(&number, octets.data, sizeof number);
  return true;
}

/** A PIN: octets, or null where it is entered at the reader. */
struct PinArgument {
  CK_UTF8CHAR_PTR text = nullptr;
  CK_ULONG length = 0;

  bool read(napi_env env, const Arguments& arguments, size_t index) {
    napi_valuetype type;
    if (napi_typeof(env, arguments.value(index), &type) != napi_ok) return false;
    if (type == napi_null) return true;
    Octets octets;
    if (!arguments.octets(index, octets)) return false;
    if (octets.length == 0) {
      refuse(env, "a PIN is not empty");
      return false;
    }
    text = const_cast<CK_UTF8CHAR_PTR>(octets.data);
    length = static_cast<CK_ULONG>(octets.length);
    return true;
  }
};

napi_value make_return_value(napi_env env, CK_RV value) {
  napi_value result = nullptr;
  napi_create_double(env, static_cast<double>(value), &result);
  return result;
}

bool is_loaded(napi_env env) {
  if (functions == nullptr) refuse(env, "no library is loaded");
  return functions != nullptr;
}

// load(path): boolean; a library that is loaded already is the same one
napi_value load(napi_env env, napi_callback_info info) {
  Arguments arguments;
  if (!arguments.read(env, info, 1, 1)) return nullptr;
  size_t length = 0;
  if (napi_get_value_string_utf8(env, arguments.value(0), nullptr, 0, &length) != napi_ok) {
    return refuse(env, "expected a path");
  }
  std::string path(length + 1, '\0');
  napi_get_value_string_utf8(env, arguments.value(0), &path[0], path.size(), &length);
  path.resize(length);
  const CK_C_GetFunctionList entry = find_entry(path);
  functions = nullptr;
  return make_boolean(env, entry != nullptr && entry(&functions) == CKR_OK && functions != nullptr);
}

// initialize(): CK_RV of C_Initialize(NULL_PTR)
napi_value initialize(napi_env env, napi_callback_info) {
  return is_loaded(env) ? make_return_value(env, functions->C_Initialize(nullptr)) : nullptr;
}

// login(session, userType, pin | null): CK_RV
napi_value login(napi_env env, napi_callback_info info) {
  Arguments arguments;
  CK_SESSION_HANDLE session;
  uint32_t type;
  PinArgument pin;
  if (!is_loaded(env) || !arguments.read(env, info, 3, 3) || !read_number(env, arguments, 0, session) ||
      !arguments.integer(1, CKU_CONTEXT_SPECIFIC, type) || !pin.read(env, arguments, 2)) {
    return nullptr;
  }
  return make_return_value(env, functions->C_Login(session, type, pin.text, pin.length));
}

// initToken(slot, officerPin | null, label of 32 octets): CK_RV
napi_value init_token(napi_env env, napi_callback_info info) {
  Arguments arguments;
  CK_SLOT_ID slot;
  PinArgument pin;
  Octets label;
  if (!is_loaded(env) || !arguments.read(env, info, 3, 3) || !read_number(env, arguments, 0, slot) ||
      !pin.read(env, arguments, 1) || !arguments.octets(2, label)) {
    return nullptr;
  }
  if (label.length != 32) return refuse(env, "a label has 32 octets");
  return make_return_value(
      env, functions->C_InitToken(slot, pin.text, pin.length, const_cast<CK_UTF8CHAR_PTR>(label.data)));
}

// initPin(session, pin | null): CK_RV
napi_value init_pin(napi_env env, napi_callback_info info) {
  Arguments arguments;
  CK_SESSION_HANDLE session;
  PinArgument pin;
  if (!is_loaded(env) || !arguments.read(env, info, 2, 2) || !read_number(env, arguments, 0, session) ||
      !pin.read(env, arguments, 1)) {
    return nullptr;
  }
  return make_return_value(env, functions->C_InitPIN(session, pin.text, pin.length));
}

// setPin(session, oldPin | null, newPin | null): CK_RV
napi_value set_pin(napi_env env, napi_callback_info info) {
  Arguments arguments;
  CK_SESSION_HANDLE session;
  PinArgument old_pin, new_pin;
  if (!is_loaded(env) || !arguments.read(env, info, 3, 3) || !read_number(env, arguments, 0, session) ||
      !old_pin.read(env, arguments, 1) || !new_pin.read(env, arguments, 2)) {
    return nullptr;
  }
  return make_return_value(
      env, functions->C_SetPIN(session, old_pin.text, old_pin.length, new_pin.text, new_pin.length));
}

napi_value start(napi_env env, napi_value exports) {
  const auto method = [](const char* name, napi_callback callback) {
    return napi_property_descriptor{name, nullptr, callback, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
  };
  const napi_property_descriptor methods[] = {method("load", load),           method("initialize", initialize),
                                              method("login", login),         method("initToken", init_token),
                                              method("initPin", init_pin),    method("setPin", set_pin)};
  return napi_define_properties(env, exports, sizeof methods / sizeof *methods, methods) == napi_ok ? exports : nullptr;
}

}  // namespace
}  // namespace sealgate::addon

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) { return sealgate::addon::start(env, exports); }
