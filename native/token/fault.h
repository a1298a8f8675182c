// Faults that a tester has the token play. They stand in the file "faults" of the token folder, one a line, and hold
// as long as they stand there:
//
//   removed              the token is out of its reader; its sessions end
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
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "cryptoki.h"

namespace sealgate::token {

class Faults {
 public:
  /** Reads the file anew; without one there are no faults. */
  void read(const std::filesystem::path& file);

  bool has(const std::string& name) const { return faults_.count(name) > 0; }

  /** Waits, hangs, breaks down or throws Refusal, as the faults of signing say. */
  void before_signing() const;

  /** Spoils a signature, as the faults say. */
  void after_signing(uint8_t* signature, size_t length) const;

 private:
  std::map<std::string, long> faults_;
};

}  // namespace sealgate::token
