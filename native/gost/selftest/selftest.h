// The parts of the self-test. Each prints what went wrong, with what is needed to see it again, and returns `false`.
#pragma once

#include <cstdint>

namespace sealgate::gost {

/** So many operations in every field, with either arithmetic, against the reference. */
bool check_fields(unsigned count, uint64_t seed);

/** So many verifications of random, damaged and hostile input, with either arithmetic in turn, against the reference. */
bool check_signatures(unsigned count, uint64_t seed);

}  // namespace sealgate::gost
