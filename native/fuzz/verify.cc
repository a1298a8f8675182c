// libFuzzer: verification and the check of public keys take whatever octets there are, of any length; what a key is
// refused for it is refused for with and without the memory of keys.
#include <cstdlib>

#include "../gost/gost.h"

using namespace sealgate::gost;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t length) {
  if (length < 4) return 0;
  const CurveId curve = CurveId(data[0] % curve_count);
  // Mostly the right lengths, so that more than the check of lengths is reached.
  const size_t size = size_of(curve), left = length - 2;
  const size_t key = left < 2 * size || data[1] % 8 == 0 ? left / 2 : 2 * size;
  const size_t signature = left - key < 2 * size || data[1] % 8 == 1 ? (left - key) / 2 : 2 * size;
  const Octets public_key = {data + 2, key}, value = {data + 2 + key, signature};
  const Octets digest = {data + 2 + key + signature, left - key - signature};
  set_key_memory(0);
  const KeyFault fault = check_public_key(curve, public_key);
  const bool holds = verify(curve, digest, value, public_key);
  set_key_memory(4);
  for (int turn = 0; turn < 4; turn++) {
    if (check_public_key(curve, public_key) != fault || verify(curve, digest, value, public_key) != holds) abort();
  }
  if (holds && fault != KeyFault::none) abort();
  return 0;
}
