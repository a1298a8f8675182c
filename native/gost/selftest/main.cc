// Compares the library with a slow and plain reference: gost_selftest [verifications] [seed].
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "selftest.h"

int main(int count, char** values) {
  const unsigned verifications = count > 1 ? unsigned(strtoul(values[1], nullptr, 10)) : 10000;
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const uint64_t seed = count > 2 ? strtoull(values[2], nullptr, 10) : uint64_t(now);
  printf("seed %llu\n", static_cast<unsigned long long>(seed));
  const unsigned operations = verifications < 2000 ? 2000 : verifications > 200000 ? 200000 : verifications;
  if (!sealgate::gost::check_fields(operations, seed)) return 1;
  printf("%u operations in every field and arithmetic agree with the reference\n", operations);
  return sealgate::gost::check_signatures(verifications, seed) ? 0 : 1;
}
