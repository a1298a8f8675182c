// GOST R 34.10-2012 keys as objects.
#pragma once

#include <utility>

#include "../gost/gost.h"
#include "object.h"

namespace sealgate::token {

/** Curve, octets and hash of a key object. */
struct Key {
  gost::CurveId curve;
  gost::Hash hash;
  Bytes octets;
};

/** Octets of a coordinate for a key type: 32 for CKK_GOSTR3410, 64 for the TC 26 one; 0 for others. */
size_t key_size(CK_KEY_TYPE type);

/** Reads a public or private key object; throws Refusal where type, parameters or value do not fit together. */
Key read_key(const Object& object);

/** Checks a key object that somebody brings; throws Refusal. */
void check_key(const Object& object);

/** Another identifier (DER) of the same parameter set, where there is one. */
Bytes alias_of(const Bytes& parameters);

/** The identifier (DER) of another parameter set for keys of the same size. */
Bytes another_than(const Bytes& parameters);

/** Makes a pair by the templates; `size` is 32 or 64. Returns public and private key; throws Refusal. */
std::pair<Object, Object> generate_pair(Object public_key, Object private_key, size_t size);

}  // namespace sealgate::token
