#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/variants/onnx_runtime_divergence.hpp"

using Counts = std::vector<std::uint64_t>;

TEST_CASE("OnnxRuntimeDivergence: sum of p ln(p / q) with 10^-4 for empty bins") {
    intact::detail::OnnxRuntimeDivergence divergence;
    const Counts p{3, 0, 5};
    const Counts q{4, 4, 0};
    const double taken = 0.0001 / 2.0;
    const double all = 8.0;  // both sum to it, what is given is taken
    const std::vector<double> left{3 - taken, 0.0001, 5 - taken};
    const std::vector<double> right{4 - taken, 4 - taken, 0.0001};
    double expected = 0.0;
    for (std::size_t i = 0; i < 3; ++i) expected += left[i] / all * std::log(left[i] / right[i]);
    CHECK(double{divergence(p, q)} == doctest::Approx(expected).epsilon(1e-6));
    CHECK(divergence(p, p) == 0.0F);
}

TEST_CASE("OnnxRuntimeDivergence: what has no mass, or too many empty bins, is no candidate") {
    intact::detail::OnnxRuntimeDivergence divergence;
    constexpr float none = std::numeric_limits<float>::max();
    CHECK(divergence(Counts{1, 2}, Counts{0, 0}) == none);
    Counts sparse(20001, 0);
    sparse.front() = 2;
    CHECK(divergence(sparse, sparse) == none);
    sparse.resize(5000);
    CHECK(divergence(sparse, sparse) == 0.0F);
}
