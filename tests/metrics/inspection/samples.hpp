// Tensors for tests of inspection: Gaussian, and with one thing wrong each.
#pragma once

#include <random>

#include "intact/metrics/inspection/inspect.hpp"

namespace intact::sample {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Standard normal values, the same for the same seed.
inline Rows gaussian(Index rows, Index cols, unsigned seed = 1) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0.0F, 1.0F);
    Rows values(rows, cols);
    for (Index i = 0; i < values.size(); ++i) values.data()[i] = normal(generator);
    return values;
}

}  // namespace intact::sample
