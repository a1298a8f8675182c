// Hashing in pieces: buffer, padding and the last steps of both hash functions.
#include <cstring>

#include "gost.h"
#include "gost94.h"
#include "streebog.h"
#include "words.h"

namespace sealgate::gost {
namespace {

template <int N>
void load(uint64_t* to, const uint8_t* octets) {
  const Number<N> number = load_little<N>(octets);
  memcpy(to, number.w, sizeof number.w);
}

template <int N>
void store(const uint64_t* from, uint8_t* octets) {
  Number<N> number;
  memcpy(number.w, from, sizeof number.w);
  store_little(number, octets);
}

}  // namespace

size_t digest_size(Hash hash) { return hash == Hash::streebog512 ? 64 : 32; }

Hasher::Hasher(Hash hash, Secrecy secrecy) : hash_(hash), secrecy_(secrecy) { reset(); }

Hasher::~Hasher() {
  wipe(&streebog_, sizeof streebog_);
  wipe(buffer_, sizeof buffer_);
}

void Hasher::reset() {
  memset(&streebog_, 0, sizeof streebog_);
  // Section 6.1 of RFC 6986: the initial value is zero for 512 bits and 64 octets of 1 for 256.
  if (hash_ == Hash::streebog256) memset(streebog_.state, 1, sizeof streebog_.state);
  buffered_ = 0;
}

void Hasher::compress(const uint64_t* n, const uint64_t* m) {
  if (secrecy_ == Secrecy::secret) {
    streebog::compress_secret(streebog_.state, n, m);
  } else {
    streebog::compress(streebog_.state, n, m);
  }
}

void Hasher::block(const uint8_t* octets, uint64_t bits) {
  if (hash_ == Hash::gost94) {
    uint64_t m[4];
    load<4>(m, octets);
    gost94::compress(gost94_.state, m);
    gost94::add(gost94_.sum, m);
    gost94_.bits += bits;
    return;
  }
  uint64_t m[8];
  load<8>(m, octets);
  const uint64_t count[8] = {bits};
  compress(streebog_.length, m);
  streebog::add(streebog_.length, count);
  streebog::add(streebog_.sum, m);
}

void Hasher::update(const void* data, size_t length) {
  const size_t size = hash_ == Hash::gost94 ? 32 : 64;
  const uint8_t* octets = static_cast<const uint8_t*>(data);
  if (length == 0) return;
  if (buffered_ > 0) {
    const size_t part = length < size - buffered_ ? length : size - buffered_;
    memcpy(buffer_ + buffered_, octets, part);
    buffered_ += part;
    octets += part;
    length -= part;
    if (buffered_ < size) return;
    block(buffer_, 8 * size);
    buffered_ = 0;
  }
  for (; length >= size; octets += size, length -= size) block(octets, 8 * size);
  memcpy(buffer_, octets, length);
  buffered_ = length;
}

void Hasher::finish(uint8_t* digest) {
  if (hash_ == Hash::gost94) {
    // The last block is filled with zeros, and there is none if nothing is left.
    if (buffered_ > 0) {
      memset(buffer_ + buffered_, 0, 32 - buffered_);
      block(buffer_, 8 * buffered_);
    }
    const uint64_t length[4] = {gost94_.bits};
    gost94::compress(gost94_.state, length);
    gost94::compress(gost94_.state, gost94_.sum);
    store<4>(gost94_.state, digest);
  } else {
    // Section 8.3: a one bit above the message, which may be empty, then zeros.
    memset(buffer_ + buffered_, 0, 64 - buffered_);
    buffer_[buffered_] = 1;
    block(buffer_, 8 * buffered_);
    const uint64_t zero[8] = {};
    compress(zero, streebog_.length);
    compress(zero, streebog_.sum);
    if (hash_ == Hash::streebog512) {
      store<8>(streebog_.state, digest);
    } else {
      store<4>(streebog_.state + 4, digest);
    }
  }
  reset();
}

}  // namespace sealgate::gost
