// The sums of a product as they are, in units of scale of x times scale of the output channel.
//
//   intact::multiply(x8, w, intact::Raw());       // int32
//   intact::multiply(x8, w, intact::Raw(bias));   // the same on top of an int32 bias
//   intact::multiply(x8, w, intact::Raw64());     // int64, for any number of terms
//
// Shapes   bias: an Eigen vector of int32, one an output channel, in units of the sums
// Errors   std::invalid_argument  from the product: a bias of another length, or one that leaves a
//                                 sum no room in int32
#pragma once

#include <cstdint>
#include <cstdlib>
#include <type_traits>
#include <vector>

#include "intact/core/tensor_view.hpp"
#include "intact/gemm/epilogue.hpp"
#include "intact/gemm/output.hpp"

namespace intact {

using gemm::Raw64;

/// int32 sums.
class Raw {
public:
    static constexpr bool takes_row_scales = true;

    Raw() = default;

    template <EigenObject X>
    explicit Raw(const X& bias) {
        static_assert(std::is_same_v<typename X::Scalar, std::int32_t>,
                      "intact::Raw: the bias is int32, in units of the sums");
        if constexpr (detail::EigenDense<X>) {
            const auto& values = bias.derived().eval();
            bias_ = detail::bias_of(view_of(values), "intact::Raw");
        } else {
            bias_ = detail::bias_of(view_of(bias), "intact::Raw");
        }
    }

    /// The epilogue for one product; it points to the bias of the Raw that was bound.
    struct Bound {
        const std::int32_t* bias;

        [[nodiscard]] gemm::Raw epilogue() const noexcept { return {.bias = bias}; }
    };

    [[nodiscard]] Bound bind(const ProductScales& scales) const {
        if (bias_.empty()) return {nullptr};
        detail::require_bias_fits(bias_, scales);
        detail::require_int32_sums(scales, "with float or int64 outputs");
        const std::int64_t room = INT32_MAX - scales.k * scales.level_x * scales.level_w;
        for (std::size_t j = 0; j < bias_.size(); ++j) {
            require(std::abs(std::int64_t{bias_[j]}) <= room, "intact::multiply",
                    "the bias of channel ", j, " does not fit its int32 sum, expected at most ",
                    room, ", given ", bias_[j]);
        }
        return {bias_.data()};
    }

    template <class Sums>
    [[nodiscard]] Sums result(Sums sums) const {
        return sums;
    }

private:
    std::vector<std::int32_t> bias_;
};

}  // namespace intact
