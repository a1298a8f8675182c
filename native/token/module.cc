#include "module.h"

#include <algorithm>
#include <cstring>
#include <fstream>

#ifndef _WIN32
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#endif

namespace sealgate::token {

namespace fs = std::filesystem;

namespace {

constexpr CK_SLOT_ID kMostSlots = 16;
/** Handles of objects that live in a session, apart from those of the token. */
constexpr CK_OBJECT_HANDLE kSessionObjects = 0x40000000;

}  // namespace

Module& Module::instance() {
  static Module module;
  return module;
}

void Module::start(fs::path folder) {
  folder_ = std::move(folder);
  fs::create_directories(folder_);
  std::ofstream(folder_ / "starts", std::ios::app) << '.';
  is_initialised_ = true;
}

void Module::stop() {
  is_initialised_ = false;
  sessions_.clear();
  roles_.clear();
  tokens_.clear();
}

void Module::refresh() {
  faults_.read(fault_file(folder_));
  unreadable_.clear();
  if (faults_.has("login-lost")) roles_.clear();
  std::map<CK_SLOT_ID, Token> fresh;
  CK_SLOT_ID last = 0;
  for (CK_SLOT_ID slot = 0; slot < kMostSlots; slot++) {
    if (!fs::exists(file_of(slot))) continue;
    last = slot + 1;
    if (faults_.has("removed")) continue;
    try {
      if (faults_.has("not-recognized")) throw Refusal{CKR_TOKEN_NOT_RECOGNIZED};
      fresh.emplace(slot, Token::load(file_of(slot)));
    } catch (const Refusal&) {
      unreadable_.insert(slot);
    }
  }
  if (!faults_.has("removed")) last_seen_ = fresh;
  tokens_ = std::move(fresh);
  if (!faults_.has("removed") && last < kMostSlots) tokens_.emplace(last, Token());
  for (auto& [slot, token] : tokens_) {
    if (faults_.has("pin-few-tries")) token.user_pin().leave(std::min(token.user_pin().left(), kUserTries - 1));
    if (faults_.has("pin-final-try")) token.user_pin().leave(1);
    if (faults_.has("pin-locked")) token.user_pin().leave(0);
  }
  // A token that went away takes its sessions with it: while it is out they say so, and after that they are unknown.
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    const auto found = tokens_.find(at->second.slot);
    const bool is_back = found != tokens_.end() && at->second.is_lost;
    const bool is_other = found != tokens_.end() && found->second.serial() != at->second.serial;
    if (found == tokens_.end()) at->second.is_lost = true;
    at = is_back || is_other ? sessions_.erase(at) : std::next(at);
  }
  for (auto at = roles_.begin(); at != roles_.end();) {
    const bool is_gone = tokens_.count(at->first) == 0 || count(at->first, false) == 0;
    at = is_gone ? roles_.erase(at) : std::next(at);
  }
}

std::vector<CK_SLOT_ID> Module::slots() const {
  std::vector<CK_SLOT_ID> slots;
  for (CK_SLOT_ID slot = 0; slot < kMostSlots; slot++) {
    if (has_slot(slot)) slots.push_back(slot);
  }
  return slots;
}

bool Module::has_slot(CK_SLOT_ID slot) const {
  return slot == 0 || tokens_.count(slot) > 0 || unreadable_.count(slot) > 0 ||
         (slot < kMostSlots && fs::exists(file_of(slot)));
}

Token& Module::token(CK_SLOT_ID slot) {
  if (!has_slot(slot)) throw Refusal{CKR_SLOT_ID_INVALID};
  if (unreadable_.count(slot) > 0) throw Refusal{CKR_TOKEN_NOT_RECOGNIZED};
  const auto found = tokens_.find(slot);
  if (found == tokens_.end()) throw Refusal{CKR_TOKEN_NOT_PRESENT};
  return found->second;
}

const Token& Module::known_token(CK_SLOT_ID slot) {
  const auto seen = last_seen_.find(slot);
  return faults_.has("stale-info") && seen != last_seen_.end() ? seen->second : token(slot);
}

bool Module::may_use(const Session& session) const { return !needs_login() || role(session.slot) == CKU_USER; }

bool Module::needs_login() const { return !faults_.has("login-unneeded") && !faults_.has("login-unsupported"); }

void Module::check_writable() const {
  if (faults_.has("write-protected") || faults_.has("read-only")) throw Refusal{CKR_TOKEN_WRITE_PROTECTED};
}

void Module::save(CK_SLOT_ID slot) { token(slot).save(file_of(slot)); }

