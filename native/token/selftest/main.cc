// Calls the module as no well-behaved program does: token_selftest MODULE PIN, with SEALGATE_TOKEN_DIR naming a folder
// that holds a token. Says what is wrong and ends with status 1, or says how many calls were answered as they must be.
#include <cstdio>
#include <string>

#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include "../cryptoki.h"

namespace {

using sealgate::token::kGenerate256;

int calls = 0;
int faults = 0;

void expect(const char* call, CK_RV wanted, CK_RV given) {
  calls++;
  if (given == wanted) return;
  faults++;
  printf("%s: 0x%lX and not 0x%lX\n", call, static_cast<unsigned long>(given), static_cast<unsigned long>(wanted));
}

CK_FUNCTION_LIST_PTR load(const char* path) {
#ifdef _WIN32
  const HMODULE library = LoadLibraryA(path);
  const auto get = library ? reinterpret_cast<CK_C_GetFunctionList>(GetProcAddress(library, "C_GetFunctionList")) : nullptr;
#else
  void* library = dlopen(path, RTLD_NOW);
  const auto get = library ? reinterpret_cast<CK_C_GetFunctionList>(dlsym(library, "C_GetFunctionList")) : nullptr;
#endif
  CK_FUNCTION_LIST_PTR list = nullptr;
  return get && get(&list) == CKR_OK ? list : nullptr;
}

/** Every function that takes a template, with none and a count: section 5.1 of PKCS#11 2.40 has an answer for that. */
void call_without_templates(CK_FUNCTION_LIST_PTR token, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
  CK_MECHANISM mechanism = {kGenerate256, nullptr, 0};
  CK_BBOOL no = CK_FALSE;
  CK_ATTRIBUTE attributes[] = {{CKA_TOKEN, &no, sizeof no}};
  CK_OBJECT_HANDLE one = 0, other = 0;
  expect("C_CreateObject", CKR_ARGUMENTS_BAD, token->C_CreateObject(session, nullptr, 3, &one));
  expect("C_GetAttributeValue", CKR_ARGUMENTS_BAD, token->C_GetAttributeValue(session, object, nullptr, 3));
  expect("C_SetAttributeValue", CKR_ARGUMENTS_BAD, token->C_SetAttributeValue(session, object, nullptr, 3));
  expect("C_FindObjectsInit", CKR_ARGUMENTS_BAD, token->C_FindObjectsInit(session, nullptr, 3));
  expect("C_GenerateKeyPair, neither", CKR_ARGUMENTS_BAD,
         token->C_GenerateKeyPair(session, &mechanism, nullptr, 3, nullptr, 3, &one, &other));
  expect("C_GenerateKeyPair, no public", CKR_ARGUMENTS_BAD,
         token->C_GenerateKeyPair(session, &mechanism, nullptr, 3, attributes, 1, &one, &other));
  expect("C_GenerateKeyPair, no private", CKR_ARGUMENTS_BAD,
         token->C_GenerateKeyPair(session, &mechanism, attributes, 1, nullptr, 3, &one, &other));
  // None and none counted is an empty template: what is wrong then is only that something is missing from it.
  expect("C_GenerateKeyPair, empty", CKR_TEMPLATE_INCOMPLETE,
         token->C_GenerateKeyPair(session, &mechanism, nullptr, 0, nullptr, 0, &one, &other));
  expect("C_FindObjectsInit, empty", CKR_OK, token->C_FindObjectsInit(session, nullptr, 0));
  expect("C_FindObjectsFinal", CKR_OK, token->C_FindObjectsFinal(session));
}

CK_ULONG count_labelled(CK_FUNCTION_LIST_PTR token, CK_SESSION_HANDLE session, std::string label) {
  CK_ATTRIBUTE wanted[] = {{CKA_LABEL, &label[0], label.size()}};
  CK_OBJECT_HANDLE found[8];
  CK_ULONG count = 0;
  expect("C_FindObjectsInit", CKR_OK, token->C_FindObjectsInit(session, wanted, 1));
  expect("C_FindObjects", CKR_OK, token->C_FindObjects(session, found, 8, &count));
  expect("C_FindObjectsFinal", CKR_OK, token->C_FindObjectsFinal(session));
  return count;
}

CK_OBJECT_HANDLE make_data(CK_FUNCTION_LIST_PTR token, CK_SESSION_HANDLE session, std::string label, CK_BBOOL is_private) {
  CK_OBJECT_CLASS kind = CKO_DATA;
  CK_ATTRIBUTE attributes[] = {{CKA_CLASS, &kind, sizeof kind},
                               {CKA_PRIVATE, &is_private, sizeof is_private},
                               {CKA_LABEL, &label[0], label.size()}};
  CK_OBJECT_HANDLE made = 0;
  expect("C_CreateObject", CKR_OK, token->C_CreateObject(session, attributes, 3, &made));
  return made;
}

/** Objects of a session are seen by the application's other sessions until theirs is closed, private ones until logout. */
void share_session_objects(CK_FUNCTION_LIST_PTR token, CK_SESSION_HANDLE first, CK_SESSION_HANDLE second) {
  CK_ATTRIBUTE label[] = {{CKA_LABEL, nullptr, 0}};
  const CK_OBJECT_HANDLE shared = make_data(token, first, "shared", CK_FALSE);
  make_data(token, first, "private", CK_TRUE);
  expect("seen by another session", 1, count_labelled(token, second, "shared"));
  expect("seen by another session, private", 1, count_labelled(token, second, "private"));
  expect("read by another session", CKR_OK, token->C_GetAttributeValue(second, shared, label, 1));
  expect("destroyed by another session", CKR_OK, token->C_DestroyObject(second, shared));
  expect("destroyed for both", CKR_OBJECT_HANDLE_INVALID, token->C_GetAttributeValue(first, shared, label, 1));
  make_data(token, second, "kept", CK_FALSE);
  expect("C_Logout", CKR_OK, token->C_Logout(second));
  expect("C_Login refuses", CKR_PIN_INCORRECT, token->C_Login(second, CKU_USER, CK_UTF8CHAR_PTR("?"), 1));
  expect("private, after logout", 0, count_labelled(token, first, "private"));
  expect("public, after logout", 1, count_labelled(token, first, "kept"));
  expect("C_CloseSession", CKR_OK, token->C_CloseSession(second));
  expect("after its session", 0, count_labelled(token, first, "kept"));
}

}  // namespace

int main(int count, char** values) {
  if (count != 3) return 64;
  const CK_FUNCTION_LIST_PTR token = load(values[1]);
  if (token == nullptr) {
    printf("%s cannot be loaded\n", values[1]);
    return 1;
  }
  std::string pin = values[2];
  CK_SESSION_HANDLE first = 0, second = 0;
  const CK_FLAGS flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
  expect("C_Initialize", CKR_OK, token->C_Initialize(nullptr));
  expect("C_OpenSession", CKR_OK, token->C_OpenSession(0, flags, nullptr, nullptr, &first));
  expect("C_OpenSession", CKR_OK, token->C_OpenSession(0, flags, nullptr, nullptr, &second));
  expect("C_Login", CKR_OK, token->C_Login(first, CKU_USER, reinterpret_cast<CK_UTF8CHAR_PTR>(&pin[0]), pin.size()));
  call_without_templates(token, first, make_data(token, first, "any", CK_FALSE));
  share_session_objects(token, first, second);
  expect("C_Finalize", CKR_OK, token->C_Finalize(nullptr));
  if (faults > 0) return 1;
  printf("%d calls answered as they must be\n", calls);
  return 0;
}
