// expect: intact: this observer depends on the order of its batches
#include "intact/observers/moving_average.hpp"
#include "intact/quantizers/aliases.hpp"

#ifdef VALID
using Observer = intact::MinMax;
#else
using Observer = intact::MovingAverage;
#endif

using Quantizer = intact::AffineQuantizer<std::uint8_t, intact::PerTensor, Observer>;

void merge(Quantizer& all, const Quantizer& part) { all.merge(part); }
