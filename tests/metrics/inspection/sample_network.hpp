// A network for tests of inspection.
#pragma once

#include <cmath>

#include "intact/nn/sequential.hpp"
#include "samples.hpp"

namespace intact::sample {

/// Three layers with Gaussian weights, and a batch for them.
inline Sequential three_layers() {
    const auto layer = [](Index out, Index in, unsigned seed) {
        return Linear(Rows(gaussian(out, in, seed) / std::sqrt(static_cast<float>(in))),
                      Eigen::VectorXf::Zero(out));
    };
    return sequential(layer(40, 30, 1).named("first"), Relu(), layer(40, 40, 2).named("second"),
                      Relu(), layer(10, 40, 3).named("head"));
}

}  // namespace intact::sample
