// Nonces by RFC 6979, with HMAC (RFC 2104, RFC 7836 section 4.1) over Streebog of the size of the order.
//
// The nonce follows from private key and digest, so that a weak random generator cannot betray the key by repeating
// one. Caller's randomness is mixed in as well (section 3.6): with nothing but key and digest, a fault injected into
// the second of two signatures over the same document gives two equations with the same nonce, and with them the key
// (M. Seuschek and others, "A cautionary note", and draft-irtf-cfrg-det-sigs-with-noise). Either defence holds where
// the other fails.
//
// RFC 6979 is written for big-endian numbers; the digest enters as the number e of the equations.
#pragma once

#include <cstring>

#include "gost.h"
#include "words.h"

namespace sealgate::gost {

/** HMAC with a block of 64 octets. */
class Hmac {
 public:
  Hmac(Hash hash, const uint8_t* key, size_t length) : hasher_(hash, Secrecy::secret), size_(digest_size(hash)) {
    memset(block_, 0, sizeof block_);
    memcpy(block_, key, length);  // never longer than a digest here
    start(0x36);
  }
  ~Hmac() { wipe(block_, sizeof block_); }

  void update(const void* data, size_t length) { hasher_.update(data, length); }

  void finish(uint8_t* mac) {
    uint8_t inner[64];
    Wiped<uint8_t[64]> wiped(inner);
    hasher_.finish(inner);
    start(0x5c);
    hasher_.update(inner, size_);
    hasher_.finish(mac);
  }

 private:
  void start(uint8_t pad) {
    uint8_t padded[64];
    Wiped<uint8_t[64]> wiped(padded);
    for (int i = 0; i < 64; i++) padded[i] = block_[i] ^ pad;
    hasher_.update(padded, sizeof padded);
  }

  Hasher hasher_;
  size_t size_;
  uint8_t block_[64];
};

template <int N>
class Nonces {
 public:
  Nonces(const Number<N>& order, const Number<N>& d, const Number<N>& e, Octets entropy) : order_(order) {
    uint8_t key[size], digest[size];
    Wiped<uint8_t[size]> wiped(key);
    store_big(d, key);
    store_big(e, digest);
    memset(v_, 1, size);
    memset(k_, 0, size);
    for (uint8_t round = 0; round < 2; round++) {
      Hmac mac(hash, k_, size);
      mac.update(v_, size);
      mac.update(&round, 1);
      mac.update(key, size);
      mac.update(digest, size);
      mac.update(entropy.data, entropy.length);
      mac.finish(k_);
      next_v();
    }
  }
  ~Nonces() {
    wipe(v_, sizeof v_);
    wipe(k_, sizeof k_);
  }

  /** The next number between 0 and the order. How often one is thrown away says nothing about the one that is kept. */
  void next(Number<N>& nonce) {
    const int spare = 64 * N - bit_length(order_);
    do {
      if (used_) {
        const uint8_t zero = 0;
        Hmac mac(hash, k_, size);
        mac.update(v_, size);
        mac.update(&zero, 1);
        mac.finish(k_);
        next_v();
      }
      next_v();
      nonce = load_big<N>(v_);
      shift_right(nonce, spare);
      used_ = true;
    } while (is_zero(nonce) || !less(nonce, order_));
  }

 private:
  static constexpr int size = 8 * N;
  static constexpr Hash hash = N == 4 ? Hash::streebog256 : Hash::streebog512;

  void next_v() {
    Hmac mac(hash, k_, size);
    mac.update(v_, size);
    mac.finish(v_);
  }

  Number<N> order_;
  uint8_t v_[size], k_[size];
  bool used_ = false;
};

}  // namespace sealgate::gost
