// Reproducible tensors for the tests of networks: short binary fractions, whose sums are exact in
// float32 in any order, and random reals.
#pragma once

#include <cstdint>

#include "definition.hpp"
#include "intact/nn/sequential.hpp"

namespace samples {

using intact::Index;
using Tensor = Eigen::Tensor<float, 4, Eigen::RowMajor>;

class Source {
public:
    explicit Source(std::uint32_t seed) : state_(seed * 2654435761U + 1) {}

    std::int32_t integer(std::int32_t low, std::int32_t high) {
        state_ = state_ * 1664525U + 1013904223U;
        return low + static_cast<std::int32_t>((state_ >> 8) %
                                               static_cast<std::uint32_t>(high - low + 1));
    }
    /// A multiple of 1/16 in [-2, 2].
    float fraction() { return static_cast<float>(integer(-32, 32)) * 0.0625F; }
    /// A real in [-1, 1].
    float real() { return static_cast<float>(integer(-8000000, 8000000)) * 1.25e-7F; }

    Tensor tensor(Index a, Index b, Index c, Index d, bool exact = true) {
        Tensor made(a, b, c, d);
        for (Index i = 0; i < made.size(); ++i) made.data()[i] = exact ? fraction() : real();
        return made;
    }
    intact::FeatureMatrix matrix(Index rows, Index columns, bool exact = true) {
        intact::FeatureMatrix made(rows, columns);
        for (Index i = 0; i < made.size(); ++i) made.data()[i] = exact ? fraction() : real();
        return made;
    }
    Eigen::VectorXf vector(Index size, bool exact = true) { return matrix(size, 1, exact).col(0); }

private:
    std::uint32_t state_;
};

inline definition::Images<double> images(const Tensor& x) {
    definition::Images<double> made(x.dimension(0), x.dimension(1), x.dimension(2), x.dimension(3));
    std::copy_n(x.data(), x.size(), made.values.begin());
    return made;
}

template <class X>
std::vector<double> doubles(const X& x) {
    return {x.data(), x.data() + x.size()};
}

/// Whether an answer [batch, features] holds these values, rounded to float32.
inline bool equal(const intact::FeatureMatrix& y, const definition::Images<double>& expected) {
    if (y.rows() != expected.batch) return false;
    if (y.size() != static_cast<Index>(expected.values.size())) return false;
    for (Index i = 0; i < y.size(); ++i) {
        if (y.data()[i] != static_cast<float>(expected.values[static_cast<std::size_t>(i)])) {
            return false;
        }
    }
    return true;
}

}  // namespace samples
