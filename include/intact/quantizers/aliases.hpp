// Quantizers by the names of their schemes, as users write them.
//
//   SymmetricQuantizer<std::int8_t, PerChannel<0>> weights;
//   AffineQuantizer<std::uint8_t, PerTensor, Histogram<Entropy>> activations;
#pragma once

#include "intact/core/granularity.hpp"
#include "intact/core/rounding.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/quantizers/quantizer.hpp"
#include "intact/quantizers/scheme.hpp"

namespace intact {

/// real = scale * (code - zero_point) with a zero point fixed in the middle of the codes.
template <class T, class G = PerTensor, class Watch = MinMax, class R = NearestEven,
          class Width = Narrow>
using SymmetricQuantizer = Quantizer<T, Symmetric<Width>, G, Watch, R>;

/// real = scale * (code - zero_point) with a zero point that fits the data.
template <class T, class G = PerTensor, class Watch = MinMax, class R = NearestEven>
using AffineQuantizer = Quantizer<T, Affine, G, Watch, R>;

/// The other name of AffineQuantizer.
template <class T, class G = PerTensor, class Watch = MinMax, class R = NearestEven>
using AsymmetricQuantizer = AffineQuantizer<T, G, Watch, R>;

/// A symmetric quantizer whose scale is a power of two: requantization becomes a shift.
template <class T, class G = PerTensor, class Watch = MinMax, class R = NearestEven,
          class Width = Narrow>
using PowerOfTwoQuantizer = Quantizer<T, PowerOfTwo<Symmetric<Width>>, G, Watch, R>;

/// Q(m.N) numbers: scale 2^-N, zero point 0; nothing to observe. Values beyond the code type
/// saturate.
template <class T, int FractionBits, class R = NearestEven>
using FixedPointQuantizer = Quantizer<T, FixedPoint<FractionBits>, PerTensor, MinMax, R>;

}  // namespace intact
