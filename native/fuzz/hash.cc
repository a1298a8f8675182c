// libFuzzer: the digest of data in pieces is that of the data as a whole, secret or not.
#include <cstdlib>
#include <cstring>

#include "../gost/gost.h"

using namespace sealgate::gost;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t length) {
  if (length < 2) return 0;
  const Hash hash = Hash(data[0] % 3);
  const size_t piece = 1 + data[1] % 130;
  const uint8_t* octets = data + 2;
  length -= 2;
  uint8_t whole[64], pieces[64], secret[64];
  Hasher at_once(hash), in_pieces(hash), secretly(hash, Secrecy::secret);
  at_once.update(octets, length);
  at_once.finish(whole);
  for (size_t at = 0; at < length; at += piece) in_pieces.update(octets + at, length - at < piece ? length - at : piece);
  in_pieces.finish(pieces);
  secretly.update(octets, length);
  secretly.finish(secret);
  const size_t size = digest_size(hash);
  if (memcmp(whole, pieces, size) != 0 || memcmp(whole, secret, size) != 0) abort();
  return 0;
}
