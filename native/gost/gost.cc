// The interface: checks lengths, chooses the engine, remembers keys.
#include "gost.h"

#include <atomic>

#include "engine.h"
#include "key_memory.h"
#include "product_adx.h"

namespace sealgate::gost {
namespace {

bool has_adx() {
#ifdef SEALGATE_ADX
  return Adx::supported();
#else
  return false;
#endif
}

std::atomic<Kernel>& chosen() {
  static std::atomic<Kernel> kernel{has_adx() ? Kernel::adx : Kernel::portable};
  return kernel;
}

const Engine& engine(CurveId curve) {
  return curve < CurveId::tc26_512_a ? engine_256(curve, kernel()) : engine_512(curve, kernel());
}

}  // namespace

Kernel kernel() { return chosen().load(std::memory_order_relaxed); }

bool set_kernel(Kernel kernel) {
  if (kernel == Kernel::adx && !has_adx()) return false;
  chosen() = kernel;
  return true;
}

void set_key_memory(size_t keys) { KeyMemory::shared().resize(keys); }

size_t size_of(CurveId curve) { return curve < CurveId::tc26_512_a ? 32 : 64; }

KeyFault check_public_key(CurveId curve, Octets key) {
  if (key.length != 2 * size_of(curve)) return KeyFault::length;
  if (KeyMemory::shared().knows(curve, key)) return KeyFault::none;
  const KeyFault fault = engine(curve).check(key.data);
  if (fault == KeyFault::none) KeyMemory::shared().add(curve, key, 0);
  return fault;
}

bool verify(CurveId curve, Octets digest, Octets signature, Octets key) {
  const size_t size = size_of(curve);
  if (digest.length != size || signature.length != 2 * size || key.length != 2 * size) return false;
  const Engine& curve_engine = engine(curve);
  const KeyMemory::Use use = KeyMemory::shared().use(curve, key);
  if (use.table) return curve_engine.verify(digest.data, signature.data, *use.table);
  if (!use.known) {
    if (curve_engine.check(key.data) != KeyFault::none) return false;
    KeyMemory::shared().add(curve, key, 1);
  }
  if (use.wants_table) {
    const auto table = curve_engine.make_table(key.data);
    KeyMemory::shared().keep(curve, key, table);
    return curve_engine.verify(digest.data, signature.data, *table);
  }
  return curve_engine.verify(digest.data, signature.data, key.data);
}

bool sign(CurveId curve, Octets digest, Octets private_key, Octets entropy, uint8_t* signature) {
  const size_t size = size_of(curve);
  if (digest.length != size || private_key.length != size) return false;
  return engine(curve).sign(digest.data, private_key.data, entropy, signature);
}

bool derive_public_key(CurveId curve, Octets private_key, uint8_t* public_key) {
  if (private_key.length != size_of(curve)) return false;
  return engine(curve).derive(private_key.data, public_key);
}

}  // namespace sealgate::gost
