// Curves y² = x³ + ax + b of prime order, in Jacobian coordinates (x = X/Z², y = Y/Z³) for verification and
// in complete homogeneous ones (x = X/Z, y = Y/Z) for secrets.
#pragma once

#include "curve.h"
#include "gost.h"

namespace sealgate::gost {

template <class Kernel, class Curve>
struct Weierstrass {
  using Field = typename Curve::template Field<Kernel>;
  using Element = typename Field::Element;
  static constexpr int words = Curve::words;

  struct Point {
    Element x, y, z;
    bool infinite;
  };
  /** A point of a table that is kept: affine, never infinity. */
  struct Entry {
    Element x, y;
  };
  /** A point of a table that is used once: Z with its powers, never infinity. */
  struct Multiple {
    Element x, y, z, zz, zzz;
  };

  static Point infinity() { return {Field::one(), Field::one(), Field::zero(), true}; }

  static Point base() {
    return {Field::from_number(Curve::x), Field::from_number(Curve::y), Field::one(), false};
  }

  /** Whether affine coordinates, which are less than the prime, are a point of order q. */
  static KeyFault check(const Number<words>& x_number, const Number<words>& y_number) {
    static const Element b = Field::from_number(Curve::b);
    const Element x = Field::from_number(x_number), y = Field::from_number(y_number);
    Element cubic;
    if constexpr (Curve::a_is_minus_3) {
      cubic = Field::subtract(Field::multiply(Field::square(x), x), Field::thrice(x));
    } else {
      cubic = Field::multiply(Field::add(Field::square(x), a()), x);
    }
    // The group has prime order: every point of the curve but infinity has order q.
    return Field::is_equal(Field::square(y), Field::add(cubic, b)) ? KeyFault::none : KeyFault::not_on_curve;
  }

  /** The point with affine coordinates that passed `check`. */
  static Point load(const Number<words>& x, const Number<words>& y) {
    return {Field::from_number(x), Field::from_number(y), Field::one(), false};
  }

  static SEALGATE_INLINE void twice(Point& p) {
    if (p.infinite) return;
    const Element zz = Field::square(p.z);
    Element m;
    if constexpr (Curve::a_is_minus_3) {
      m = Field::thrice(Field::multiply(Field::subtract(p.x, zz), Field::add(p.x, zz)));
    } else {
      m = Field::add(Field::thrice(Field::square(p.x)), Field::multiply(a(), Field::square(zz)));
    }
    // y is never zero, as no point has order 2.
    const Element yy2 = Field::twice(Field::square(p.y));
    const Element s = Field::twice(Field::multiply(p.x, yy2));
    p.z = Field::twice(Field::multiply(p.y, p.z));
    const Element y8 = Field::twice(Field::square(yy2));
    p.x = Field::subtract(Field::square(m), Field::twice(s));
    p.y = Field::subtract(Field::multiply(m, Field::subtract(s, p.x)), y8);
  }

  static SEALGATE_INLINE void add(Point& p, const Entry& e, bool negative) {
    const Element y = negative ? Field::negate(e.y) : e.y;
    if (p.infinite) {
      p = {e.x, y, Field::one(), false};
      return;
    }
    const Element zz = Field::square(p.z);
    const Element u = Field::multiply(e.x, zz);
    const Element s = Field::multiply(y, Field::multiply(p.z, zz));
    const Element h = Field::subtract(u, p.x);
    const Element r = Field::subtract(s, p.y);
    if (Field::is_zero(h)) return add_same_abscissa(p, r);
    p.z = Field::multiply(p.z, h);
    chord(p, p.x, p.y, h, r);
  }

  static SEALGATE_INLINE void add(Point& p, const Multiple& e, bool negative) {
    const Element y = negative ? Field::negate(e.y) : e.y;
    if (p.infinite) {
      p = {e.x, y, e.z, false};
      return;
    }
    const Element zz = Field::square(p.z);
    const Element u1 = Field::multiply(p.x, e.zz);
    const Element s1 = Field::multiply(p.y, e.zzz);
    const Element u2 = Field::multiply(e.x, zz);
    const Element s2 = Field::multiply(y, Field::multiply(p.z, zz));
    const Element h = Field::subtract(u2, u1);
    const Element r = Field::subtract(s2, s1);
    if (Field::is_zero(h)) return add_same_abscissa(p, r);
    p.z = Field::multiply(Field::multiply(p.z, e.z), h);
    chord(p, u1, s1, h, r);
  }

