// Sessions, logins and PINs: PKCS#11 2.40, sections 5.5 and 5.6.
#include "module.h"

namespace sealgate::token {

namespace {

CK_RV open_session(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR, CK_NOTIFY, CK_SESSION_HANDLE_PTR handle) {
  if (handle == nullptr) return CKR_ARGUMENTS_BAD;
  if ((flags & CKF_SERIAL_SESSION) == 0) return CKR_SESSION_PARALLEL_NOT_SUPPORTED;
  return enter([&](Module& module) -> CK_RV {
    if ((flags & CKF_RW_SESSION) == 0 && module.role(slot) == CKU_SO) return CKR_SESSION_READ_WRITE_SO_EXISTS;
    *handle = module.open(slot, flags);
    return CKR_OK;
  });
}

CK_RV close_session(CK_SESSION_HANDLE handle) {
  return enter([&](Module& module) -> CK_RV {
    module.close(handle);
    return CKR_OK;
  });
}

CK_RV close_all_sessions(CK_SLOT_ID slot) {
  return enter([&](Module& module) -> CK_RV {
    if (!module.has_slot(slot)) return CKR_SLOT_ID_INVALID;
    module.close_all(slot);
    return CKR_OK;
  });
}

CK_STATE state_of(const Session& session, std::optional<CK_USER_TYPE> role) {
  const bool is_writable = (session.flags & CKF_RW_SESSION) != 0;
  if (role == CKU_SO) return CKS_RW_SO_FUNCTIONS;
  if (role == CKU_USER) return is_writable ? CKS_RW_USER_FUNCTIONS : CKS_RO_USER_FUNCTIONS;
  return is_writable ? CKS_RW_PUBLIC_SESSION : CKS_RO_PUBLIC_SESSION;
}

CK_RV get_session_info(CK_SESSION_HANDLE handle, CK_SESSION_INFO_PTR info) {
  if (info == nullptr) return CKR_ARGUMENTS_BAD;
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    *info = {session.slot, state_of(session, module.role(session.slot)), session.flags, 0};
    return CKR_OK;
  });
}

// Tries are counted on the token before anything else happens.
CK_RV check_pin(Module& module, CK_SLOT_ID slot, Pin& pin, CK_UTF8CHAR_PTR text, CK_ULONG length,
                const char* entered) {
  const PinEntry entry(module.faults(), entered, text, length);
  const uint64_t before = pin.left();
  const CK_RV result = entry.counts() ? pin.miss() : pin.check(text, length);
  if (pin.left() != before) module.save(slot);
  return result;
}

CK_RV confirm_operation(Module& module, Session& session, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  if (!session.signing || !session.signing->needs_pin) return CKR_OPERATION_NOT_INITIALIZED;
  const CK_RV result = check_pin(module, session.slot, module.token(session.slot).user_pin(), pin, length, "pin-pad");
  if (result == CKR_OK) session.signing->needs_pin = false;
  return result;
}

CK_RV login(CK_SESSION_HANDLE handle, CK_USER_TYPE type, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (!module.needs_login()) return CKR_FUNCTION_NOT_SUPPORTED;
    if (type == CKU_CONTEXT_SPECIFIC) return confirm_operation(module, session, pin, length);
    if (type != CKU_USER && type != CKU_SO) return CKR_USER_TYPE_INVALID;
    Token& token = module.token(session.slot);
    const auto role = module.role(session.slot);
    if (role) return role == type ? CKR_USER_ALREADY_LOGGED_IN : CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
    const bool is_set = token.user_pin().is_set() && !module.faults().has("pin-unset");
    if (type == CKU_USER && !is_set) return CKR_USER_PIN_NOT_INITIALIZED;
    if (type == CKU_SO && module.count(session.slot, false) != module.count(session.slot, true)) {
      return CKR_SESSION_READ_ONLY_EXISTS;
    }
    const CK_RV result = type == CKU_USER
                             ? check_pin(module, session.slot, token.user_pin(), pin, length, "pin-pad")
                             : check_pin(module, session.slot, token.officer_pin(), pin, length, "pin-pad-officer");
    if (result != CKR_OK) return result;
    if (type == CKU_USER && module.faults().has("pin-expired")) return CKR_PIN_EXPIRED;
    module.set_role(session.slot, type);
    return CKR_OK;
  });
}

CK_RV logout(CK_SESSION_HANDLE handle) {
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (!module.role(session.slot)) return CKR_USER_NOT_LOGGED_IN;
    // Private objects of the application's sessions are destroyed (section 5.6, C_Logout).
    for (auto* objects : module.session_objects(session.slot)) {
      for (auto at = objects->begin(); at != objects->end();) {
        at = at->second.is_private() ? objects->erase(at) : std::next(at);
      }
    }
    module.set_role(session.slot, std::nullopt);
    session.signing.reset();
    return CKR_OK;
  });
}

CK_RV init_pin(CK_SESSION_HANDLE handle, CK_UTF8CHAR_PTR pin, CK_ULONG length) {
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if (module.role(session.slot) != CKU_SO) return CKR_USER_NOT_LOGGED_IN;
    module.check_writable();
    const PinEntry entry(module.faults(), "pin-pad-new", pin, length);
    module.token(session.slot).user_pin().set(pin, length);
    module.save(session.slot);
    return CKR_OK;
  });
}

CK_RV set_pin(CK_SESSION_HANDLE handle, CK_UTF8CHAR_PTR old_pin, CK_ULONG old_length, CK_UTF8CHAR_PTR new_pin,
              CK_ULONG new_length) {
  return enter_session(handle, [&](Module& module, Session& session) -> CK_RV {
    if ((session.flags & CKF_RW_SESSION) == 0) return CKR_SESSION_READ_ONLY;
    module.check_writable();
    Token& token = module.token(session.slot);
    const bool is_officer = module.role(session.slot) == CKU_SO;
    Pin& pin = is_officer ? token.officer_pin() : token.user_pin();
    if (!pin.is_set()) return CKR_USER_PIN_NOT_INITIALIZED;
    const PinEntry entry(module.faults(), "pin-pad-new", new_pin, new_length);
    check_new_pin(new_pin, new_length);
    const CK_RV result =
        check_pin(module, session.slot, pin, old_pin, old_length, is_officer ? "pin-pad-officer" : "pin-pad");
    if (result != CKR_OK) return result;
    pin.set(new_pin, new_length);
    module.save(session.slot);
    return CKR_OK;
  });
}

}  // namespace

void add_session_functions(CK_FUNCTION_LIST& list) {
  list.C_OpenSession = open_session;
  list.C_CloseSession = close_session;
  list.C_CloseAllSessions = close_all_sessions;
  list.C_GetSessionInfo = get_session_info;
  list.C_Login = login;
  list.C_Logout = logout;
  list.C_InitPIN = init_pin;
  list.C_SetPIN = set_pin;
}

}  // namespace sealgate::token
