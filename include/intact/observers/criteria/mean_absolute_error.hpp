// Absolute error criterion: the scale and zero point with the least mean absolute error, rounding
// and clipping both included; lp_error.hpp with the power 1. An outlier weighs no more than its
// distance, so it is clipped sooner than by squared error.
//
// Units    the cost is the mean absolute error, in the data's unit
#pragma once

#include "intact/observers/criteria/lp_error.hpp"

namespace intact {

/// The least mean absolute error.
using MeanAbsoluteError = LpError<1>;

static_assert(SearchingCriterion<MeanAbsoluteError>);

}  // namespace intact
