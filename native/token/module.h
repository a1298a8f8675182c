// The state of the module and how entry functions get at it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "fault.h"
#include "key.h"
#include "token.h"

namespace sealgate::token {

/** A signature, verification or hash under way in a session. */
struct Operation {
  CK_MECHANISM_TYPE mechanism;
  std::optional<Key> key;
  std::unique_ptr<gost::Hasher> hasher;
  bool is_in_parts = false;
  bool needs_pin = false;

  ~Operation() {
    if (key) wipe(key->octets);
  }
};

struct Session {
  CK_SLOT_ID slot;
  CK_FLAGS flags;
  /** Serial number of the token that was in the slot when the session was opened. */
  std::string serial;
  /** The token has been out of the slot. */
  bool is_lost = false;
  std::map<CK_OBJECT_HANDLE, Object> objects;
  std::unique_ptr<Operation> signing, verifying, hashing;
  std::optional<std::vector<CK_OBJECT_HANDLE>> search;
};

class Module {
 public:
  static Module& instance();

  bool is_initialised() const { return is_initialised_; }
  /** Adds a dot to the file "starts", which tells testers how often a driver was started. */
  void start(std::filesystem::path folder);
  void stop();

  /** Looks at the faults and the tokens' files anew; sessions of tokens that are gone end. */
  void refresh();

  const Faults& faults() const { return faults_; }

  /** Slots with a token each, and one more with a token that is not initialised. */
  std::vector<CK_SLOT_ID> slots() const;
  bool has_slot(CK_SLOT_ID slot) const;

  /** The token in a slot; throws Refusal with CKR_SLOT_ID_INVALID, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED. */
  Token& token(CK_SLOT_ID slot);
  /** As `token`, but one that is out is told of too where faults say so. */
  const Token& known_token(CK_SLOT_ID slot);
  /** Whether the session may use private keys and write to the token. */
  bool may_use(const Session& session) const;
  /** Whether keys want a login. */
  bool needs_login() const;
  void save(CK_SLOT_ID slot);
  /** Throws Refusal with CKR_TOKEN_WRITE_PROTECTED. */
  void check_writable() const;

  CK_SESSION_HANDLE open(CK_SLOT_ID slot, CK_FLAGS flags);
  /** Throws Refusal with CKR_SESSION_HANDLE_INVALID, or CKR_DEVICE_REMOVED while its token is out. */
  Session& session(CK_SESSION_HANDLE handle);
  void close(CK_SESSION_HANDLE handle);
  void close_all(CK_SLOT_ID slot);
  size_t count(CK_SLOT_ID slot, bool read_write_only) const;

  /** CKU_USER, CKU_SO, or nothing. */
  std::optional<CK_USER_TYPE> role(CK_SLOT_ID slot) const;
  void set_role(CK_SLOT_ID slot, std::optional<CK_USER_TYPE> role);

  /** An object of the token, or of any session with it, that the session may see; throws Refusal. */
  Object& object(Session& session, CK_OBJECT_HANDLE handle);
  bool may_see(const Session& session, const Object& object) const;
  /** Puts a new object on the token or into the session; throws Refusal where that is not allowed. */
  CK_OBJECT_HANDLE add(Session& session, Object object);
  /**
   * The objects of all sessions with a token: each session sees those of the others, for they belong to the application
   * (PKCS#11 2.40 usage guide, "Sessions"); they go with the session that made them.
   */
  std::vector<std::map<CK_OBJECT_HANDLE, Object>*> session_objects(CK_SLOT_ID slot);

  std::mutex& mutex() { return mutex_; }
  std::filesystem::path lock_file() const { return folder_ / "lock"; }

 private:
  std::filesystem::path file_of(CK_SLOT_ID slot) const;

  std::mutex mutex_;
  bool is_initialised_ = false;
  std::filesystem::path folder_;
  Faults faults_;
  std::map<CK_SLOT_ID, Token> tokens_;
  std::map<CK_SLOT_ID, Token> last_seen_;
  std::set<CK_SLOT_ID> unreadable_;
  std::map<CK_SESSION_HANDLE, Session> sessions_;
  std::map<CK_SLOT_ID, CK_USER_TYPE> roles_;
  CK_SESSION_HANDLE last_session_ = 0;
  CK_OBJECT_HANDLE last_session_object_ = 0;
};

/** Keeps other processes out while one works on the tokens' files. */
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& file);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_ = -1;
};

/** Carries out an entry function: one at a time, on fresh state, with every exception turned into a return value. */
template <typename Act>
CK_RV enter(Act act) {
  Module& module = Module::instance();
  try {
    const std::lock_guard<std::mutex> guard(module.mutex());
    if (!module.is_initialised()) return CKR_CRYPTOKI_NOT_INITIALIZED;
    const FolderLock lock(module.lock_file());
    module.refresh();
    return act(module);
  } catch (const Refusal& refusal) {
    return refusal.value;
  } catch (const std::bad_alloc&) {
    return CKR_HOST_MEMORY;
  } catch (const std::exception&) {
    return CKR_GENERAL_ERROR;
  }
}

/** As `enter`, for functions that work in a session. */
template <typename Act>
CK_RV enter_session(CK_SESSION_HANDLE handle, Act act) {
  return enter([&](Module& module) { return act(module, module.session(handle)); });
}

/** Fills a text field of a CK_ structure with blanks, as PKCS#11 wants it. */
void pad(CK_UTF8CHAR* field, size_t size, const std::string& text);

/** The entry functions, by area. */
void add_slot_functions(CK_FUNCTION_LIST& list);
void add_session_functions(CK_FUNCTION_LIST& list);
void add_object_functions(CK_FUNCTION_LIST& list);
void add_signing_functions(CK_FUNCTION_LIST& list);
void add_hashing_functions(CK_FUNCTION_LIST& list);

}  // namespace sealgate::token
