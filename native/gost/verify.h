// Verification: RFC 7091, section 6.2, with z1 P + z2 Q computed in one run over both scalars.
#pragma once

#include "engine.h"
#include "scalar.h"
#include "table.h"

namespace sealgate::gost {

/** What the equations need from digest and signature. */
template <int N>
struct Equation {
  Number<N> z1, z2, r;

  /** `false` if r or s is not between 0 and q. */
  bool read(const Scalars<N>& scalars, const uint8_t* digest, const uint8_t* signature) {
    const Number<N> s = load_big<N>(signature);
    r = load_big<N>(signature + 8 * N);
    if (!scalars.is_unit(r) || !scalars.is_unit(s)) return false;
    Number<N> e = scalars.reduce(load_little<N>(digest));
    if (is_zero(e)) e.w[0] = 1;
    const Number<N> v = scalars.invert(e);
    z1 = scalars.multiply(s, v);
    z2 = scalars.negate(scalars.multiply(r, v));
    return true;
  }
};

/** How digits of so many bits go with tables of odd multiples. */
constexpr int odd_multiples(int width) { return 1 << (width - 2); }

template <class Group>
class Verifier {
 public:
  static constexpr int N = Group::words;
  using Point = typename Group::Point;

  // Measured on Zen 5: one bit more or less is lost in the noise, but for kept keys, where one more makes eight percent
  // of speed for twice the memory.
  static constexpr int base_width = 10;
  static constexpr int passing_width = 5;
  static constexpr int kept_width = 6;
  using BaseTable = KeptTable<Group, 64, odd_multiples(base_width)>;
  using PassingKey = PassingTable<Group, odd_multiples(passing_width)>;
  struct KeptKey : KeyTable {
    explicit KeptKey(const Point& point) : table(point) {}
    KeptTable<Group, 64, odd_multiples(kept_width)> table;
  };

  Verifier() : base_(std::make_unique<BaseTable>(Group::base())) {}

  bool verify(const Equation<N>& equation, const Number<N>& q, const Point& key) const {
    return verify(equation, q, PassingKey(key), passing_width);
  }

  bool verify(const Equation<N>& equation, const Number<N>& q, const KeptKey& key) const {
    return verify(equation, q, key.table, kept_width);
  }

 private:
  template <class Table>
  bool verify(const Equation<N>& equation, const Number<N>& q, const Table& key, int width) const {
    SignedDigits<N> base_digits, key_digits;
    recode_centred(base_digits, equation.z1, q, base_width);
    recode_centred(key_digits, equation.z2, q, width);
    const int top = key_digits.length < Table::chunk_bits ? key_digits.length : Table::chunk_bits;
    const int base_top = base_digits.length < BaseTable::chunk_bits ? base_digits.length : BaseTable::chunk_bits;
    Point sum = Group::infinity();
    for (int i = (top > base_top ? top : base_top) - 1; i >= 0; i--) {
      Group::twice(sum);
      add_column(sum, key, key_digits, i);
      if (i < base_top) add_column(sum, *base_, base_digits, i);
    }
    return Group::has_abscissa(sum, equation.r);
  }

  // The digits that weigh 2^i within their chunks.
  template <class Table>
  static SEALGATE_INLINE void add_column(Point& sum, const Table& table, const SignedDigits<N>& digits, int i) {
    for (int chunk = 0; chunk < Table::chunks; chunk++) {
      const int digit = digits.digit[chunk * Table::chunk_bits + i];
      if (digit != 0) Group::add(sum, table(chunk, digit), digit < 0);
    }
  }

  std::unique_ptr<const BaseTable> base_;
};

}  // namespace sealgate::gost
