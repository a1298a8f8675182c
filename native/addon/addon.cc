// The GOST library for JavaScript. No policy here: src/gost/native.ts is the only caller and says what things mean.
// Everything is synchronous: a verification takes tens of microseconds, less than a turn through the thread pool.
#include "argument.h"

namespace sealgate::addon {
namespace {

using gost::CurveId;
using gost::Hash;
using gost::Octets;

constexpr uint32_t last_curve = gost::curve_count - 1;
constexpr uint32_t last_hash = 2;

// Marks the objects that hold a hasher, so that no other object passes for one.
constexpr napi_type_tag hasher_tag = {0x5d1c9a0e7b3f4862, 0x9e27c4f1a86b035d};

// hash(algorithm, data): digest
napi_value hash(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t algorithm;
  Octets data;
  if (!arguments.read(env, info, 2, 2) || !arguments.integer(0, last_hash, algorithm) || !arguments.octets(1, data)) {
    return nullptr;
  }
  uint8_t* digest;
  const napi_value result = make_octets(env, gost::digest_size(Hash(algorithm)), digest);
  if (result == nullptr) return nullptr;
  gost::Hasher hasher{Hash(algorithm)};
  hasher.update(data.data, data.length);
  hasher.finish(digest);
  return result;
}

struct HeldHasher {
  explicit HeldHasher(Hash hash) : hasher(hash), size(gost::digest_size(hash)) {}
  gost::Hasher hasher;
  size_t size;
};

// createHasher(algorithm): hasher
napi_value create_hasher(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t algorithm;
  if (!arguments.read(env, info, 1, 1) || !arguments.integer(0, last_hash, algorithm)) return nullptr;
  HeldHasher* held = new HeldHasher(Hash(algorithm));
  napi_value result;
  const auto drop = [](napi_env, void* data, void*) { delete static_cast<HeldHasher*>(data); };
  if (napi_create_external(env, held, drop, nullptr, &result) != napi_ok) {
    delete held;
    return nullptr;
  }
  napi_type_tag_object(env, result, &hasher_tag);
  return result;
}

HeldHasher* hasher_of(napi_env env, napi_value value) {
  napi_valuetype type;
  bool tagged = false;
  void* data = nullptr;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_external ||
      napi_check_object_type_tag(env, value, &hasher_tag, &tagged) != napi_ok || !tagged ||
      napi_get_value_external(env, value, &data) != napi_ok) {
    refuse(env, "expected a hasher");
    return nullptr;
  }
  return static_cast<HeldHasher*>(data);
}

// updateHasher(hasher, data)
napi_value update_hasher(napi_env env, napi_callback_info info) {
  Arguments arguments;
  Octets data;
  if (!arguments.read(env, info, 2, 2) || !arguments.octets(1, data)) return nullptr;
  if (HeldHasher* held = hasher_of(env, arguments.value(0))) held->hasher.update(data.data, data.length);
  return nullptr;
}

// finishHasher(hasher): digest; the hasher starts anew
napi_value finish_hasher(napi_env env, napi_callback_info info) {
  Arguments arguments;
  if (!arguments.read(env, info, 1, 1)) return nullptr;
  HeldHasher* held = hasher_of(env, arguments.value(0));
  if (held == nullptr) return nullptr;
  uint8_t* digest;
  const napi_value result = make_octets(env, held->size, digest);
  if (result != nullptr) held->hasher.finish(digest);
  return result;
}

// verify(curve, digest, signature, publicKey): boolean
napi_value verify(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t curve;
  Octets digest, signature, key;
  if (!arguments.read(env, info, 4, 4) || !arguments.integer(0, last_curve, curve) || !arguments.octets(1, digest) ||
      !arguments.octets(2, signature) || !arguments.octets(3, key)) {
    return nullptr;
  }
  return make_boolean(env, gost::verify(CurveId(curve), digest, signature, key));
}

// checkPublicKey(curve, publicKey): number of the fault, 0 for none
napi_value check_public_key(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t curve;
  Octets key;
  if (!arguments.read(env, info, 2, 2) || !arguments.integer(0, last_curve, curve) || !arguments.octets(1, key)) {
    return nullptr;
  }
  return make_integer(env, uint32_t(gost::check_public_key(CurveId(curve), key)));
}

// sign(curve, digest, privateKey, entropy): signature, or undefined for an unusable digest or private key
napi_value sign(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t curve;
  Octets digest, key, entropy;
  if (!arguments.read(env, info, 4, 4) || !arguments.integer(0, last_curve, curve) || !arguments.octets(1, digest) ||
      !arguments.octets(2, key) || !arguments.octets(3, entropy)) {
    return nullptr;
  }
  uint8_t* signature;
  const napi_value result = make_octets(env, 2 * gost::size_of(CurveId(curve)), signature);
  if (result == nullptr) return nullptr;
  return gost::sign(CurveId(curve), digest, key, entropy, signature) ? result : nullptr;
}

// publicKey(curve, privateKey): public key, or undefined for an unusable private key
napi_value public_key(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t curve;
  Octets key;
  if (!arguments.read(env, info, 2, 2) || !arguments.integer(0, last_curve, curve) || !arguments.octets(1, key)) {
    return nullptr;
  }
  uint8_t* octets;
  const napi_value result = make_octets(env, 2 * gost::size_of(CurveId(curve)), octets);
  if (result == nullptr) return nullptr;
  return gost::derive_public_key(CurveId(curve), key, octets) ? result : nullptr;
}

// setKeyMemory(keys)
napi_value set_key_memory(napi_env env, napi_callback_info info) {
  Arguments arguments;
  uint32_t keys;
  if (!arguments.read(env, info, 1, 1) || !arguments.integer(0, 1000000, keys)) return nullptr;
  gost::set_key_memory(keys);
  return nullptr;
}

// kernel(): 'adx' or 'portable'
napi_value kernel(napi_env env, napi_callback_info) {
  napi_value result = nullptr;
  const bool adx = gost::kernel() == gost::Kernel::adx;
  napi_create_string_utf8(env, adx ? "adx" : "portable", NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value start(napi_env env, napi_value exports) {
  const auto method = [](const char* name, napi_callback callback) {
    return napi_property_descriptor{name, nullptr, callback, nullptr, nullptr, nullptr, napi_enumerable, nullptr};
  };
  const napi_property_descriptor methods[] = {
      method("hash", hash),
      method("createHasher", create_hasher),
      method("updateHasher", update_hasher),
      method("finishHasher", finish_hasher),
      method("verify", verify),
      method("checkPublicKey", check_public_key),
      method("sign", sign),
      method("publicKey", public_key),
      method("setKeyMemory", set_key_memory),
      method("kernel", kernel),
  };
  return napi_define_properties(env, exports, sizeof methods / sizeof *methods, methods) == napi_ok ? exports : nullptr;
}

}  // namespace
}  // namespace sealgate::addon

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) { return sealgate::addon::start(env, exports); }
