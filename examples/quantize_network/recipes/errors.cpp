// Ranges of activations with the least error of other powers than 2.
#include "examples/quantize_network/quantize_with.hpp"
#include "intact/observers/criteria/lp_error.hpp"
#include "intact/observers/criteria/mean_absolute_error.hpp"

namespace example {

IntegerForm static_absolute_error(const intact::Sequential& net,
                                  const std::vector<Batch>& calibration,
                                  const intact::Exceptions& exceptions) {
    return quantize_with<ByCriterion<intact::MeanAbsoluteError>>(net, calibration, exceptions);
}

IntegerForm static_fourth_power(const intact::Sequential& net,
                                const std::vector<Batch>& calibration,
                                const intact::Exceptions& exceptions) {
    return quantize_with<ByCriterion<intact::LpError<4>>>(net, calibration, exceptions);
}

}  // namespace example
