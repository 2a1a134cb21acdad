// Kinds of data that activations and weights come in, and what a range makes of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "intact/core/number.hpp"
#include "intact/core/quant_params.hpp"

namespace kinds {

struct Kind {
    std::string name;
    std::vector<float> values;
};

/// `n` values of each kind, the same on every call.
inline std::vector<Kind> all(std::size_t n) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::uniform_real_distribution<float> uniform(0.0F, 1.0F);
    std::exponential_distribution<float> exponential;
    std::vector<float> some(50);
    for (float& value : some) value = normal(random);

    std::vector<Kind> kinds;
    const auto add = [&](const char* name, auto&& make) {
        kinds.push_back({name, std::vector<float>(n)});
        for (float& value : kinds.back().values) value = make();
    };
    const auto gauss = [&] { return normal(random); };
    const auto chance = [&](float p) { return uniform(random) < p; };
    add("gaussian", gauss);
    add("gaussian beside zero", [&] { return gauss() + 3.0F; });
    add("uniform", [&] { return 2.0F * uniform(random) - 1.0F; });
    add("laplace", [&] { return chance(0.5F) ? exponential(random) : -exponential(random); });
    add("rectified", [&] { return std::max(gauss(), 0.0F); });
    add("90 % zeros", [&] { return chance(0.9F) ? 0.0F : std::abs(gauss()); });
    add("clamped at 6", [&] { return std::clamp(4.0F * gauss(), 0.0F, 6.0F); });
    add("26 % one constant", [&] { return chance(0.26F) ? 0.7312F : gauss(); });
    add("half one constant", [&] { return chance(0.5F) ? -0.0311F : std::abs(gauss()); });
    add("50 values", [&] { return some[static_cast<std::size_t>(random() % 50)]; });
    add("integers", [&] { return std::round(30.0F * gauss()); });
    add("log-normal", [&] { return std::exp(gauss()); });
    add("two hills", [&] { return (chance(0.5F) ? -5.0F : 5.0F) + 0.5F * gauss(); });
    add("outlier", gauss);
    kinds.back().values[n / 2] = 100.0F;
    add("400 non-zeros", [] { return 0.0F; });
    for (int i = 0; i < 400; ++i) kinds.back().values[random() % n] = gauss();
    return kinds;
}

/// The parameters that reproduce a range that a search chose, as the quantizers compute them.
inline intact::QuantParams params(const intact::Range& range, const intact::Grid& grid) {
    if (grid.symmetric) {
        const double amax = std::max(-range.min, range.max);
        return {static_cast<float>(amax / (grid.qmax - grid.zero_point)), grid.zero_point};
    }
    const double low = std::min(range.min, 0.0);
    const double high = std::max(range.max, 0.0);
    const auto scale = static_cast<float>((high - low) / (grid.qmax - grid.qmin));
    const double zero = std::nearbyint(grid.qmin - low / static_cast<double>(scale));
    return {scale, std::clamp(static_cast<std::int32_t>(zero), grid.qmin, grid.qmax)};
}

/// Mean of |error|^power of quantizing and dequantizing each value.
inline double mean_error(int power, const std::vector<float>& values,
                         const intact::QuantParams& params, const intact::Grid& grid) {
    double sum = 0.0;
    for (const float value : values) {
        const std::int32_t code = intact::quantize_number(value, params, grid);
        const double error = std::abs(static_cast<double>(value) -
                                      static_cast<double>(intact::dequantize_number(code, params)));
        double term = 1.0;
        for (int i = 0; i < power; ++i) term *= error;
        sum += term;
    }
    return sum / static_cast<double>(values.size());
}

inline double mean_squared_error(const std::vector<float>& values,
                                 const intact::QuantParams& params, const intact::Grid& grid) {
    return mean_error(2, values, params, grid);
}

inline double mean_squared_error(const std::vector<float>& values, const intact::Range& range,
                                 const intact::Grid& grid) {
    return mean_squared_error(values, params(range, grid), grid);
}

/// The codes of `bits` bits, for a symmetric or an affine scheme.
inline intact::Grid grid(int bits, bool symmetric) {
    const std::int32_t half = 1 << (bits - 1);
    if (symmetric) return {.qmin = 1 - half, .qmax = half - 1, .symmetric = true};
    return {.qmin = 0, .qmax = 2 * half - 1};
}

}  // namespace kinds
