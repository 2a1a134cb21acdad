// Ranges of activations that a criterion chooses from a histogram.
#include "examples/quantize_network/quantize_with.hpp"
#include "intact/observers/criteria/entropy.hpp"
#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/values.hpp"

namespace example {

IntegerForm static_percentile(const intact::Sequential& net, const std::vector<Batch>& calibration,
                              const intact::Exceptions& exceptions) {
    return quantize_with<ByCriterion<intact::Percentile<>>>(net, calibration, exceptions);
}

IntegerForm static_entropy(const intact::Sequential& net, const std::vector<Batch>& calibration,
                           const intact::Exceptions& exceptions) {
    return quantize_with<ByCriterion<intact::Entropy>>(net, calibration, exceptions);
}

IntegerForm static_squared_error(const intact::Sequential& net,
                                 const std::vector<Batch>& calibration,
                                 const intact::Exceptions& exceptions) {
    return quantize_with<ByCriterion<intact::MeanSquaredError>>(net, calibration, exceptions);
}

IntegerForm static_squared_error_of_weights_too(const intact::Sequential& net,
                                                const std::vector<Batch>& calibration,
                                                const intact::Exceptions& exceptions) {
    using Weights = intact::SymmetricQuantizer<std::int8_t, intact::PerChannel<0>,
                                               intact::Values<intact::MeanSquaredError>>;
    using Recipe =
        intact::StaticRecipe<Weights, Activations<intact::Histogram<intact::MeanSquaredError>>>;
    return quantize_with<Recipe>(net, calibration, exceptions);
}

}  // namespace example
