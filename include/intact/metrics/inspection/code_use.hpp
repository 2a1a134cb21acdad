// How the codes of a quantized tensor are used: what is lost by rounding and by clipping, and which
// codes stand idle.
//
//   CodeUse use(quantizer.grid());
//   use.add(x, quantizer.quantize(x));
//   use.sqnr_db();
//
// Shapes   x in the shape of its codes; several batches count as one
// Units    shares are of 1; a level is the distance of a code from its zero point, in steps
// Cost     one pass in double precision; one count for every code
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/core/quantized.hpp"
#include "intact/core/tensor_view.hpp"
#include "intact/core/walk.hpp"

namespace intact {

class CodeUse {
public:
    CodeUse() = default;

    /// Counts for the codes of `grid`.
    explicit CodeUse(const Grid& grid)
        : grid_(grid), counts_(static_cast<std::size_t>(grid.qmax - grid.qmin) + 1) {}

    /// Takes in reals and their codes.
    template <EigenObject X, Code T, Granularity G, class Codes>
    void add(const X& x, const Quantized<T, G, Codes>& quantized) {
        const RealInput input(x);
        const auto codes = view_of(quantized.codes());
        require(input.view().same_shape(codes), "CodeUse", "the shapes differ, expected ",
                shape_text(input.view()), ", given ", shape_text(codes));
        const Walk walk(input.view(), codes, G{}, false);
        walk.for_each_run([&](const Run& run) {
            const QuantParams& own = quantized.params()[static_cast<std::size_t>(run.parameter)];
            for (Index i = 0; i < run.count; ++i) {
                add_one(static_cast<double>(input.view().data[run.source + i * run.source_stride]),
                        codes.data[run.target + i * run.target_stride], own);
            }
        });
    }

    [[nodiscard]] const Grid& grid() const noexcept { return grid_; }

    /// Values taken in.
    [[nodiscard]] std::uint64_t values() const noexcept { return values_; }

    /// How many values have the code grid().qmin + i.
    [[nodiscard]] const std::vector<std::uint64_t>& counts() const noexcept { return counts_; }

    /// Sum of the squared errors over all values, and the part of those that were clipped.
    [[nodiscard]] double squared_error() const noexcept { return error_; }
    [[nodiscard]] double clipping_error() const noexcept { return clipping_error_; }

    /// Signal-to-quantization-noise ratio in decibels; infinite where nothing differs.
    [[nodiscard]] double sqnr_db() const {
        if (error_ == 0.0) return std::numeric_limits<double>::infinity();
        return 10.0 * std::log10(signal_ / error_);
    }

    /// Share of the values that lie more than half a step beyond the last code.
    [[nodiscard]] double clipped_share() const { return share(clipped_); }

    /// Codes that no value has.
    [[nodiscard]] std::size_t dead_codes() const {
        return static_cast<std::size_t>(std::count(counts_.begin(), counts_.end(), 0U));
    }

    /// The part of all levels that this share of the values needs: 1 where the last code is needed.
    [[nodiscard]] double levels_for(double wanted_share) const {
        std::uint64_t within = 0;
        for (std::size_t i = 0; i < levels_.size(); ++i) {
            within += levels_[i];
            if (share(within) >= wanted_share) return static_cast<double>(i) / level_parts;
        }
        return 1.0;
    }

private:
    static constexpr int level_parts = 256;

    void add_one(double real, std::int32_t code, const QuantParams& params) {
        const auto scale = static_cast<double>(params.scale);
        const std::int32_t level = code - params.zero_point;
        const double error = exactly(real - exactly(scale * level));
        const double square = exactly(error * error);
        ++values_;
        ++counts_[static_cast<std::size_t>(code - grid_.qmin)];
        // Level 1 of 127 lies in part 3 of 256: rounded up, so that no part claims too little.
        const std::int32_t reach = largest_level(params, grid_);
        const std::int32_t part = (std::abs(level) * level_parts + reach - 1) / reach;
        ++levels_[static_cast<std::size_t>(part)];
        signal_ = exactly(signal_ + exactly(real * real));
        error_ = exactly(error_ + square);
        const bool beyond = (code == grid_.qmax && error > 0.5 * scale) ||
                            (code == grid_.qmin && error < -0.5 * scale);
        if (!beyond) return;
        ++clipped_;
        clipping_error_ = exactly(clipping_error_ + square);
    }

    [[nodiscard]] double share(std::uint64_t part) const {
        return values_ == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(values_);
    }

    Grid grid_;
    std::uint64_t values_ = 0;
    std::uint64_t clipped_ = 0;
    double signal_ = 0.0;  // sum of squares
    double error_ = 0.0;
    double clipping_error_ = 0.0;
    std::vector<std::uint64_t> counts_;                    // one a code
    std::array<std::uint64_t, level_parts + 1> levels_{};  // by the part of all levels needed
};

}  // namespace intact
