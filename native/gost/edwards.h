// The two curves with cofactor 4, in their twisted Edwards form u² + v² = 1 + d u² v². As d is not a square
// and 1 is, the addition law has no exceptions (D. J. Bernstein, T. Lange, "Faster addition and doubling on
// elliptic curves", ASIACRYPT 2007, theorem 3.3), so that verification and signing share it.
#pragma once

#include "curve.h"
#include "gost.h"

namespace sealgate::gost {

template <class Kernel, class Curve>
struct Edwards {
  using Field = typename Curve::template Field<Kernel>;
  using Element = typename Field::Element;
  static constexpr int words = Curve::words;

  /**
   * u = x/z, v = y/z, and uv = te th / z, the extended coordinate T of H. Hisil and others ("Twisted Edwards
   * curves revisited", ASIACRYPT 2008), as a product that only additions carry out.
   */
  struct Point {
    Element x, y, z, te, th;
  };
  /** A point of a table that is kept: u, v and d u v. */
  struct Entry {
    Element u, v, duv;
  };
  /** A point of a table that is used once: x, y, z and d T. */
  struct Multiple {
    Element x, y, z, dt;
  };
  using Secret = Point;

  static Point infinity() { return {Field::zero(), Field::one(), Field::one(), Field::zero(), Field::one()}; }

  static Point base() {
    const Element u = Field::from_number(Curve::u), v = Field::from_number(Curve::v);
    return {u, v, Field::one(), u, v};
  }

  /** Whether affine Weierstrass coordinates, which are less than the prime, are a point of order q. */
  static KeyFault check(const Number<words>& x_number, const Number<words>& y_number) {
    static const Element a = Field::from_number(Curve::a), b = Field::from_number(Curve::b);
    const Element x = Field::from_number(x_number), y = Field::from_number(y_number);
    const Element cubic = Field::add(Field::multiply(Field::add(Field::square(x), a), x), b);
    if (!Field::is_equal(Field::square(y), cubic)) return KeyFault::not_on_curve;
    return has_order_q(Field::subtract(x, Map::get().t), y) ? KeyFault::none : KeyFault::wrong_order;
  }

  /** The point with affine Weierstrass coordinates that passed `check`. */
  static Point load(const Number<words>& x, const Number<words>& y_number) {
    // With m = x - t: u = m / y and v = (m - s) / (m + s) on the common denominator y (m + s), and over the same
    // u v = m (m - s). Neither factor of it is zero: y = 0 has order 2, and m = -s is no point of the curve.
    const Map& map = Map::get();
    const Element y = Field::from_number(y_number);
    const Element m = Field::subtract(Field::from_number(x), map.t);
    const Element minus = Field::subtract(m, map.s), plus = Field::add(m, map.s);
    return {Field::multiply(m, plus), Field::multiply(minus, y), Field::multiply(y, plus), m, minus};
  }

  static SEALGATE_INLINE void twice(Point& p) {
    const Element xx = Field::square(p.x);
    const Element yy = Field::square(p.y);
    const Element e = Field::twice(Field::multiply(p.x, p.y));
    const Element g = Field::add(xx, yy);
    const Element f = Field::subtract(g, Field::twice(Field::square(p.z)));
    const Element h = Field::subtract(xx, yy);
    p = {Field::multiply(e, f), Field::multiply(g, h), Field::multiply(f, g), e, h};
  }

  static SEALGATE_INLINE void add(Point& p, const Entry& entry, bool negative) {
    if (negative) {
      combine(p, Field::negate(entry.u), entry.v, Field::negate(entry.duv), p.z);
    } else {
      combine(p, entry.u, entry.v, entry.duv, p.z);
    }
  }

  static SEALGATE_INLINE void add(Point& p, const Multiple& m, bool negative) {
    const Element z = Field::multiply(p.z, m.z);
    if (negative) {
      combine(p, Field::negate(m.x), m.y, Field::negate(m.dt), z);
    } else {
      combine(p, m.x, m.y, m.dt, z);
    }
  }

  static Multiple multiple(const Point& p) {
    return {p.x, p.y, p.z, Field::multiply(Map::get().d, Field::multiply(p.te, p.th))};
  }

  static const Element& denominator(const Point& p) { return p.z; }

  /** The affine form; `inverse` is that of the denominator. */
  static Entry entry(const Point& p, const Element& inverse) {
    const Element u = Field::multiply(p.x, inverse), v = Field::multiply(p.y, inverse);
    return {u, v, Field::multiply(Map::get().d, Field::multiply(u, v))};
  }

  /**
   * Whether the Weierstrass x has x mod q = r. x = s (z + y) / (z - y) + t, and x is one of r, r + q, r + 2q, ...
   * while less than p: (r + iq - t)(z - y) = s (z + y), without an inversion.
   */
  static bool has_abscissa(const Point& p, const Number<words>& r) {
    const Map& map = Map::get();
    const Element minus = Field::subtract(p.z, p.y);
    if (Field::is_zero(minus)) return false;  // infinity
    const Element right = Field::multiply(map.s, Field::add(p.z, p.y));
    Element left = Field::multiply(Field::subtract(Field::from_number(r), map.t), minus);
    const Element step = Field::multiply(Field::from_number(Curve::q), minus);
    Number<words> candidate = r;
    while (less(candidate, Field::prime())) {
      if (Field::is_equal(left, right)) return true;
      if (gost::add(candidate, candidate, Curve::q) != 0) break;
      left = Field::add(left, step);
    }
    return false;
  }

