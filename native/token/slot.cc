// Slots and the tokens in them: PKCS#11 2.40, section 5.5.
#include <cstring>

#include "module.h"

namespace sealgate::token {

namespace {

constexpr CK_VERSION kVersion = {1, 0};
const char* const kMaker = "Sealgate, FOR TESTS ONLY";

struct Mechanism {
  CK_MECHANISM_TYPE type;
  CK_ULONG bits;
  CK_FLAGS flags;
  bool hashes;
};

constexpr CK_FLAGS kSigning = CKF_SIGN | CKF_VERIFY;
constexpr Mechanism kMechanisms[] = {
    {kGenerate256, 256, CKF_GENERATE_KEY_PAIR, false}, {kGenerate512, 512, CKF_GENERATE_KEY_PAIR, false},
    {kSign256, 256, kSigning, false},                  {kSign512, 512, kSigning, false},
    {kHashAndSign256, 256, kSigning, true},            {kHashAndSign512, 512, kSigning, true},
    {kStreebog256, 0, CKF_DIGEST, true},               {kStreebog512, 0, CKF_DIGEST, true},
};

CK_RV get_slot_list(CK_BBOOL token_present, CK_SLOT_ID_PTR list, CK_ULONG_PTR count) {
  if (count == nullptr) return CKR_ARGUMENTS_BAD;
  return enter([&](Module& module) -> CK_RV {
    std::vector<CK_SLOT_ID> slots;
    for (const CK_SLOT_ID slot : module.slots()) {
      if (!token_present || !module.faults().has("removed")) slots.push_back(slot);
    }
    const CK_ULONG room = *count;
    *count = slots.size();
    if (list == nullptr) return CKR_OK;
    if (room < slots.size()) return CKR_BUFFER_TOO_SMALL;
    for (size_t at = 0; at < slots.size(); at++) list[at] = slots[at];
    return CKR_OK;
  });
}

CK_RV get_slot_info(CK_SLOT_ID slot, CK_SLOT_INFO_PTR info) {
  if (info == nullptr) return CKR_ARGUMENTS_BAD;
  return enter([&](Module& module) -> CK_RV {
    if (!module.has_slot(slot)) return CKR_SLOT_ID_INVALID;
    std::memset(info, 0, sizeof *info);
    pad(info->slotDescription, sizeof info->slotDescription, "Sealgate test reader " + std::to_string(slot));
    pad(info->manufacturerID, sizeof info->manufacturerID, kMaker);
    info->flags = CKF_REMOVABLE_DEVICE | (module.faults().has("removed") ? 0 : CKF_TOKEN_PRESENT);
    info->hardwareVersion = info->firmwareVersion = kVersion;
    return CKR_OK;
  });
}

CK_FLAGS flags_of(const Token& token, const Faults& faults) {
  CK_FLAGS flags = CKF_RNG | CKF_LOGIN_REQUIRED;
  if (faults.has("write-protected") || faults.has("read-only")) flags |= CKF_WRITE_PROTECTED;
  if (!token.is_initialised()) return flags;
  flags |= CKF_TOKEN_INITIALIZED | token.officer_pin().flags(true) | token.user_pin().flags(false);
  if (token.user_pin().is_set() && !faults.has("pin-unset")) flags |= CKF_USER_PIN_INITIALIZED;
  if (faults.has("pin-pad")) flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
  if (faults.has("login-unneeded")) flags &= ~static_cast<CK_FLAGS>(CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED);
  if (faults.has("pin-to-be-changed") || faults.has("pin-expired")) flags |= CKF_USER_PIN_TO_BE_CHANGED;
  return flags;
}

CK_RV get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO_PTR info) {
  if (info == nullptr) return CKR_ARGUMENTS_BAD;
  return enter([&](Module& module) -> CK_RV {
    const Token& token = module.known_token(slot);
    std::memset(info, 0, sizeof *info);
    pad(info->label, sizeof info->label, token.label());
    pad(info->manufacturerID, sizeof info->manufacturerID, kMaker);
    pad(info->model, sizeof info->model, "Test token GOST");
    pad(info->serialNumber, sizeof info->serialNumber, token.serial());
    info->flags = flags_of(token, module.faults());
    info->ulMaxSessionCount = info->ulMaxRwSessionCount = CK_EFFECTIVELY_INFINITE;
    info->ulSessionCount = module.count(slot, false);
    info->ulRwSessionCount = module.count(slot, true);
    info->ulMinPinLen = kShortestPin;
    info->ulMaxPinLen = kLongestPin;
    info->ulTotalPublicMemory = info->ulFreePublicMemory = CK_UNAVAILABLE_INFORMATION;
    info->ulTotalPrivateMemory = info->ulFreePrivateMemory = CK_UNAVAILABLE_INFORMATION;
    info->hardwareVersion = info->firmwareVersion = kVersion;
    return CKR_OK;
  });
}

CK_RV get_mechanism_list(CK_SLOT_ID slot, CK_MECHANISM_TYPE_PTR list, CK_ULONG_PTR count) {
  if (count == nullptr) return CKR_ARGUMENTS_BAD;
  return enter([&](Module& module) -> CK_RV {
    module.token(slot);
    std::vector<CK_MECHANISM_TYPE> types;
    for (const Mechanism& mechanism : kMechanisms) {
      if (!mechanism.hashes || !module.faults().has("raw-only")) types.push_back(mechanism.type);
    }
    const CK_ULONG room = *count;
    *count = types.size();
    if (list == nullptr) return CKR_OK;
    if (room < types.size()) return CKR_BUFFER_TOO_SMALL;
    for (size_t at = 0; at < types.size(); at++) list[at] = types[at];
    return CKR_OK;
  });
}

CK_RV get_mechanism_info(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR info) {
  if (info == nullptr) return CKR_ARGUMENTS_BAD;
  return enter([&](Module& module) -> CK_RV {
    module.token(slot);
    for (const Mechanism& mechanism : kMechanisms) {
      if (mechanism.type != type) continue;
      *info = {mechanism.bits, mechanism.bits, mechanism.flags};
      return CKR_OK;
    }
    return CKR_MECHANISM_INVALID;
  });
}

std::string unpadded(const CK_UTF8CHAR* field, size_t size) {
  const std::string text(reinterpret_cast<const char*>(field), size);
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

CK_RV init_token(CK_SLOT_ID slot, CK_UTF8CHAR_PTR pin, CK_ULONG length, CK_UTF8CHAR_PTR label) {
  if (label == nullptr) return CKR_ARGUMENTS_BAD;
  return enter([&](Module& module) -> CK_RV {
    Token& token = module.token(slot);
    module.check_writable();
    if (module.count(slot, false) > 0) return CKR_SESSION_EXISTS;
    PinEntry entry(module.faults(), "pin-pad-officer", pin, length);
    if (token.is_initialised()) {
      const CK_RV result = entry.counts() ? token.officer_pin().miss() : token.officer_pin().check(pin, length);
      if (result != CKR_OK) {
        module.save(slot);
        return result;
      }
    } else {
      token.officer_pin().set(pin, length);
    }
    token.initialise(unpadded(label, 32));
    module.save(slot);
    return CKR_OK;
  });
}

}  // namespace

void add_slot_functions(CK_FUNCTION_LIST& list) {
  list.C_GetSlotList = get_slot_list;
  list.C_GetSlotInfo = get_slot_info;
  list.C_GetTokenInfo = get_token_info;
  list.C_GetMechanismList = get_mechanism_list;
  list.C_GetMechanismInfo = get_mechanism_info;
  list.C_InitToken = init_token;
}

}  // namespace sealgate::token
