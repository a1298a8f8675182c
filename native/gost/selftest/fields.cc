// Field arithmetic against the reference, above all at the edges of reduction, where random numbers never come.
#include <cstdio>
#include <cstring>

#include "../curve.h"
#include "../product_adx.h"
#include "../scalar.h"
#include "random.h"
#include "reference.h"
#include "selftest.h"

namespace sealgate::gost {
namespace {

template <int N>
Number<N> edge_number(Random& random, const Number<N>& p) {
  Number<N> r{}, offset{};
  switch (random.below(4)) {
    case 0:  // next to 0, p, 2p, or 2^(64N)
      for (unsigned times = random.below(3); times > 0; times--) add(r, r, p);
      offset.w[0] = random.below(2) == 0 ? random.below(8) : random.word() >> random.below(64);
      if (random.below(2) == 0) {
        add(r, r, offset);
      } else {
        subtract(r, r, offset);
      }
      return r;
    case 1:
      for (int i = 0; i < N; i++) r.w[i] = random.word();
      return r;
    default:
      for (int i = 0; i < N; i++) r.w[i] = random.edge_word();
      return r;
  }
}

template <class Field>
struct Check {
  static constexpr int N = Field::words;
  const char* name;
  reference::Modulus p{Field::prime().w, N};
  bool passed = true;

  // What the reference makes of a number of N words.
  struct Value {
    uint64_t w[reference::most_words];
  };
  Value value(const Number<N>& a) const {
    Value r{};
    memcpy(r.w, a.w, sizeof a.w);
    p.reduce(r.w);
    p.enter(r.w, r.w);
    return r;
  }

  void expect(const char* operation, const Number<N>& got, const Value& wanted) {
    Value plain{};
    p.leave(plain.w, wanted.w);
    if (memcmp(Field::to_number(got).w, plain.w, 8 * N) == 0) return;
    fprintf(stderr, "field of %s: %s is wrong\n", name, operation);
    passed = false;
  }

  void once(const Number<N>& x, const Number<N>& y) {
    // Only Montgomery's form needs its elements reduced; the others take any number of N words.
    const auto a = Field::from_number(x), b = Field::from_number(y);
    const Value va = value(x), vb = value(y);
    Value r{};
    expect("from and to number", a, va);
    p.add(r.w, va.w, vb.w);
    expect("sum", Field::add(a, b), r);
    p.subtract(r.w, va.w, vb.w);
    expect("difference", Field::subtract(a, b), r);
    const Value difference = r;
    p.multiply(r.w, va.w, vb.w);
    expect("product", Field::multiply(a, b), r);
    p.multiply(r.w, va.w, va.w);
    expect("square", Field::square(a), r);
    p.multiply(r.w, difference.w, difference.w);
    expect("square of difference", Field::square(Field::subtract(a, b)), r);
    const Value zero{};
    const bool equal = memcmp(difference.w, zero.w, 8 * N) == 0;
    if (Field::is_equal(a, b) != equal || Field::is_zero(Field::subtract(a, b)) != equal) {
      fprintf(stderr, "field of %s: comparison is wrong\n", name);
      passed = false;
    }
  }

  void inverse(const Number<N>& x) {
    const auto a = Field::from_number(x);
    Value r{};
    p.invert(r.w, value(x).w);
    expect("inverse", Field::invert(a), r);
    expect("inverse of a secret", Field::invert_secret(a), r);
  }
};

template <class Kernel, class Curve>
bool check_field(const char* name, unsigned count, Random& random) {
  using Field = typename Curve::template Field<Kernel>;
  Check<Field> check{name};
  for (unsigned i = 0; i < count && check.passed; i++) {
    const auto x = edge_number(random, Field::prime()), y = edge_number(random, Field::prime());
    check.once(x, random.below(8) == 0 ? x : y);
    if (i % 256 == 0) check.inverse(x);
  }
  return check.passed;
}

template <class Curve>
bool check_scalars(const char* name, unsigned count, Random& random) {
  constexpr int N = Curve::words;
  const Scalars<N> scalars(Curve::q);
  const reference::Modulus q(Curve::q.w, N);
  for (unsigned i = 0; i < count; i++) {
    const auto x = edge_number<N>(random, Curve::q), y = edge_number<N>(random, Curve::q);
    uint64_t a[8] = {}, b[8] = {}, r[8] = {};
    memcpy(a, x.w, sizeof x.w);
    memcpy(b, y.w, sizeof y.w);
    q.reduce(a);
    q.reduce(b);
    const auto m = scalars.reduce(x), n = scalars.reduce(y);
    q.add(r, a, b);
    bool good = memcmp(m.w, a, 8 * N) == 0 && memcmp(scalars.add(m, n).w, r, 8 * N) == 0;
    q.enter(r, a);
    q.multiply(r, r, b);
    good = good && memcmp(scalars.multiply(m, n).w, r, 8 * N) == 0;
    if (i % 64 == 0) {
      q.enter(r, a);
      q.invert(r, r);
      q.leave(r, r);
      good = good && memcmp(scalars.invert(m).w, r, 8 * N) == 0;
    }
    if (!good) {
      fprintf(stderr, "scalars of %s are wrong\n", name);
      return false;
    }
  }
  return true;
}

template <class Curve>
bool check_curve(const char* name, unsigned count, Random& random) {
  bool passed = check_field<Portable, Curve>(name, count, random) && check_scalars<Curve>(name, count / 4, random);
#ifdef SEALGATE_ADX
  if (Adx::supported()) passed = passed && check_field<Adx, Curve>(name, count, random);
#endif
  return passed;
}

}  // namespace

bool check_fields(unsigned count, uint64_t seed) {
  Random random(seed);
  return check_curve<CryptoProA>("CryptoPro-A", count, random) && check_curve<CryptoProB>("CryptoPro-B", count, random) &&
         check_curve<CryptoProC>("CryptoPro-C", count, random) && check_curve<Test2001>("2001 test", count, random) &&
         check_curve<Tc26A256>("TC26-256-A", count, random) && check_curve<Tc26A512>("TC26-512-A", count, random) &&
         check_curve<Tc26B512>("TC26-512-B", count, random) && check_curve<Tc26C512>("TC26-512-C", count, random) &&
         check_curve<Test512>("512 test", count, random);
}

}  // namespace sealgate::gost