  static Secret secret_start(const Entry& e) { return {e.u, e.v, Field::one(), e.u, e.v}; }

  static void negate_if(Entry& e, Word mask) {
    Field::negate_if(e.u, mask);
    Field::negate_if(e.duv, mask);
  }

  static void add(Secret& p, const Entry& e) { combine(p, e.u, e.v, e.duv, p.z); }

  /** Affine Weierstrass coordinates in constant time; the point is not infinity. */
  static void affine(const Secret& p, Number<words>& x, Number<words>& y) {
    // x = s (z + y) / (z - y) + t and y = (x - t) / u, over the common denominator (z - y) x.
    const Map& map = Map::get();
    const Element minus = Field::subtract(p.z, p.y);
    const Element inverse = Field::invert_secret(Field::multiply(minus, p.x));
    const Element numerator = Field::multiply(map.s, Field::add(p.z, p.y));
    const Element shifted = Field::multiply(Field::multiply(numerator, p.x), inverse);
    x = Field::to_number(Field::add(shifted, map.t));
    y = Field::to_number(Field::multiply(Field::multiply(numerator, p.z), inverse));
  }

 private:
  // What leads from one form to the other: s = (1 - d) / 4, t = (1 + d) / 6, x = s (1 + v) / (1 - v) + t,
  // y = (x - t) / u. With m = x - t the curve is y² = m (m² + A m + s²), A = 3t, and (0, 0) its one point of order 2.
  struct Map {
    Element d, s, t, a;
    Element k;  // 2 (A + 2s)
    static const Map& get() {
      static const Map map = [] {
        const Element one = Field::one();
        const Element four = Field::twice(Field::twice(one));
        Map m;
        m.d = Field::from_number(Curve::d);
        m.s = Field::multiply(Field::subtract(one, m.d), Field::invert(four));
        m.t = Field::multiply(Field::add(one, m.d), Field::invert(Field::add(four, Field::twice(one))));
        m.a = Field::thrice(m.t);
        m.k = Field::twice(Field::add(m.a, Field::twice(m.s)));
        return m;
      }();
      return map;
    }
  };

  /** (p + 1) / 4 for p = 3 mod 4: a to this power is a square root of a or of -a. */
  static constexpr Number<words> root_exponent() {
    Number<words> e = Field::prime();
    e.w[0] += 1;
    for (int i = 0; i < words; i++) e.w[i] = e.w[i] >> 2 | (i + 1 < words ? e.w[i + 1] << 62 : 0);
    return e;
  }

  // p + (x/z2, y/z2), where z is the product of the denominators and dt = d x y / z2. The law for a = 1:
  // section 3.1 of "Twisted Edwards curves revisited".
  static SEALGATE_INLINE void combine(Point& p, const Element& x, const Element& y, const Element& dt, const Element& z) {
    const Element a = Field::multiply(p.x, x);
    const Element b = Field::multiply(p.y, y);
    const Element c = Field::multiply(Field::multiply(p.te, p.th), dt);
    const Element e = Field::subtract(
        Field::multiply(Field::add(p.x, p.y), Field::add(x, y)), Field::add(a, b));
    const Element f = Field::subtract(z, c);
    const Element g = Field::add(z, c);
    const Element h = Field::subtract(b, a);
    p = {Field::multiply(e, f), Field::multiply(g, h), Field::multiply(f, g), e, h};
  }

  /**
   * Whether a point (m, y) of E: y² = m (m² + A m + s²) has order q, by a root and two Jacobi symbols in place of a
   * multiplication by q; in the manner of T. Pornin, "Point-halving and subgroup membership in twisted Edwards curves"
   * (ePrint 2022/1164).
   *
   * The curve F: Y² = X (X - A - 2s) (X - A + 2s) leads to E by an isogeny of degree 2,
   *   m = (Y / 2X)², y = Y (D - X²) / 8X², where D = A² - 4s² (J. Silverman, "The arithmetic of elliptic curves", III.4.5),
   * which maps the points of F of order q one to one to those of E. F has 4q points as well, and three of order 2, so
   * that a point (X, Y) has order q or is infinity just where it is a double; and that is so where X, X - A - 2s and
   * X - A + 2s are squares (ibid., X.1.4). Their product is one anyway, so that two of them settle it.
   * A point (m, y) of E comes from F just where m is a square. With w² = m it comes from X = D / (A + 2m + 2y/w), with one
   * sign of w and the other. The two X have the product D, which is not a square, as E has a single point of order 2; so
   * one of them is a square, that for which c = m (A + 2m) + 2yw = m D / X is none. And for this one
   *   X - A - 2s = (A + 2s) ((A - 2s) m - c) / c = -2 (A + 2s) (m (m + s) + yw) / c.
   * -1 is not a square either, as p = 3 mod 4, and drops out together with c.
   */
  static bool has_order_q(const Element& m, const Element& y) {
    if (Field::is_zero(m)) return false;
    const Map& map = Map::get();
    Element w = Field::power(m, root_exponent());
    if (!Field::is_equal(Field::square(w), m)) return false;
    Element yw = Field::multiply(y, w);
    const Element sum = Field::multiply(m, Field::add(map.a, Field::twice(m)));
    if (Field::is_square(Field::add(sum, Field::twice(yw)))) yw = Field::negate(yw);
    const Element last = Field::add(Field::multiply(m, Field::add(m, map.s)), yw);
    return !Field::is_zero(last) && Field::is_square(Field::multiply(map.k, last));
  }
};

}  // namespace sealgate::gost
