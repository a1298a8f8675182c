// Faults that a tester has the token play. They stand in the file "faults" of the token folder, one a line, and hold
// as long as they stand there:
//
//   removed              the token is out of its reader; its sessions end
//   stale-info           C_GetTokenInfo goes on telling of a token that is out, as OpenSC does
//   not-recognized       the reader holds something that the driver does not know
//   write-protected      nothing can be changed
//   full                 there is no room for another object
//   slow MILLISECONDS    each signature takes that long
//   hang                 a signature never returns
//   crash                the driver breaks down in a signature
//   cancel, reject       the person says no at the token: CKR_FUNCTION_CANCELED, CKR_FUNCTION_REJECTED
//   device-error         a signature ends with CKR_DEVICE_ERROR
//   pin-few-tries, pin-final-try, pin-locked, pin-expired, pin-to-be-changed
//   signature-flipped    one bit of a signature is wrong
//   signature-reversed   all octets of a signature in reverse order, as CryptoAPI gives it
//   signature-swapped    r before s
//   raw-only             no mechanism that hashes
//   refuse-hashing       the mechanisms that hash are listed and refused
//   wrapped-point        CKA_VALUE of public keys in an OCTET STRING, as some drivers give it
//   answer CALL VALUE    CALL (such as C_Sign) does nothing and ends with that CKR_ number
//
// Habits of drivers that people have met:
//
//   initialize-null      C_Initialize takes NULL_PTR only
//   login-unneeded       neither CKF_LOGIN_REQUIRED nor CKF_USER_PIN_INITIALIZED; C_Login is not supported, and keys
//                        sign without it
//   login-unsupported    as above, with the flags of a token that wants a login
//   login-lost           every login is forgotten, as when another program has logged out
//   pin-unset            the user's PIN has not been set
//   read-only            read-write sessions are refused
//   pin-pad PIN          the user's PIN is entered at the reader, where somebody enters this one; C_Login takes
//                        NULL_PTR only
//   pin-pad-officer PIN, pin-pad-new PIN
//                        what is entered there as the officer's PIN, and as a new one
//   pin-pad-counts       anything but NULL_PTR counts as a wrong PIN
//   no-id                no object has a CKA_ID
//   no-public-keys       public key objects are not shown
//   late-authenticate    each signature wants the PIN, and no key says so (CKA_ALWAYS_AUTHENTICATE is absent)
//   parameters-public    GOST parameters stand in the public template only; in the private one they are refused with
//                        CKR_ATTRIBUTE_READ_ONLY, and the public half stays on the token
//   parameters-both      GOST parameters are wanted in both templates; otherwise CKR_TEMPLATE_INCOMPLETE, likewise
//   parameters-alias     the private key shows another identifier of the same parameter set
//   parameters-other     the private key shows the identifier of another parameter set
//   generate-half        C_GenerateKeyPair reports success and keeps the public key only
//   generate-strangers   C_GenerateKeyPair makes halves that do not belong together
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "cryptoki.h"

namespace sealgate::token {

/** The file of the faults in a token folder. */
inline std::filesystem::path fault_file(const std::filesystem::path& folder) { return folder / "faults"; }

class Faults {
 public:
  /** Reads the file anew; without one there are no faults. */
  void read(const std::filesystem::path& file);

  bool has(const std::string& name) const { return faults_.count(name) > 0; }

  /** What stands behind a fault's name; empty where nothing does. */
  const std::string& text(const std::string& name) const;

  /** The return value that a call is to end with; CKR_OK where none is planned. */
  CK_RV answer(const std::string& call) const;

  /** Waits, hangs, breaks down or throws Refusal, as the faults of signing say. */
  void before_signing() const;

  /** Spoils a signature, as the faults say. */
  void after_signing(uint8_t* signature, size_t length) const;

 private:
  std::map<std::string, std::string> faults_;
  std::map<std::string, CK_RV> answers_;
};

}  // namespace sealgate::token
