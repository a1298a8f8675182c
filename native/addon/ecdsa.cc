// ECDSA verification by the OpenSSL that Node itself carries and exports. No mathematics here, and no policy:
// src/algorithm/ecdsa.ts is the only caller. Called directly because on the way through node:crypto the import of a
// key alone takes ten times as long as here, and every login brings a key that was never seen before.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <cstring>
#include <memory>

#include "argument.h"

namespace sealgate::addon {
namespace {

using gost::Octets;

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* held) const {
    release(held);
  }
};
using Key = std::unique_ptr<EC_KEY, Release<EC_KEY_free>>;

constexpr int curves[] = {NID_X9_62_prime256v1, NID_secp384r1, NID_secp521r1};
constexpr uint32_t last_curve = sizeof curves / sizeof *curves - 1;
constexpr const char* digests[] = {"SHA1",     "SHA2-224", "SHA2-256", "SHA2-384", "SHA2-512",
                                   "SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512"};
constexpr uint32_t last_digest = sizeof digests / sizeof *digests - 1;

// Made once, kept for the life of the process, and only read afterwards, from whatever thread.
const EC_GROUP* groups[last_curve + 1];
const EVP_MD* functions[last_digest + 1];

/** What OpenSSL says of a refused input must not be taken by node:crypto for its own error. */
class QuietErrors {
 public:
  QuietErrors() { ERR_set_mark(); }
  ~QuietErrors() { ERR_pop_to_mark(); }
};

/** A key as OpenSSL wants it: of an uncompressed or compressed point on its curve (RFC 5480, section 2.2). */
Key make_key(uint32_t curve, Octets point) {
  const size_t size = (EC_GROUP_get_degree(groups[curve]) + 7) / 8;
  const uint8_t form = point.length == 0 ? 0 : point.data[0];
  const bool fits = (form == 4 && point.length == 1 + 2 * size) || ((form == 2 || form == 3) && point.length == 1 + size);
  if (!fits) return nullptr;
  Key key(EC_KEY_new());
  if (key == nullptr || EC_KEY_set_group(key.get(), groups[curve]) != 1 ||
      EC_KEY_oct2key(key.get(), point.data, point.length, nullptr) != 1) {
    return nullptr;
  }
  return key;
}

/** The last key of a thread: each is looked at to see whether it is one, and then used for its first signature. */
class LastKey {
 public:
  /** The key of a point, or nullptr; valid until the next call. */
  EC_KEY* find(uint32_t curve, Octets point) {
    if (key_ != nullptr && curve_ == curve && length_ == point.length &&
        std::memcmp(point_, point.data, point.length) == 0) {
      return key_.get();
    }
    key_ = make_key(curve, point);
    if (key_ == nullptr) return nullptr;
    curve_ = curve;
    length_ = point.length;
    std::memcpy(point_, point.data, point.length);
    return key_.get();
  }

 private:
  // An uncompressed point on P-521, the longest that make_key accepts.
  static constexpr size_t longest_point = 133;

  uint32_t curve_ = 0;
  size_t length_ = 0;
  uint8_t point_[longest_point];
  Key key_;
};

thread_local LastKey last_key;

/** Hashes `data`; false where OpenSSL cannot. The context is kept, for making one takes as long as hashing a message. */
bool hash_data(uint32_t digest, Octets data, uint8_t* hash, unsigned& length) {
  thread_local const std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  return context != nullptr && EVP_DigestInit_ex2(context.get(), functions[digest], nullptr) == 1 &&
         EVP_DigestUpdate(context.get(), data.data, data.length) == 1 &&
         EVP_DigestFinal_ex(context.get(), hash, &length) == 1;
}

// isPublicKey(curve, point): boolean
napi_value is_public_key(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t curve;
  Octets point;
  if (!arguments.read(env, info, 2, 2) || !arguments.integer(0, last_curve, curve) || !arguments.octets(1, point)) {
    return nullptr;
  }
  const QuietErrors quiet;
  return make_boolean(env, last_key.find(curve, point) != nullptr);
}

// verify(curve, point, digest, data, signature): boolean; the signature is a DER Ecdsa-Sig-Value
napi_value verify(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t curve, digest;
  Octets point, data, signature;
  if (!arguments.read(env, info, 5, 5) || !arguments.integer(0, last_curve, curve) || !arguments.octets(1, point) ||
      !arguments.integer(2, last_digest, digest) || !arguments.octets(3, data) || !arguments.octets(4, signature)) {
    return nullptr;
  }
  // Longer than any signature on these curves, and safely within what OpenSSL counts in an int.
  if (signature.length > 256) return make_boolean(env, false);
  const QuietErrors quiet;
  EC_KEY* const key = last_key.find(curve, point);
  uint8_t hash[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  const bool holds = key != nullptr && hash_data(digest, data, hash, length) &&
                     ECDSA_verify(0, hash, int(length), signature.data, int(signature.length), key) == 1;
  return make_boolean(env, holds);
}

/** Whether the OpenSSL in this process is of the line whose headers this was built with, and knows all we need. */
bool prepare() {
  if (OPENSSL_version_major() != OPENSSL_VERSION_MAJOR) return false;
  for (uint32_t index = 0; index <= last_curve; ++index) {
    groups[index] = EC_GROUP_new_by_curve_name(curves[index]);
    if (groups[index] == nullptr) return false;
  }
  for (uint32_t index = 0; index <= last_digest; ++index) {
    functions[index] = EVP_MD_fetch(nullptr, digests[index], nullptr);
    if (functions[index] == nullptr) return false;
  }
  return true;
}

napi_value start(napi_env env, napi_value exports) {
  // Worker threads load the module too; the first loader prepares for all of them.
  static const bool ready = prepare();
  if (!ready) {
    ERR_clear_error();
    napi_throw_error(env, nullptr, "the OpenSSL of this Node is not the one that this module was built for");
    return nullptr;
  }
  const auto method = [](const char* name, napi_callback callback) {
    return napi_property_descriptor{name, nullptr, callback, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
  };
  const napi_property_descriptor methods[] = {method("isPublicKey", is_public_key), method("verify", verify)};
  return napi_define_properties(env, exports, sizeof methods / sizeof *methods, methods) == napi_ok ? exports : nullptr;
}

}  // namespace
}  // namespace sealgate::addon

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) { return sealgate::addon::start(env, exports); }
