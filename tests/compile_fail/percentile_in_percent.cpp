// expect: intact::Percentile<PartsPerMillion>: parts per million inside the range
#include "intact/observers/criteria/percentile.hpp"

#ifdef VALID
using Clip = intact::Percentile<990000>;
#else
using Clip = intact::Percentile<99>;
#endif

intact::Range range(const intact::HistogramView& seen) {
    return Clip::choose(seen, intact::Grid{});
}
