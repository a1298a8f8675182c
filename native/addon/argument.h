// Reading arguments from JavaScript and making results, with a TypeError where something does not fit.
#pragma once

#include <node_api.h>

#include "../gost/gost.h"

namespace sealgate::addon {

/** The arguments of one call. Each reader returns `false` with a TypeError pending if the argument does not fit. */
class Arguments {
 public:
  /** Throws unless there are `least` to `most` arguments. */
  bool read(napi_env env, napi_callback_info info, size_t least, size_t most);

  size_t count() const { return count_; }
  /** A Uint8Array, without copying: valid while the call lasts and runs no JavaScript. */
  bool octets(size_t index, gost::Octets& octets) const;
  /** An integer from 0 to `last`. */
  bool integer(size_t index, uint32_t last, uint32_t& value) const;
  napi_value value(size_t index) const { return values_[index]; }

  static constexpr size_t most_arguments = 8;

 private:
  napi_env env_ = nullptr;
  size_t count_ = 0;
  napi_value values_[most_arguments];
};

/** A new Uint8Array of so many octets, whose memory `data` points to; nullptr with an error pending if there is none. */
napi_value make_octets(napi_env env, size_t length, uint8_t*& data);

napi_value make_boolean(napi_env env, bool value);
napi_value make_integer(napi_env env, uint32_t value);

/** Throws a TypeError; returns nullptr, which a callback may pass on. */
napi_value refuse(napi_env env, const char* reason);

}  // namespace sealgate::addon