  static Multiple multiple(const Point& p) {
    const Element zz = Field::square(p.z);
    return {p.x, p.y, p.z, zz, Field::multiply(zz, p.z)};
  }

  static const Element& denominator(const Point& p) { return p.z; }

  /** The affine form; `inverse` is that of the denominator. */
  static Entry entry(const Point& p, const Element& inverse) {
    const Element square = Field::square(inverse);
    return {Field::multiply(p.x, square), Field::multiply(p.y, Field::multiply(square, inverse))};
  }

  /** Whether x mod q = r, without an inversion: X = x Z² for x = r and for r + q, while less than p. */
  static bool has_abscissa(const Point& p, const Number<words>& r) {
    if (p.infinite) return false;
    const Element zz = Field::square(p.z);
    Number<words> candidate = r;
    while (less(candidate, Field::prime())) {
      if (Field::is_equal(Field::multiply(Field::from_number(candidate), zz), p.x)) return true;
      if (gost::add(candidate, candidate, Curve::q) != 0) break;
    }
    return false;
  }

  /** A point that a secret scalar led to; complete formulas, no branches. */
  struct Secret {
    Element x, y, z;
  };

  static Secret secret_start(const Entry& e) { return {e.x, e.y, Field::one()}; }

  static void negate_if(Entry& e, Word mask) { Field::negate_if(e.y, mask); }

  /** p += e, for all points: J. Renes, C. Costello, L. Batina, "Complete addition formulas for prime order
   * elliptic curves" (EUROCRYPT 2016), from the equations of section 3 with Z2 = 1. */
  static void add(Secret& p, const Entry& e) {
    static const Element b3 = Field::thrice(Field::from_number(Curve::b));
    const Element xx = Field::multiply(p.x, e.x);
    const Element yy = Field::multiply(p.y, e.y);
    // X1 Y2 + X2 Y1, X1 Z2 + X2 Z1, Y1 Z2 + Y2 Z1
    const Element xy = Field::subtract(
        Field::multiply(Field::add(p.x, p.y), Field::add(e.x, e.y)), Field::add(xx, yy));
    const Element xz = Field::add(p.x, Field::multiply(e.x, p.z));
    const Element yz = Field::add(p.y, Field::multiply(e.y, p.z));
    const Element m = Field::add(times_a(xz), Field::multiply(b3, p.z));
    const Element minus = Field::subtract(yy, m), plus = Field::add(yy, m);
    const Element az = times_a(p.z);
    const Element tangent = Field::add(Field::thrice(xx), az);
    const Element c = Field::add(Field::multiply(b3, xz), times_a(Field::subtract(xx, az)));
    p.x = Field::subtract(Field::multiply(xy, minus), Field::multiply(yz, c));
    p.y = Field::add(Field::multiply(plus, minus), Field::multiply(tangent, c));
    p.z = Field::add(Field::multiply(yz, plus), Field::multiply(xy, tangent));
  }

  /** Affine coordinates in constant time; the point is not infinity. */
  static void affine(const Secret& p, Number<words>& x, Number<words>& y) {
    const Element inverse = Field::invert_secret(p.z);
    x = Field::to_number(Field::multiply(p.x, inverse));
    y = Field::to_number(Field::multiply(p.y, inverse));
  }

 private:
  static const Element& a() {
    static const Element value = Field::from_number(Curve::a);
    return value;
  }

  static Element times_a(const Element& e) {
    if constexpr (Curve::a_is_minus_3) {
      return Field::negate(Field::thrice(e));
    } else {
      return Field::multiply(a(), e);
    }
  }

  // The sum of points with coordinates (x1, y1) and (x1 + h, y1 + r) on a common Z.
  static SEALGATE_INLINE void chord(Point& p, Element x1, Element y1, const Element& h, const Element& r) {
    const Element hh = Field::square(h);
    const Element hhh = Field::multiply(h, hh);
    const Element v = Field::multiply(x1, hh);
    p.x = Field::subtract(Field::subtract(Field::square(r), hhh), Field::twice(v));
    p.y = Field::subtract(Field::multiply(r, Field::subtract(v, p.x)), Field::multiply(y1, hhh));
  }

  static __attribute__((noinline)) void add_same_abscissa(Point& p, const Element& r) {
    if (Field::is_zero(r)) {
      twice(p);
    } else {
      p = infinity();
    }
  }
};

}  // namespace sealgate::gost
