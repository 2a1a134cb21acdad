// Squared error criterion: the scale and zero point with the least mean squared error, rounding and
// clipping both included; lp_error.hpp with the power 2.
//
// Units    the cost is the mean squared error, in the square of the data's unit
#pragma once

#include "intact/observers/criteria/lp_error.hpp"

namespace intact {

/// The least mean squared error.
using MeanSquaredError = LpError<2>;

static_assert(SearchingCriterion<MeanSquaredError>);

}  // namespace intact
