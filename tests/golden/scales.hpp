// Which scale and zero point each element of a golden tensor has, and the slow definition of codes.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "golden.hpp"
#include "intact/core/number.hpp"

namespace golden {

/// Number of the scale of each element in row-major order: one scale for every index along `axis`,
/// or, with a block size, one for every block along it and every index of the other axes.
inline std::vector<std::size_t> scale_indices(const std::vector<std::int64_t>& shape, int axis,
                                              std::int64_t block = 0) {
    const auto rank = static_cast<int>(shape.size());
    const auto at = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
    std::int64_t outer = 1;
    std::int64_t inner = 1;
    for (std::size_t i = 0; i < at; ++i) outer *= shape[i];
    for (std::size_t i = at + 1; i < shape.size(); ++i) inner *= shape[i];
    const std::int64_t blocks = block == 0 ? 0 : (shape[at] + block - 1) / block;
    std::vector<std::size_t> indices;
    for (std::int64_t i = 0; i < outer; ++i) {
        for (std::int64_t j = 0; j < shape[at]; ++j) {
            for (std::int64_t k = 0; k < inner; ++k) {
                const std::int64_t index = block == 0 ? j : (i * blocks + j / block) * inner + k;
                indices.push_back(static_cast<std::size_t>(index));
            }
        }
    }
    return indices;
}

/// A shape as [outer, axis, inner].
inline std::array<Eigen::Index, 3> around_axis(const std::vector<std::int64_t>& shape, int axis) {
    const auto rank = static_cast<int>(shape.size());
    const auto at = static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
    std::array<Eigen::Index, 3> around{1, shape[at], 1};
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i != at) around[i < at ? 0 : 2] *= shape[i];
    }
    return around;
}

/// Scales and zero points as parameters; one zero point may serve all scales.
inline std::vector<intact::QuantParams> params_of(const std::vector<float>& scales,
                                                  const std::vector<std::int32_t>& zero_points) {
    std::vector<intact::QuantParams> params;
    for (std::size_t i = 0; i < scales.size(); ++i) {
        params.push_back({scales[i], zero_points[zero_points.size() == 1 ? 0 : i]});
    }
    return params;
}

/// The codes of a type by the name that the oracles give it: "quint8", "int4", "s8", ...
inline intact::Grid grid_of(const std::string& type) {
    const bool is_unsigned = type.find('u') != std::string::npos;
    const int bits = std::stoi(type.substr(type.find_first_of("0123456789")));
    const std::int64_t count = std::int64_t{1} << bits;
    const std::int64_t qmin = is_unsigned ? 0 : -count / 2;
    return {.qmin = static_cast<std::int32_t>(qmin),
            .qmax = static_cast<std::int32_t>(qmin + count - 1)};
}

/// Our contract, in the machine's own division and unbounded doubles.
inline std::int32_t slow_code(float real, const intact::QuantParams& params,
                              const intact::Grid& grid) {
    if (intact::is_nan(real)) return params.zero_point;
    volatile float dividend = real;
    volatile float divisor = params.scale;
    volatile float quotient = dividend / divisor;
    const double code = std::nearbyint(double{quotient}) + params.zero_point;
    return static_cast<std::int32_t>(
        std::clamp(code, static_cast<double>(grid.qmin), static_cast<double>(grid.qmax)));
}

}  // namespace golden
