// Verification against the reference, on signatures that hold, on damaged ones, and on input made to hit special cases.
#include <cstdio>
#include <cstring>

#include "random.h"
#include "reference.h"
#include "selftest.h"

namespace sealgate::gost {
namespace {

using reference::most_words;

struct Case {
  CurveId curve;
  size_t size;
  uint8_t digest[64], signature[128], key[128];
  size_t digest_length, signature_length, key_length;

  explicit Case(CurveId id)
      : curve(id), size(size_of(id)), digest_length(size), signature_length(2 * size), key_length(2 * size) {}
  Octets digest_octets() const { return {digest, digest_length}; }
  Octets signature_octets() const { return {signature, signature_length}; }
  Octets key_octets() const { return {key, key_length}; }
};

void store(uint8_t* octets, const uint64_t* number, size_t size, bool is_big) {
  for (size_t i = 0; i < size; i++) octets[is_big ? size - 1 - i : i] = uint8_t(number[i / 8] >> (8 * (i % 8)));
}

void load(uint64_t* number, const uint8_t* octets, size_t size, bool is_big) {
  memset(number, 0, 8 * most_words);
  for (size_t i = 0; i < size; i++) number[i / 8] |= uint64_t(octets[is_big ? size - 1 - i : i]) << (8 * (i % 8));
}

void print(const char* name, const uint8_t* octets, size_t length) {
  fprintf(stderr, "  %s ", name);
  for (size_t i = 0; i < length; i++) fprintf(stderr, "%02x", octets[i]);
  fprintf(stderr, "\n");
}

// A number between 0 and q, often a special one.
void scalar(uint64_t* r, const reference::Curve& c, Random& random) {
  const int n = c.q.n;
  memset(r, 0, 8 * most_words);
  const uint64_t small[most_words] = {1 + random.below(20)};
  switch (random.below(6)) {
    case 0:
      memcpy(r, small, sizeof small);
      return;
    case 1:
      c.q.subtract(r, r, small);
      return;
    case 2:
      r[random.below(unsigned(n))] = uint64_t(1) << random.below(64);
      break;
    default:
      for (int i = 0; i < n; i++) r[i] = random.word();
  }
  c.q.reduce(r);
  const uint64_t zero[most_words] = {};
  if (memcmp(r, zero, sizeof zero) == 0) r[0] = 1;
}

reference::Point base_of(const reference::Curve& c) {
  reference::Point base;
  memcpy(base.x, c.x, sizeof base.x);
  memcpy(base.y, c.y, sizeof base.y);
  memcpy(base.z, c.p.one, sizeof base.z);
  return base;
}

// A key whose private half is often special, and a signature with it.
void sign_something(Case& test, Random& random) {
  const reference::Curve& c = reference::curve(test.curve);
  uint64_t d[most_words];
  uint8_t private_key[64];
  scalar(d, c, random);
  store(private_key, d, test.size, false);
  random.fill(test.digest, test.size);
  if (random.below(32) == 0) memset(test.digest, 0, test.size);                             // e = 1 in place of 0
  if (random.below(32) == 0) store(test.digest, c.q.m, test.size, false);                   // the same
  if (random.below(32) == 0) memset(test.digest, 0xff, test.size);
  uint8_t entropy[16];
  random.fill(entropy, sizeof entropy);
  const Octets key = {private_key, test.size};
  if (!derive_public_key(test.curve, key, test.key) ||
      !sign(test.curve, test.digest_octets(), key, {entropy, random.below(17)}, test.signature)) {
    memset(test.signature, 1, sizeof test.signature);
  }
}

// Chooses both scalars of the verification, and from them r, e and s, so that additions meet equal, opposite and
// infinite points: r = x(z1 P + z2 Q), e = -r / z2, s = z1 e.
void choose_scalars(Case& test, Random& random) {
  const reference::Curve& c = reference::curve(test.curve);
  uint64_t z1[most_words], z2[most_words], x[most_words] = {}, y[most_words], e[most_words] = {}, s[most_words] = {};
  scalar(z1, c, random);
  scalar(z2, c, random);
  if (random.below(4) == 0) memcpy(z2, z1, sizeof z1);
  load(x, test.key, test.size, false);
  load(y, test.key + test.size, test.size, false);
  const reference::Point sum =
      reference::combine(c, z1, base_of(c), z2, reference::affine_point(c, x, y));
  if (reference::is_infinite(c, sum)) {
    memset(x, 0, sizeof x);
    x[0] = 1;  // any r: it has to be refused
  } else {
    reference::affine(c, sum, x, y);
    c.q.reduce(x);
  }
  const uint64_t zero[most_words] = {};
  uint64_t inverse[most_words];
  c.q.enter(inverse, z2);
  c.q.invert(inverse, inverse);
  c.q.multiply(e, x, inverse);
  c.q.subtract(e, zero, e);
  c.q.enter(s, z1);
  c.q.multiply(s, s, e);
  store(test.digest, e, test.size, false);
  store(test.signature, s, test.size, true);
  store(test.signature + test.size, x, test.size, true);
}

// Moves the key by a point of order 2 or 4, where the curve has them.
void add_torsion(Case& test, Random& random) {
  const reference::Curve& c = reference::curve(test.curve);
  if (!c.cofactor) return;
  // q times a point of the whole group is one of order 1, 2 or 4. Points of the whole group: x by trial, y by a root.
  const int n = c.p.n;
  uint64_t exponent[most_words] = {}, x[most_words] = {}, y[most_words] = {}, t[most_words];
  memcpy(exponent, c.p.m, sizeof exponent);
  exponent[0] += 1;
  for (int i = 0; i < n; i++) exponent[i] = exponent[i] >> 2 | (i + 1 < n ? exponent[i + 1] << 62 : 0);
  reference::Point point;
  for (;;) {
    for (int i = 0; i < n; i++) x[i] = random.word();
    c.p.reduce(x);
    point = reference::affine_point(c, x, x);
    uint64_t right[most_words];
    c.p.multiply(right, point.x, point.x);
    c.p.add(right, right, c.a);
    c.p.multiply(right, right, point.x);
    c.p.add(right, right, c.b);
    memcpy(y, c.p.one, sizeof y);
    for (int i = 64 * n - 1; i >= 0; i--) {
      c.p.multiply(y, y, y);
      if ((exponent[i / 64] >> (i % 64) & 1) != 0) c.p.multiply(y, y, right);
    }
    c.p.multiply(t, y, y);
    if (memcmp(t, right, 8 * size_t(n)) == 0) break;
  }
  memcpy(point.y, y, sizeof y);
  const uint64_t zero[most_words] = {};
  reference::Point torsion = reference::combine(c, c.q.m, point, zero, point);
  load(x, test.key, test.size, false);
  load(y, test.key + test.size, test.size, false);
  const reference::Point moved =
      random.below(4) == 0 ? torsion : reference::add(c, reference::affine_point(c, x, y), torsion);
  if (reference::is_infinite(c, moved)) return;
  reference::affine(c, moved, x, y);
  store(test.key, x, test.size, false);
  store(test.key + test.size, y, test.size, false);
}

void flip(uint8_t* octets, size_t length, Random& random) {
  octets[random.below(unsigned(length))] ^= uint8_t(1 << random.below(8));
}

void damage(Case& test, Random& random) {
  const reference::Curve& c = reference::curve(test.curve);
  uint8_t* half = test.signature + (random.below(2) == 0 ? 0 : test.size);
  uint64_t number[most_words];
  switch (random.below(14)) {
    case 0: return flip(test.signature, 2 * test.size, random);
    case 1: return flip(test.digest, test.size, random);
    case 2: return flip(test.key, 2 * test.size, random);
    case 3: memset(half, 0, test.size); return;
    case 4: store(half, c.q.m, test.size, true); return;
    case 5: memset(half, 0xff, test.size); return;
    case 6: random.fill(half, test.size); return;
    case 7:  // the same residue, but not below q
      load(number, half, test.size, true);
      for (int i = 0, carry = 0; i < c.q.n; i++) {
        const unsigned __int128 sum = static_cast<unsigned __int128>(number[i]) + c.q.m[i] + unsigned(carry);
        number[i] = uint64_t(sum);
        carry = int(sum >> 64);
      }
      store(half, number, test.size, true);
      return;
    case 8: random.fill(test.key, 2 * test.size); return;
    case 9: memset(test.key, 0, 2 * test.size); return;
    case 10:  // a coordinate that is the prime or more
      memset(test.key + (random.below(2) == 0 ? 0 : test.size), 0xff, test.size);
      return;
    case 11: test.signature_length -= 1 + random.below(3); return;
    case 12: test.digest_length -= 1 + random.below(3); return;
    default: test.key_length -= 1 + random.below(3); return;
  }
}

Case make(CurveId curve, Random& random) {
  Case test(curve);
  sign_something(test, random);
  switch (random.below(4)) {
    case 0: break;
    case 1: choose_scalars(test, random); break;
    case 2: damage(test, random); break;
    default:
      if (random.below(2) == 0) {
        choose_scalars(test, random);
        damage(test, random);
      } else {
        if (random.below(4) == 0) add_torsion(test, random);
        if (random.below(2) == 0) choose_scalars(test, random);
      }
  }
  return test;
}

}  // namespace

bool check_signatures(unsigned count, uint64_t seed) {
  Random random(seed);
  unsigned held = 0, per_curve[curve_count] = {};
  for (unsigned i = 0; i < count; i++) {
    // The reference takes six times as long for 512 bits, so that these get one case in ten.
    const CurveId curve = CurveId(random.below(10) == 0 ? 5 + random.below(4) : random.below(5));
    const Case test = make(curve, random);
    const bool wanted = reference::verify(curve, test.digest_octets(), test.signature_octets(), test.key_octets());
    const KeyFault fault = reference::check_public_key(curve, test.key_octets());
    held += wanted;
    per_curve[int(curve)]++;
    // Keys that are met again take other paths: first sight, second, and with a table.
    set_kernel(i % 4 == 3 ? Kernel::portable : Kernel::adx);
    set_key_memory(random.below(3) == 0 ? 0 : 64);
    const unsigned times = 1 + random.below(4);
    for (unsigned time = 0; time < times; time++) {
      if (verify(curve, test.digest_octets(), test.signature_octets(), test.key_octets()) == wanted &&
          check_public_key(curve, test.key_octets()) == fault) {
        continue;
      }
      fprintf(stderr, "case %u of seed %llu, curve %d, time %u: should %s\n", i,
              static_cast<unsigned long long>(seed), int(curve), time, wanted ? "hold" : "be refused");
      print("digest   ", test.digest, test.digest_length);
      print("signature", test.signature, test.signature_length);
      print("key      ", test.key, test.key_length);
      return false;
    }
  }
  printf("%u verifications agree with the reference, %u of them hold; by curve:", count, held);
  for (unsigned number : per_curve) printf(" %u", number);
  printf("\n");
  return true;
}

}  // namespace sealgate::gost