CK_SESSION_HANDLE Module::open(CK_SLOT_ID slot, CK_FLAGS flags) {
  const Token& in_slot = token(slot);
  if (!in_slot.is_initialised()) throw Refusal{CKR_TOKEN_NOT_RECOGNIZED};
  if (faults_.has("read-only") && (flags & CKF_RW_SESSION) != 0) throw Refusal{CKR_TOKEN_WRITE_PROTECTED};
  Session& session = sessions_[++last_session_];
  session.slot = slot;
  session.flags = flags;
  session.serial = in_slot.serial();
  return last_session_;
}

Session& Module::session(CK_SESSION_HANDLE handle) {
  const auto found = sessions_.find(handle);
  if (found == sessions_.end()) throw Refusal{CKR_SESSION_HANDLE_INVALID};
  if (found->second.is_lost) throw Refusal{CKR_DEVICE_REMOVED};
  return found->second;
}

void Module::close(CK_SESSION_HANDLE handle) {
  const auto found = sessions_.find(handle);
  if (found == sessions_.end()) throw Refusal{CKR_SESSION_HANDLE_INVALID};
  const CK_SLOT_ID slot = found->second.slot;
  sessions_.erase(found);
  if (count(slot, false) == 0) roles_.erase(slot);
}

void Module::close_all(CK_SLOT_ID slot) {
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    at = at->second.slot == slot ? sessions_.erase(at) : std::next(at);
  }
  roles_.erase(slot);
}

size_t Module::count(CK_SLOT_ID slot, bool read_write_only) const {
  return static_cast<size_t>(std::count_if(sessions_.begin(), sessions_.end(), [&](const auto& entry) {
    return entry.second.slot == slot && (!read_write_only || (entry.second.flags & CKF_RW_SESSION) != 0);
  }));
}

std::optional<CK_USER_TYPE> Module::role(CK_SLOT_ID slot) const {
  const auto found = roles_.find(slot);
  return found == roles_.end() ? std::nullopt : std::optional(found->second);
}

void Module::set_role(CK_SLOT_ID slot, std::optional<CK_USER_TYPE> role) {
  if (role) roles_[slot] = *role;
  else roles_.erase(slot);
}

bool Module::may_see(const Session& session, const Object& object) const {
  if (faults_.has("no-public-keys") && object.object_class() == CKO_PUBLIC_KEY) return false;
  return !object.is_private() || may_use(session);
}

Object& Module::object(Session& session, CK_OBJECT_HANDLE handle) {
  Object* found = token(session.slot).find(handle);
  for (auto* objects : session_objects(session.slot)) {
    const auto at = objects->find(handle);
    if (at != objects->end()) found = &at->second;
  }
  if (found == nullptr || !may_see(session, *found)) throw Refusal{CKR_OBJECT_HANDLE_INVALID};
  return *found;
}

std::vector<std::map<CK_OBJECT_HANDLE, Object>*> Module::session_objects(CK_SLOT_ID slot) {
  std::vector<std::map<CK_OBJECT_HANDLE, Object>*> all;
  for (auto& [handle, session] : sessions_) {
    if (session.slot == slot && !session.is_lost) all.push_back(&session.objects);
  }
  return all;
}

CK_OBJECT_HANDLE Module::add(Session& session, Object object) {
  if (object.is_private() && !may_use(session)) throw Refusal{CKR_USER_NOT_LOGGED_IN};
  if (!object.is_on_token()) {
    const CK_OBJECT_HANDLE handle = kSessionObjects | ++last_session_object_;
    session.objects.emplace(handle, std::move(object));
    return handle;
  }
  if ((session.flags & CKF_RW_SESSION) == 0) throw Refusal{CKR_SESSION_READ_ONLY};
  if (!may_use(session)) throw Refusal{CKR_USER_NOT_LOGGED_IN};
  check_writable();
  if (faults_.has("full")) throw Refusal{CKR_DEVICE_MEMORY};
  const CK_OBJECT_HANDLE handle = token(session.slot).add(std::move(object));
  save(session.slot);
  return handle;
}

fs::path Module::file_of(CK_SLOT_ID slot) const { return folder_ / (std::to_string(slot) + ".token"); }

#ifdef _WIN32
FolderLock::FolderLock(const fs::path&) {}
FolderLock::~FolderLock() = default;
#else
FolderLock::FolderLock(const fs::path& file) {
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ >= 0) ::flock(descriptor_, LOCK_EX);
}
FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}
#endif

void pad(CK_UTF8CHAR* field, size_t size, const std::string& text) {
  std::memset(field, ' ', size);
  std::memcpy(field, text.data(), std::min(size, text.size()));
}

}  // namespace sealgate::token
