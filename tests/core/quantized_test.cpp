#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

#include "intact/core/quantized.hpp"

using namespace intact;

namespace {

using Codes = Eigen::Matrix<std::int8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
constexpr Grid full8{.qmin = -128, .qmax = 127};
constexpr Grid narrow8{.qmin = -127, .qmax = 127, .symmetric = true, .zero_point = 0};

template <Granularity G>
Quantized<std::int8_t, G, Codes> make(Index rows, Index cols, std::vector<QuantParams> params,
                                      const Grid& grid) {
    return {Codes::Constant(rows, cols, 3), std::move(params), grid};
}

}  // namespace

TEST_CASE("quantized: gives back codes, scales, zero points and grid") {
    const std::vector<QuantParams> params{{0.5F, 1}, {0.25F, -2}};
    const auto w8 = make<PerChannel<0>>(2, 3, params, full8);
    CHECK(w8.codes().rows() == 2);
    CHECK(w8.codes()(1, 2) == 3);
    CHECK(w8.params() == params);
    CHECK(w8.scale(1) == 0.25F);
    CHECK(w8.zero_point(1) == -2);
    CHECK(w8.scale() == 0.5F);
    CHECK(w8.grid() == full8);
}

TEST_CASE("quantized: bytes count zero points only where they are stored") {
    CHECK(make<PerTensor>(2, 3, {{0.5F, 0}}, narrow8).bytes() == 6 + 4);
    CHECK(make<PerTensor>(2, 3, {{0.5F, 0}}, full8).bytes() == 6 + 4 + 1);
    CHECK(make<PerChannel<1>>(2, 3, std::vector<QuantParams>(3), full8).bytes() == 6 + 3 * 5);
    CHECK(make<PerGroup<1, 2>>(2, 3, std::vector<QuantParams>(4), narrow8).bytes() == 6 + 4 * 4);
}

TEST_CASE("quantized: refuses a number of parameters that does not fit the shape") {
    CHECK_THROWS_WITH_AS(
        make<PerChannel<0>>(2, 3, std::vector<QuantParams>(3), full8),
        "Quantized: wrong number of parameters, expected 2 for the shape [2, 3], given 3",
        std::invalid_argument);
    CHECK_THROWS_WITH_AS(
        make<PerTensor>(2, 3, {}, full8),
        "Quantized: wrong number of parameters, expected 1 for the shape [2, 3], given 0",
        std::invalid_argument);
    CHECK_THROWS_WITH_AS((make<PerGroup<1, 2>>(2, 3, std::vector<QuantParams>(3), full8)),
                         "Quantized: wrong number of parameters, expected 4 for the shape [2, 3], "
                         "given 3",
                         std::invalid_argument);
}

TEST_CASE("quantized: refuses parameters that break the contract") {
    CHECK_THROWS_WITH_AS(make<PerTensor>(1, 1, {{0.0F, 0}}, full8),
                         "Quantized: the scale is not a positive normal float32, expected at least "
                         "1.17549e-38, given 0",
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(make<PerTensor>(1, 1, {{1.0F, 200}}, full8),
                         "Quantized: the zero point is not a code, expected -128 to 127, given 200",
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(
        make<PerTensor>(1, 1, {{1.0F, 5}}, narrow8),
        "Quantized: the zero point of a symmetric scheme is fixed, expected 0, given 5",
        std::invalid_argument);
}

TEST_CASE("Quantized: codes outside the grid, and grids that are none of the type, are refused") {
    using ByteCodes = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic>;
    using Bytes = Quantized<std::uint8_t, PerTensor, ByteCodes>;
    const ByteCodes codes = ByteCodes::Constant(2, 3, 5);
    CHECK_NOTHROW(Bytes(codes, {{1.0F, 3}}, {.qmin = 3, .qmax = 5}));
    CHECK_THROWS_WITH_AS(Bytes(codes, {{1.0F, 3}}, {.qmin = 0, .qmax = 4}),
                         "Quantized: a code lies outside the grid, expected 0 to 4, given 5",
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(Bytes(codes, {{1.0F, 300}}, {.qmin = 0, .qmax = 1000}),
                         "Quantized: the grid is not one of codes of the type, expected within 0 "
                         "to 255, given 0 to 1000",
                         std::invalid_argument);
    CHECK_THROWS_AS(Bytes(codes, {{1.0F, -5}}, {.qmin = INT32_MIN, .qmax = INT32_MAX}),
                    std::invalid_argument);
    CHECK_THROWS_AS(Bytes(codes, {{1.0F, 3}}, {.qmin = 5, .qmax = 3}), std::invalid_argument);
}
