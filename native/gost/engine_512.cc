#include "curve_engine.h"
#include "product_adx.h"

namespace sealgate::gost {
namespace {

template <class Kernel>
const Engine& engine(CurveId curve) {
  switch (curve) {
    case CurveId::tc26_512_b:
      return weierstrass_engine<Kernel, Tc26B512>();
    case CurveId::tc26_512_c:
      return edwards_engine<Kernel, Tc26C512>();
    case CurveId::test_512:
      return weierstrass_engine<Kernel, Test512>();
    default:
      return weierstrass_engine<Kernel, Tc26A512>();
  }
}

}  // namespace

const Engine& engine_512(CurveId curve, Kernel kernel) {
#ifdef SEALGATE_ADX
  if (kernel == Kernel::adx) return engine<Adx>(curve);
#endif
  (void)kernel;
  return engine<Portable>(curve);
}

}  // namespace sealgate::gost
