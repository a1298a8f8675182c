// Tables of multiples of a point.
#pragma once

#include <memory>
#include <vector>

#include "words.h"

namespace sealgate::gost {

/**
 * Odd multiples B, 3B, ... (2 Count - 1) B of B = P, 2^Chunk P, 2^(2 Chunk) P, ..., affine. A scalar cut into chunks
 * of so many bits then costs only `Chunk` doublings.
 */
template <class Group, int Chunk, int Count>
class KeptTable {
 public:
  static constexpr int chunk_bits = Chunk;
  static constexpr int chunks = 64 * Group::words / Chunk;
  using Entry = typename Group::Entry;

  explicit KeptTable(typename Group::Point base) {
    using Field = typename Group::Field;
    using Element = typename Field::Element;
    std::vector<typename Group::Point> points;
    points.reserve(chunks * Count);
    for (int chunk = 0; chunk < chunks; chunk++) {
      points.push_back(base);
      Group::twice(base);
      const auto two = Group::multiple(base);
      for (int i = 1; i < Count; i++) {
        points.push_back(points.back());
        Group::add(points.back(), two, false);
      }
      for (int i = 1; i < Chunk; i++) Group::twice(base);
    }
    // One inversion for all denominators (Montgomery's trick).
    std::vector<Element> products;
    products.reserve(points.size());
    Element product = Field::one();
    for (const auto& point : points) {
      products.push_back(product);
      product = Field::multiply(product, Group::denominator(point));
    }
    Element inverse = Field::invert(product);
    for (int i = chunks * Count - 1; i >= 0; i--) {
      entries_[i] = Group::entry(points[i], Field::multiply(inverse, products[i]));
      inverse = Field::multiply(inverse, Group::denominator(points[i]));
    }
  }

  /** |digit| 2^(Chunk chunk) P for an odd digit. */
  SEALGATE_INLINE const Entry& operator()(int chunk, int digit) const {
    return entries_[chunk * Count + ((digit < 0 ? -digit : digit) >> 1)];
  }

  /** The same, reading every entry of the chunk; `index` is (|digit| - 1) / 2. */
  Entry select_secret(int chunk, Word index) const {
    constexpr int words = sizeof(Entry) / sizeof(Word);
    Entry r{};
    Word* to = reinterpret_cast<Word*>(&r);
    for (Word i = 0; i < Count; i++) {
      const Word mask = zero_mask(i ^ index);
      const Word* from = reinterpret_cast<const Word*>(&entries_[chunk * Count + i]);
      for (int j = 0; j < words; j++) to[j] |= from[j] & mask;
    }
    return r;
  }

 private:
  Entry entries_[chunks * Count];
};

/** Odd multiples of a point that is seen once: quickly made, slower to use. */
template <class Group, int Count>
class PassingTable {
 public:
  static constexpr int chunk_bits = 64 * Group::words;
  static constexpr int chunks = 1;

  explicit PassingTable(typename Group::Point point) {
    entries_[0] = Group::multiple(point);
    auto two = point;
    Group::twice(two);
    const auto step = Group::multiple(two);
    for (int i = 1; i < Count; i++) {
      Group::add(point, step, false);
      entries_[i] = Group::multiple(point);
    }
  }

  SEALGATE_INLINE const typename Group::Multiple& operator()(int, int digit) const {
    return entries_[(digit < 0 ? -digit : digit) >> 1];
  }

 private:
  typename Group::Multiple entries_[Count];
};

}  // namespace sealgate::gost
