// One curve with one arithmetic, behind an interface without templates.
#pragma once

#include <memory>

#include "gost.h"

namespace sealgate::gost {

/** The table of a public key that came back; only the engine that made it knows what is inside. */
struct KeyTable {
  virtual ~KeyTable() = default;
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual size_t size() const = 0;

  /** The key has the right length. */
  virtual KeyFault check(const uint8_t* key) const = 0;
  /** Digest and signature have the right length, the key passed `check`. */
  virtual bool verify(const uint8_t* digest, const uint8_t* signature, const uint8_t* key) const = 0;
  virtual bool verify(const uint8_t* digest, const uint8_t* signature, const KeyTable& table) const = 0;
  /** The key passed `check`. */
  virtual std::shared_ptr<const KeyTable> make_table(const uint8_t* key) const = 0;

  virtual bool sign(const uint8_t* digest, const uint8_t* key, Octets entropy, uint8_t* signature) const = 0;
  virtual bool derive(const uint8_t* private_key, uint8_t* public_key) const = 0;
};

/** The engine of a curve; made when it is first asked for, and kept. */
const Engine& engine_256(CurveId curve, Kernel kernel);
const Engine& engine_512(CurveId curve, Kernel kernel);

}  // namespace sealgate::gost
