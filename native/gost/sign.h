// Signing (RFC 7091, section 6.1) and public keys, in constant time in private key and nonce.
#pragma once

#include "nonce.h"
#include "scalar.h"
#include "table.h"

namespace sealgate::gost {

template <class Group>
class Signer {
 public:
  static constexpr int N = Group::words;

  Signer() : table_(std::make_unique<Table>(Group::base())) {}

  /** r and s for a private key d between 0 and q. */
  void sign(const Scalars<N>& scalars, const Number<N>& digest, const Number<N>& d, Octets entropy, Number<N>& r,
            Number<N>& s) const {
    Number<N> e = scalars.reduce(digest);
    if (is_zero(e)) e.w[0] = 1;
    Nonces<N> nonces(scalars.order(), d, e, entropy);
    Number<N> k, y, rd, ke;
    Wiped<Number<N>> wiped_k(k), wiped_y(y), wiped_rd(rd), wiped_ke(ke);
    do {
      nonces.next(k);
      multiply_base(scalars, k, r, y);
      r = scalars.reduce(r);
      rd = scalars.multiply(r, d);
      ke = scalars.multiply(k, e);
      s = scalars.add(rd, ke);
    } while (is_zero(r) || is_zero(s));
  }

  /** Affine coordinates of k P for k between 0 and q. */
  void multiply_base(const Scalars<N>& scalars, const Number<N>& k, Number<N>& x, Number<N>& y) const {
    // Signed odd digits exist for odd scalars; an even one is replaced by q - k and the point negated.
    Number<N> odd = k;
    Wiped<Number<N>> wiped_odd(odd);
    const Word even = zero_mask(k.w[0] & 1);
    const Number<N> negative = scalars.negate(k);
    select(odd, negative, even);
    // k = sum of (2 c_i - 15) 16^i, where the c_i are the hexadecimal digits of (k + 2^(64N) - 1) / 2.
    shift_right(odd, 1);
    odd.w[N - 1] |= Word(1) << 63;
    typename Group::Secret sum;
    typename Group::Entry entry;
    Wiped<typename Group::Secret> wiped_sum(sum);
    Wiped<typename Group::Entry> wiped_entry(entry);
    for (int i = 0; i < Table::chunks; i++) {
      const Word c = odd.w[i / 16] >> (4 * (i % 16)) & 15;
      const Word negative_digit = opaque((c >> 3) - 1);  // c < 8: the digit is negative
      // (|2c - 15| - 1) / 2 is c - 8 or 7 - c.
      const Word index = ((c - 8) & ~negative_digit) | ((7 - c) & negative_digit);
      entry = table_->select_secret(i, index);
      Group::negate_if(entry, negative_digit ^ even);
      if (i == 0) {
        sum = Group::secret_start(entry);
      } else {
        Group::add(sum, entry);
      }
    }
    Group::affine(sum, x, y);
  }

 private:
  using Table = KeptTable<Group, 4, 8>;
  std::unique_ptr<const Table> table_;
};

}  // namespace sealgate::gost
