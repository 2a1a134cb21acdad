// The element-wise functions over golden tensors: elements that share a scale are gathered, go
// through the bulk function together, and return to their places.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/core/number.hpp"
#include "intact/elementwise/dequantize.hpp"
#include "intact/elementwise/fake_quantize.hpp"
#include "intact/elementwise/quantize.hpp"

namespace golden {

/// A tensor in row-major order with the number of each element's scale.
struct Scaled {
    const std::vector<std::size_t>& scale_indices;
    const std::vector<intact::QuantParams>& params;

    [[nodiscard]] const intact::QuantParams& of(std::size_t i) const {
        return params[scale_indices[i]];
    }
};

/// Calls bulk(gathered elements, params) -> results for each scale.
template <class Out, class In, class Bulk>
std::vector<Out> by_scale(const std::vector<In>& in, const Scaled& scaled, Bulk&& bulk) {
    std::vector<Out> out(in.size());
    for (std::size_t scale = 0; scale < scaled.params.size(); ++scale) {
        std::vector<In> gathered;
        for (std::size_t i = 0; i < in.size(); ++i) {
            if (scaled.scale_indices[i] == scale) gathered.push_back(in[i]);
        }
        const std::vector<Out> results = bulk(gathered, scaled.params[scale]);
        std::size_t next = 0;
        for (std::size_t i = 0; i < in.size(); ++i) {
            if (scaled.scale_indices[i] == scale) out[i] = results[next++];
        }
    }
    return out;
}

/// Calls visit(T{}) with the plainest stored type that holds every code of `grid`.
template <class Visit>
auto with_stored_type(const intact::Grid& grid, Visit&& visit) {
    namespace detail = intact::elementwise::detail;
    if (detail::fits<std::int8_t>(grid)) return visit(std::int8_t{});
    if (detail::fits<std::uint8_t>(grid)) return visit(std::uint8_t{});
    if (detail::fits<std::int16_t>(grid)) return visit(std::int16_t{});
    return visit(std::uint16_t{});
}

inline std::vector<std::int32_t> bulk_quantize(const std::vector<float>& x, const Scaled& scaled,
                                               const intact::Grid& grid,
                                               const intact::elementwise::Kernels& kernels) {
    return with_stored_type(grid, [&](auto stored) {
        using T = decltype(stored);
        const auto codes =
            by_scale<T>(x, scaled, [&](const std::vector<float>& some, const auto& params) {
                std::vector<T> out(some.size());
                intact::elementwise::quantize(std::span<const float>(some), params, grid,
                                              out.data(), 0, kernels);
                return out;
            });
        return std::vector<std::int32_t>(codes.begin(), codes.end());
    });
}

inline std::vector<float> bulk_dequantize(const std::vector<std::int32_t>& codes,
                                          const Scaled& scaled, const intact::Grid& grid,
                                          const intact::elementwise::Kernels& kernels) {
    return with_stored_type(grid, [&](auto stored) {
        using T = decltype(stored);
        std::vector<T> narrow;
        for (const std::int32_t code : codes) narrow.push_back(static_cast<T>(code));
        return by_scale<float>(narrow, scaled, [&](const std::vector<T>& some, const auto& params) {
            std::vector<float> out(some.size());
            intact::elementwise::dequantize(some.data(), some.size(), params, out.data(), kernels);
            return out;
        });
    });
}

inline std::vector<float> bulk_fake_quantize(const std::vector<float>& x, const Scaled& scaled,
                                             const intact::Grid& grid,
                                             const intact::elementwise::Kernels& kernels) {
    return by_scale<float>(x, scaled, [&](const std::vector<float>& some, const auto& params) {
        std::vector<float> out(some.size());
        intact::elementwise::fake_quantize(std::span<const float>(some), params, grid, out.data(),
                                           0, kernels);
        return out;
    });
}

/// Calls visit(kernels) for every set of kernels that this machine runs.
template <class Visit>
void for_each_kernels(Visit&& visit) {
    for (const intact::elementwise::Kernels& kernels : intact::elementwise::kernels()) {
        if (!intact::simd::supports(kernels.isa)) continue;
        CAPTURE(std::string(intact::simd::name(kernels.isa)));
        visit(kernels);
    }
}

}  // namespace golden
