// What rows of observers and calibrators have in common: their batches, and how PyTorch makes a
// scale and a zero point of a range.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "golden.hpp"
#include "intact/core/number.hpp"
#include "intact/quantizers/scheme.hpp"

namespace golden {

/// The batches of a row, in order.
inline std::vector<std::vector<float>> batches(const Row& row) {
    std::vector<std::vector<float>> all;
    for (int i = 0; row.has_input("batch" + std::to_string(i)); ++i) {
        all.push_back(row.input("batch" + std::to_string(i)).values<float>());
    }
    return all;
}

/// The values of all batches.
inline std::vector<float> all_values(const Row& row) {
    std::vector<float> all;
    for (const std::vector<float>& batch : batches(row)) {
        all.insert(all.end(), batch.begin(), batch.end());
    }
    return all;
}

/// The codes of a row of magnitudes: -qmax to qmax, or 0 to qmax where it says `unsigned`.
inline intact::Grid magnitude_grid(const Row& row) {
    const bool is_unsigned = row.integer("unsigned") == 1;
    const std::int32_t qmax = (1 << (row.integer("num_bits") - (is_unsigned ? 0 : 1))) - 1;
    return {.qmin = is_unsigned ? 0 : -qmax, .qmax = qmax, .symmetric = true, .zero_point = 0};
}

/// The same codes as a quantizer would show them to an observer: unsigned ones are affine.
inline intact::Grid observed_grid(const Row& row) {
    intact::Grid grid = magnitude_grid(row);
    grid.symmetric = row.integer("unsigned") == 0;
    return grid;
}

/// Mean squared error of quantizing and dequantizing each value.
inline double mean_squared_error(const std::vector<float>& values,
                                 const intact::QuantParams& params, const intact::Grid& grid) {
    double sum = 0.0;
    for (const float value : values) {
        const std::int32_t code = intact::quantize_number(value, params, grid);
        const double error = double{value} - double{intact::dequantize_number(code, params)};
        sum += error * error;
    }
    return sum / static_cast<double>(values.size());
}

/// The scheme of a row; its symmetric one divides by half the codes: 127.5, or 127 without -128.
struct TorchScheme {
    intact::Grid grid;
    bool is_symmetric = false;

    [[nodiscard]] intact::QuantParams params(const intact::Range& range) const {
        if (!is_symmetric) return intact::Affine::params(range, grid).params;
        return intact::Symmetric<intact::HalfStep>::params(range, grid).params;
    }
};

inline TorchScheme torch_scheme(const Row& row) {
    TorchScheme scheme;
    scheme.is_symmetric = row.param("scheme") == "symmetric";
    scheme.grid = {.qmin = row.integer("quant_min"), .qmax = row.integer("quant_max")};
    if (scheme.is_symmetric) {
        scheme.grid.symmetric = true;
        scheme.grid.zero_point = (scheme.grid.qmin + scheme.grid.qmax + 1) / 2;
    }
    return scheme;
}

}  // namespace golden
