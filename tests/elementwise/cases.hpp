// What the element-wise tests share: every kernel of this machine, comparison by bits, and reals
// that are hard to quantize.
#pragma once

#include <math.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "intact/core/number.hpp"
#include "intact/elementwise/dispatch.hpp"
#include "intact/elementwise/kernel.hpp"
#include "intact/elementwise/multiplier.hpp"
#include "intact/simd/environment.hpp"
#include "tests/comparisons.hpp"
#include "tests/kernel_counts.hpp"

namespace elementwise_cases {

using namespace intact;
using namespace intact::elementwise;

/// The sets of kernels that this machine runs, for a loop; each counts a case when a turn ends.
class Runnable {
public:
    class Iterator {
    public:
        Iterator(const Kernels* set, const Kernels* end) : set_(set), end_(end) { skip(); }
        const Kernels& operator*() const { return *set_; }
        bool operator==(const Iterator&) const = default;
        Iterator& operator++() {
            counts().add(simd::name(set_->isa), 1);
            ++set_;
            skip();
            return *this;
        }

    private:
        void skip() {
            for (; set_ != end_ && !simd::supports(set_->isa); ++set_) {
                counts().add(simd::name(set_->isa), 0);
            }
        }

        const Kernels* set_;
        const Kernels* end_;
    };

    [[nodiscard]] Iterator begin() const { return {all_.data(), all_.data() + all_.size()}; }
    [[nodiscard]] Iterator end() const {
        return {all_.data() + all_.size(), all_.data() + all_.size()};
    }

private:
    static KernelCounts& counts() {
        static KernelCounts counts;
        return counts;
    }

    std::span<const Kernels> all_ = kernels();
};

inline Runnable runnable() { return {}; }

[[nodiscard]] inline float real(std::uint32_t bits) { return std::bit_cast<float>(bits); }
[[nodiscard]] inline std::uint32_t bits(float real) { return std::bit_cast<std::uint32_t>(real); }

inline constexpr std::uint32_t infinity = 0x7f800000U;
inline constexpr std::uint32_t sign = 0x80000000U;

/// The first element that differs in a bit, what it was made from, what was expected and given; or
/// `none`.
template <class T, class X = T>
[[nodiscard]] std::string first_difference(const std::vector<T>& given,
                                           const std::vector<T>& expected,
                                           const std::vector<X>& inputs = {}) {
    if (given.size() != expected.size()) {
        return text_of("expected ", expected.size(), " elements, given ", given.size());
    }
    if (given.empty() ||
        std::memcmp(given.data(), expected.data(), given.size() * sizeof(T)) == 0) {
        return none;
    }
    std::size_t i = 0;
    while (std::memcmp(&given[i], &expected[i], sizeof(T)) == 0) ++i;
    return text_of("at ", i, " of ", given.size(), ": expected ", expected[i], ", given ", given[i],
                   i < inputs.size() ? text_of(", from ", inputs[i]) : none);
}

/// Zeros, subnormals, the ends of the normal numbers, infinities, quiet and signalling NaN.
inline std::vector<float> special_reals() {
    std::vector<float> reals;
    for (const std::uint32_t magnitude :
         {0U, 1U, 2U, 0x7fffffU, 0x800000U, 0x800001U, 0x3f800000U, 0x4effffffU, 0x4f000000U,
          0x7f7ffffeU, 0x7f7fffffU, infinity, infinity + 1, 0x7fbfffffU, 0x7fc00000U,
          0x7fffffffU}) {
        reals.push_back(real(magnitude));
        reals.push_back(real(magnitude | sign));
    }
    return reals;
}

/// Special values, every tie of a code of `grid` (at most 600 of them) with both neighbours at
/// distance 1 and 2, and random bit patterns.
inline std::vector<float> hard_reals(const QuantParams& params, const Grid& grid,
                                     std::mt19937& random) {
    std::vector<float> reals = special_reals();
    const std::int32_t lowest = grid.qmin - params.zero_point - 2;
    const std::int32_t highest = grid.qmax - params.zero_point + 2;
    const std::int32_t step = 1 + (highest - lowest) / 600;
    for (std::int32_t level = lowest; level <= highest; level += step) {
        const double tie = (level + 0.5) * static_cast<double>(params.scale);
        if (tie > 3e38 || tie < -3e38) continue;
        const std::uint32_t at = bits(static_cast<float>(tie));
        for (const std::uint32_t neighbour : {at - 2, at - 1, at, at + 1, at + 2}) {
            reals.push_back(real(neighbour));
        }
    }
    for (int i = 0; i < 1500; ++i) reals.push_back(real(static_cast<std::uint32_t>(random())));
    return reals;
}

/// Scales of every magnitude: around 1, random ones, and the ends of what kernels can divide by.
inline std::vector<float> scales(std::mt19937& random, int how_many) {
    std::vector<float> found{1.0F,      0.1F,       0.65717647F,    3e-3F,          0x1p-64F,
                             0x1p64F,   0x1p-126F,  0x1p-125F,      0x1p126F,       0x1.fffffep127F,
                             0x1p-102F, 0x1.8p-65F, 0x1.000002p64F, 0x1.fffffep-65F};
    for (int i = 0; i < how_many; ++i) {
        const auto mantissa = static_cast<std::uint32_t>(random()) & 0x7fffffU;
        const std::uint32_t exponent = i % 2 == 0 ? 117 + static_cast<std::uint32_t>(random()) % 20
                                                  : 1 + static_cast<std::uint32_t>(random()) % 254;
        found.push_back(real((exponent << 23) | mantissa));
    }
    return found;
}

/// nearest-even(x * m * 2^-n) in 128-bit integers, by division.
__extension__ using Wide = __int128;
[[nodiscard]] inline Wide rounded_by_division(std::int32_t x, const Multiplier& multiplier) {
    const Wide one = Wide{1} << multiplier.right_shift();
    const Wide product = Wide{x} * multiplier.mantissa();
    Wide below = product / one;
    Wide rest = product % one;
    if (rest < 0) {
        below -= 1;
        rest += one;
    }
    if (2 * rest > one || (2 * rest == one && below % 2 != 0)) below += 1;
    return below;
}

/// fmaf of the C library, where no flag reaches it: Clang makes a product and a sum of std::fma
/// under -ffast-math.
inline float (*const volatile library_fma)(float, float, float) = ::fmaf;

/// The definition, one number at a time, in the default environment.
template <Rounding R, class T>
[[gnu::noinline]] std::vector<T> codes_by_definition(const std::vector<float>& x,
                                                     const QuantParams& params, const Grid& grid,
                                                     std::uint64_t first_index = 0) {
    const simd::DefaultEnvironment guard;
    std::vector<T> codes(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        codes[i] = static_cast<T>(quantize_number<R>(x[i], params, grid, first_index + i));
    }
    return codes;
}

}  // namespace elementwise_cases
