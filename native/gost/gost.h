// GOST R 34.10-2012 signatures and the GOST hash functions, in C++17 and without any other library.
//
// Octet orders, as certificates and CMS use them (RFC 9215, sections 4 and 5):
//   digest       as the hash function outputs it; a number, least significant octet first
//   public key   x || y, each least significant octet first
//   private key  least significant octet first
//   signature    s || r, each most significant octet first
//
// Verification takes time that depends on its (public) input. Signing and key derivation run in constant time in the
// secret. All functions may be called from several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sealgate::gost {

/** The distinct curves; several names and object identifiers can mean the same one. The order is part of the interface. */
enum class CurveId : uint8_t {
  crypto_pro_a,  // 1.2.643.2.2.35.1 = XchA (36.0) = TC26-256-B
  crypto_pro_b,  // 1.2.643.2.2.35.2 = TC26-256-C
  crypto_pro_c,  // 1.2.643.2.2.35.3 = XchB (36.1) = TC26-256-D
  test_2001,     // 1.2.643.2.2.35.0
  tc26_256_a,    // 1.2.643.7.1.2.1.1.1
  tc26_512_a,    // 1.2.643.7.1.2.1.2.1
  tc26_512_b,    // 1.2.643.7.1.2.1.2.2
  tc26_512_c,    // 1.2.643.7.1.2.1.2.3
  test_512,      // 1.2.643.7.1.2.1.2.0
};
constexpr int curve_count = 9;

/** Octets that someone else owns. */
struct Octets {
  const uint8_t* data;
  size_t length;
};

/** Why a public key cannot be used. */
enum class KeyFault : uint8_t {
  none,
  length,        // not twice the size of a coordinate
  infinity,      // both coordinates zero, by which some encoders write the point at infinity
  range,         // a coordinate is not less than the prime
  not_on_curve,
  wrong_order,   // on the curve, but not of order q (cofactor 4 only)
};

/** Octets of a coordinate, of a private key, of a digest, of half a signature: 32 or 64. */
size_t size_of(CurveId curve);

/** Whether `signature` over `digest` was made with the key. Anything malformed, the key included, is `false`. */
bool verify(CurveId curve, Octets digest, Octets signature, Octets public_key);

KeyFault check_public_key(CurveId curve, Octets public_key);

/**
 * Signs; `signature` has room for twice the size. The nonce comes from key and digest as in RFC 6979 with HMAC over
 * Streebog, and from `entropy` (section 3.6), which may be empty. `false` if a length is wrong or the private key is
 * not between 0 and q.
 */
bool sign(CurveId curve, Octets digest, Octets private_key, Octets entropy, uint8_t* signature);

/** The public key that belongs to a private one; `public_key` has room for twice the size. */
bool derive_public_key(CurveId curve, Octets private_key, uint8_t* public_key);

/**
 * How many public keys are remembered; 0 turns the memory off and empties it. A key that comes back is not checked
 * again, and from its third verification on has a table of its own (4 to 24 KB). The least recently used go first.
 */
void set_key_memory(size_t keys);

/** Which arithmetic runs. */
enum class Kernel : uint8_t { portable, adx };
Kernel kernel();

/** Switches the arithmetic, for tests; `false` if this processor cannot. */
bool set_kernel(Kernel kernel);

enum class Hash : uint8_t {
  streebog256,  // GOST R 34.11-2012, RFC 6986
  streebog512,
  gost94,       // GOST R 34.11-94 with the CryptoPro parameters, RFC 5831 and RFC 4357 section 11.2; for old documents
};

size_t digest_size(Hash hash);

/** Whether what is hashed is a secret; then Streebog runs in constant time and several times slower. */
enum class Secrecy : uint8_t { open, secret };

/** Hashes in pieces. After `finish` it starts anew. */
class Hasher {
 public:
  explicit Hasher(Hash hash, Secrecy secrecy = Secrecy::open);
  ~Hasher();
  void update(const void* data, size_t length);
  /** Writes `digest_size` octets. */
  void finish(uint8_t* digest);

 private:
  struct Streebog {
    uint64_t state[8], length[8], sum[8];
  };
  struct Gost94 {
    uint64_t state[4], sum[4], bits;
  };
  void reset();
  void block(const uint8_t* octets, uint64_t bits);
  void compress(const uint64_t* n, const uint64_t* m);

  const Hash hash_;
  const Secrecy secrecy_;
  union {
    Streebog streebog_;
    Gost94 gost94_;
  };
  uint8_t buffer_[64];
  size_t buffered_;
};

}  // namespace sealgate::gost
