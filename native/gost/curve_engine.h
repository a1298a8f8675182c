// Verification and signing on one curve, put together.
#pragma once

#include "edwards.h"
#include "engine.h"
#include "sign.h"
#include "verify.h"
#include "weierstrass.h"

namespace sealgate::gost {

template <class Group, class Curve>
class CurveEngine final : public Engine {
 public:
  static constexpr int N = Curve::words;

  static const Engine& get() {
    static const CurveEngine engine;
    return engine;
  }

  size_t size() const override { return 8 * N; }

  KeyFault check(const uint8_t* key) const override {
    const Number<N> x = load_little<N>(key), y = load_little<N>(key + 8 * N);
    if (is_zero(x) && is_zero(y)) return KeyFault::infinity;
    if (!less(x, Group::Field::prime()) || !less(y, Group::Field::prime())) return KeyFault::range;
    return Group::check(x, y);
  }

  bool verify(const uint8_t* digest, const uint8_t* signature, const uint8_t* key) const override {
    Equation<N> equation;
    return equation.read(scalars_, digest, signature) && verifier_.verify(equation, Curve::q, point(key));
  }

  bool verify(const uint8_t* digest, const uint8_t* signature, const KeyTable& table) const override {
    Equation<N> equation;
    return equation.read(scalars_, digest, signature) &&
           verifier_.verify(equation, Curve::q, static_cast<const typename Verifier<Group>::KeptKey&>(table));
  }

  std::shared_ptr<const KeyTable> make_table(const uint8_t* key) const override {
    return std::make_shared<typename Verifier<Group>::KeptKey>(point(key));
  }

  bool sign(const uint8_t* digest, const uint8_t* key, Octets entropy, uint8_t* signature) const override {
    Number<N> d = load_little<N>(key), r, s;
    Wiped<Number<N>> wiped(d);
    if (!scalars_.is_unit(d)) return false;
    signer().sign(scalars_, load_little<N>(digest), d, entropy, r, s);
    store_big(s, signature);
    store_big(r, signature + 8 * N);
    return true;
  }

  bool derive(const uint8_t* private_key, uint8_t* public_key) const override {
    Number<N> d = load_little<N>(private_key), x, y;
    Wiped<Number<N>> wiped(d);
    if (!scalars_.is_unit(d)) return false;
    signer().multiply_base(scalars_, d, x, y);
    store_little(x, public_key);
    store_little(y, public_key + 8 * N);
    return true;
  }

 private:
  static typename Group::Point point(const uint8_t* key) {
    return Group::load(load_little<N>(key), load_little<N>(key + 8 * N));
  }

  // Most processes only verify.
  static const Signer<Group>& signer() {
    static const Signer<Group> value;
    return value;
  }

  const Scalars<N> scalars_{Curve::q};
  const Verifier<Group> verifier_;
};

template <class Kernel, class Curve>
const Engine& weierstrass_engine() {
  return CurveEngine<Weierstrass<Kernel, Curve>, Curve>::get();
}

template <class Kernel, class Curve>
const Engine& edwards_engine() {
  return CurveEngine<Edwards<Kernel, Curve>, Curve>::get();
}

}  // namespace sealgate::gost
