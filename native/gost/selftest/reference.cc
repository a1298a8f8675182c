#include "reference.h"

#include <cstring>

#include "../curve.h"
#include "../product.h"

namespace sealgate::gost::reference {
namespace {

using Wide = unsigned __int128;

int compare(const uint64_t* a, const uint64_t* b, int n) {
  for (int i = n - 1; i >= 0; i--) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

bool is_zero(const uint64_t* a, int n) {
  for (int i = 0; i < n; i++) {
    if (a[i] != 0) return false;
  }
  return true;
}

uint64_t add_in(uint64_t* a, const uint64_t* b, int n) {
  uint64_t carry = 0;
  for (int i = 0; i < n; i++) {
    const Wide sum = Wide(a[i]) + b[i] + carry;
    a[i] = uint64_t(sum);
    carry = uint64_t(sum >> 64);
  }
  return carry;
}

void subtract_in(uint64_t* a, const uint64_t* b, int n) {
  uint64_t borrow = 0;
  for (int i = 0; i < n; i++) {
    const Wide difference = Wide(a[i]) - b[i] - borrow;
    a[i] = uint64_t(difference);
    borrow = uint64_t(difference >> 64) & 1;
  }
}

// r = a b / 2^(64n) mod m, one word of b at a time.
template <int n>
void montgomery(uint64_t* r, const uint64_t* a, const uint64_t* b, const uint64_t* m, uint64_t inverse) {
  uint64_t t[n + 2] = {};
  for (int i = 0; i < n; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < n; j++) {
      const Wide sum = Wide(a[j]) * b[i] + t[j] + carry;
      t[j] = uint64_t(sum);
      carry = uint64_t(sum >> 64);
    }
    Wide top = Wide(t[n]) + carry;
    t[n] = uint64_t(top);
    t[n + 1] = uint64_t(top >> 64);
    const uint64_t k = t[0] * inverse;
    carry = uint64_t((Wide(k) * m[0] + t[0]) >> 64);
    for (int j = 1; j < n; j++) {
      const Wide sum = Wide(k) * m[j] + t[j] + carry;
      t[j - 1] = uint64_t(sum);
      carry = uint64_t(sum >> 64);
    }
    top = Wide(t[n]) + carry;
    t[n - 1] = uint64_t(top);
    t[n] = t[n + 1] + uint64_t(top >> 64);
  }
  if (t[n] != 0 || compare(t, m, n) >= 0) subtract_in(t, m, n);
  memcpy(r, t, 8 * size_t(n));
}

void read(uint64_t* r, const uint8_t* octets, int n, bool is_big) {
  for (int i = 0; i < n; i++) {
    r[i] = 0;
    for (int j = 0; j < 8; j++) {
      const int at = 8 * i + j;
      r[i] |= uint64_t(octets[is_big ? 8 * n - 1 - at : at]) << (8 * j);
    }
  }
}

template <class Constants>
Curve make(bool cofactor) {
  const auto prime = Constants::template Field<Portable>::prime();
  constexpr int n = Constants::words;
  Curve c{Modulus(prime.w, n), Modulus(Constants::q.w, n), {}, {}, {}, {}, cofactor};
  c.p.enter(c.a, Constants::a.w);
  c.p.enter(c.b, Constants::b.w);
  c.p.enter(c.x, Constants::x.w);
  c.p.enter(c.y, Constants::y.w);
  return c;
}

Point twice(const Curve& c, const Point& point) {
  const Modulus& p = c.p;
  if (is_infinite(c, point) || is_zero(point.y, p.n)) return infinity(c);
  uint64_t yy[most_words], s[most_words], m[most_words], t[most_words];
  Point r;
  p.multiply(yy, point.y, point.y);
  p.multiply(s, point.x, yy);
  p.add(s, s, s);
  p.add(s, s, s);  // 4xy²
  p.multiply(m, point.x, point.x);
  p.add(t, m, m);
  p.add(m, m, t);
  p.multiply(t, point.z, point.z);
  p.multiply(t, t, t);
  p.multiply(t, t, c.a);
  p.add(m, m, t);  // 3x² + az⁴
  p.multiply(r.z, point.y, point.z);
  p.add(r.z, r.z, r.z);
  p.multiply(r.x, m, m);
  p.subtract(r.x, r.x, s);
  p.subtract(r.x, r.x, s);
  p.subtract(t, s, r.x);
  p.multiply(r.y, m, t);
  p.multiply(t, yy, yy);
  for (int i = 0; i < 3; i++) p.add(t, t, t);
  p.subtract(r.y, r.y, t);
  return r;
}

}  // namespace

Modulus::Modulus(const uint64_t* words, int count) : n(count) {
  memcpy(m, words, 8 * size_t(n));
  uint64_t x = 1;
  for (int i = 0; i < 6; i++) x *= 2 - m[0] * x;
  inverse = uint64_t(0) - x;
  uint64_t r[most_words] = {1};
  for (int i = 0; i < 128 * n; i++) {
    if (i == 64 * n) memcpy(one, r, sizeof one);
    add(r, r, r);
  }
  memcpy(square, r, sizeof square);
}

void Modulus::multiply(uint64_t* r, const uint64_t* a, const uint64_t* b) const {
  if (n == 4) {
    montgomery<4>(r, a, b, m, inverse);
  } else {
    montgomery<8>(r, a, b, m, inverse);
  }
}

void Modulus::add(uint64_t* r, const uint64_t* a, const uint64_t* b) const {
  uint64_t t[most_words] = {};
  memcpy(t, a, 8 * size_t(n));
  if (add_in(t, b, n) != 0 || compare(t, m, n) >= 0) subtract_in(t, m, n);
  memcpy(r, t, 8 * size_t(n));
}

void Modulus::subtract(uint64_t* r, const uint64_t* a, const uint64_t* b) const {
  uint64_t t[most_words] = {};
  memcpy(t, a, 8 * size_t(n));
  if (compare(a, b, n) < 0) add_in(t, m, n);
  subtract_in(t, b, n);
  memcpy(r, t, 8 * size_t(n));
}

void Modulus::invert(uint64_t* r, const uint64_t* a) const {
  uint64_t base[most_words], exponent[most_words];
  const uint64_t two[most_words] = {2};
  memcpy(base, a, 8 * size_t(n));
  memcpy(exponent, m, 8 * size_t(n));
  subtract_in(exponent, two, n);
  uint64_t result[most_words];
  memcpy(result, one, sizeof result);
  for (int i = 64 * n - 1; i >= 0; i--) {
    multiply(result, result, result);
    if ((exponent[i / 64] >> (i % 64) & 1) != 0) multiply(result, result, base);
  }
  memcpy(r, result, 8 * size_t(n));
}

void Modulus::leave(uint64_t* r, const uint64_t* a) const {
  const uint64_t plain_one[most_words] = {1};
  multiply(r, a, plain_one);
}

void Modulus::reduce(uint64_t* a) const {
  while (compare(a, m, n) >= 0) subtract_in(a, m, n);
}

const Curve& curve(CurveId id) {
  static const Curve curves[curve_count] = {
      make<CryptoProA>(false), make<CryptoProB>(false), make<CryptoProC>(false),
      make<Test2001>(false),   make<Tc26A256>(true),    make<Tc26A512>(false),
      make<Tc26B512>(false),   make<Tc26C512>(true),    make<Test512>(false),
  };
  return curves[int(id)];
}

Point infinity(const Curve& c) {
  Point r;
  memcpy(r.x, c.p.one, sizeof r.x);
  memcpy(r.y, c.p.one, sizeof r.y);
  memset(r.z, 0, sizeof r.z);
  return r;
}

Point affine_point(const Curve& c, const uint64_t* x, const uint64_t* y) {
  Point r;
  c.p.enter(r.x, x);
  c.p.enter(r.y, y);
  memcpy(r.z, c.p.one, sizeof r.z);
  return r;
}

bool is_infinite(const Curve& c, const Point& point) { return is_zero(point.z, c.p.n); }

Point add(const Curve& c, const Point& a, const Point& b) {
  const Modulus& p = c.p;
  if (is_infinite(c, a)) return b;
  if (is_infinite(c, b)) return a;
  uint64_t zza[most_words], zzb[most_words], u1[most_words], u2[most_words], s1[most_words], s2[most_words];
  p.multiply(zza, a.z, a.z);
  p.multiply(zzb, b.z, b.z);
  p.multiply(u1, a.x, zzb);
  p.multiply(u2, b.x, zza);
  p.multiply(s1, a.y, b.z);
  p.multiply(s1, s1, zzb);
  p.multiply(s2, b.y, a.z);
  p.multiply(s2, s2, zza);
  uint64_t h[most_words], r[most_words];
  p.subtract(h, u2, u1);
  p.subtract(r, s2, s1);
  if (is_zero(h, p.n)) return is_zero(r, p.n) ? twice(c, a) : infinity(c);
  uint64_t hh[most_words], hhh[most_words], v[most_words], t[most_words];
  p.multiply(hh, h, h);
  p.multiply(hhh, hh, h);
  p.multiply(v, u1, hh);
  Point sum;
  p.multiply(sum.x, r, r);
  p.subtract(sum.x, sum.x, hhh);
  p.subtract(sum.x, sum.x, v);
  p.subtract(sum.x, sum.x, v);
  p.subtract(t, v, sum.x);
  p.multiply(sum.y, r, t);
  p.multiply(t, s1, hhh);
  p.subtract(sum.y, sum.y, t);
  p.multiply(sum.z, a.z, b.z);
  p.multiply(sum.z, sum.z, h);
  return sum;
}

Point combine(const Curve& c, const uint64_t* i, const Point& a, const uint64_t* j, const Point& b) {
  const Point both = add(c, a, b);
  Point sum = infinity(c);
  for (int bit = 64 * c.p.n - 1; bit >= 0; bit--) {
    sum = twice(c, sum);
    const bool in_i = (i[bit / 64] >> (bit % 64) & 1) != 0, in_j = (j[bit / 64] >> (bit % 64) & 1) != 0;
    if (in_i || in_j) sum = add(c, sum, in_i && in_j ? both : in_i ? a : b);
  }
  return sum;
}

void affine(const Curve& c, const Point& point, uint64_t* x, uint64_t* y) {
  uint64_t inverse[most_words], power[most_words];
  c.p.invert(inverse, point.z);
  c.p.multiply(power, inverse, inverse);
  c.p.multiply(x, point.x, power);
  c.p.leave(x, x);
  c.p.multiply(power, power, inverse);
  c.p.multiply(y, point.y, power);
  c.p.leave(y, y);
}

KeyFault check_public_key(CurveId id, Octets key) {
  const Curve& c = curve(id);
  const int n = c.p.n;
  if (key.length != size_t(16 * n)) return KeyFault::length;
  uint64_t x[most_words], y[most_words];
  read(x, key.data, n, false);
  read(y, key.data + 8 * n, n, false);
  if (is_zero(x, n) && is_zero(y, n)) return KeyFault::infinity;
  if (compare(x, c.p.m, n) >= 0 || compare(y, c.p.m, n) >= 0) return KeyFault::range;
  const Point point = affine_point(c, x, y);
  uint64_t left[most_words], right[most_words];
  c.p.multiply(left, point.y, point.y);
  c.p.multiply(right, point.x, point.x);
  c.p.add(right, right, c.a);
  c.p.multiply(right, right, point.x);
  c.p.add(right, right, c.b);
  if (compare(left, right, n) != 0) return KeyFault::not_on_curve;
  if (!c.cofactor) return KeyFault::none;
  const uint64_t zero[most_words] = {};
  return is_infinite(c, combine(c, c.q.m, point, zero, point)) ? KeyFault::none : KeyFault::wrong_order;
}

bool verify(CurveId id, Octets digest, Octets signature, Octets key) {
  const Curve& c = curve(id);
  const int n = c.p.n;
  if (digest.length != size_t(8 * n) || signature.length != size_t(16 * n)) return false;
  uint64_t s[most_words], r[most_words], e[most_words];
  read(s, signature.data, n, true);
  read(r, signature.data + 8 * n, n, true);
  if (is_zero(s, n) || is_zero(r, n) || compare(s, c.q.m, n) >= 0 || compare(r, c.q.m, n) >= 0) return false;
  if (reference::check_public_key(id, key) != KeyFault::none) return false;
  read(e, digest.data, n, false);
  c.q.reduce(e);
  if (is_zero(e, n)) e[0] = 1;
  uint64_t v[most_words], z1[most_words], z2[most_words], zero[most_words] = {};
  c.q.enter(v, e);
  c.q.invert(v, v);
  c.q.multiply(z1, s, v);  // v carries the factor R that the product divides out
  c.q.multiply(z2, r, v);
  c.q.subtract(z2, zero, z2);
  uint64_t x[most_words], y[most_words];
  read(x, key.data, n, false);
  read(y, key.data + 8 * n, n, false);
  Point base;
  memcpy(base.x, c.x, sizeof base.x);
  memcpy(base.y, c.y, sizeof base.y);
  memcpy(base.z, c.p.one, sizeof base.z);
  const Point sum = combine(c, z1, base, z2, affine_point(c, x, y));
  if (is_infinite(c, sum)) return false;
  affine(c, sum, x, y);
  c.q.reduce(x);
  return compare(x, r, n) == 0;
}

}  // namespace sealgate::gost::reference
