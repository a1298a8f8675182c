#include "curve_engine.h"
#include "product_adx.h"

namespace sealgate::gost {
namespace {

template <class Kernel>
const Engine& engine(CurveId curve) {
  switch (curve) {
    case CurveId::crypto_pro_b:
      return weierstrass_engine<Kernel, CryptoProB>();
    case CurveId::crypto_pro_c:
      return weierstrass_engine<Kernel, CryptoProC>();
    case CurveId::test_2001:
      return weierstrass_engine<Kernel, Test2001>();
    case CurveId::tc26_256_a:
      return edwards_engine<Kernel, Tc26A256>();
    default:
      return weierstrass_engine<Kernel, CryptoProA>();
  }
}

}  // namespace

const Engine& engine_256(CurveId curve, Kernel kernel) {
#ifdef SEALGATE_ADX
  if (kernel == Kernel::adx) return engine<Adx>(curve);
#endif
  (void)kernel;
  return engine<Portable>(curve);
}

}  // namespace sealgate::gost
