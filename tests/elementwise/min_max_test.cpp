#include "intact/elementwise/min_max.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <doctest/doctest.h>

#include "cases.hpp"

using namespace elementwise_cases;

namespace {

/// The obvious way: a sort key for each float, compared one by one.
Extremes expected_extremes(const std::vector<float>& x) {
    Extremes seen;
    std::int64_t lowest = INT64_MAX;
    std::int64_t highest = INT64_MIN;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const std::uint32_t magnitude = bits(x[i]) & ~sign;
        if (magnitude >= infinity) {
            if (seen.non_finite == 0) seen.first_non_finite = i;
            ++seen.non_finite;
            continue;
        }
        ++seen.count;
        const std::int64_t key = (bits(x[i]) & sign) != 0 ? -std::int64_t{magnitude} : magnitude;
        lowest = std::min(lowest, key);
        highest = std::max(highest, key);
    }
    const auto from_key = [](std::int64_t key) {
        return key < 0 ? real(static_cast<std::uint32_t>(-key) | sign)
                       : real(static_cast<std::uint32_t>(key));
    };
    if (seen.count > 0) {
        seen.min = from_key(lowest);
        seen.max = from_key(highest);
    }
    return seen;
}

bool same(const Extremes& a, const Extremes& b) {
    return bits(a.min) == bits(b.min) && bits(a.max) == bits(b.max) && a.count == b.count &&
           a.non_finite == b.non_finite && a.first_non_finite == b.first_non_finite;
}

std::string text(const Extremes& seen) {
    return text_of(seen.min, " to ", seen.max, ", ", seen.count, " values, ", seen.non_finite,
                   " not finite from ", seen.first_non_finite);
}

void compare(Comparisons& all, const Kernels& kernels, std::span<const float> x,
             const Extremes& expected) {
    const Extremes given = min_max(x, kernels);
    const bool is_same = same(given, expected);
    all.holds(is_same, simd::name(kernels.isa), ", ", x.size(), " values: expected ",
              is_same ? none : text(expected), ", given ", is_same ? none : text(given));
}

void compare_in_every_kernel(Comparisons& all, const std::vector<float>& x) {
    const Extremes expected = expected_extremes(x);
    for (const Kernels& kernels : runnable()) compare(all, kernels, x, expected);
}

void check_in_every_kernel(const std::vector<float>& x) {
    Comparisons all;
    compare_in_every_kernel(all, x);
    CHECK(all.failures() == none);
}

}  // namespace

TEST_CASE("min_max: nothing seen counts nothing") {
    for (const Kernels& kernels : runnable()) {
        CHECK(same(min_max(std::span<const float>{}, kernels), Extremes{}));
    }
}

TEST_CASE("min_max: the extreme value is found at every place of every length") {
    Comparisons all;
    for (std::size_t n = 1; n <= 100; ++n) {
        for (std::size_t at = 0; at < n; ++at) {
            std::vector<float> x(n, -1.0F);
            x[at] = 2.0F;
            compare_in_every_kernel(all, x);
            x[at] = -3.0F;
            compare_in_every_kernel(all, x);
        }
    }
    CHECK(all.failures() == none);
}

TEST_CASE("min_max: data of one sign keep their inner end") {
    check_in_every_kernel({3.0F, 2.0F, 5.0F});
    check_in_every_kernel({-3.0F, -2.0F, -5.0F});
    std::mt19937 random(1);
    std::vector<float> x(77);
    for (const std::uint32_t flip : {0U, sign}) {
        for (float& value : x) value = real((static_cast<std::uint32_t>(random()) >> 2) | flip);
        check_in_every_kernel(x);
    }
}

TEST_CASE("min_max: negative zero counts as positive zero") {
    for (const std::vector<float>& x : std::vector<std::vector<float>>{
             {real(sign)}, {real(sign), 0.0F}, {real(sign), 1.0F}, {-1.0F, real(sign)}}) {
        check_in_every_kernel(x);
        for (const Kernels& kernels : runnable()) {
            const Extremes seen = min_max(x, kernels);
            CHECK(bits(seen.min) != sign);
            CHECK(bits(seen.max) != sign);
        }
    }
}

TEST_CASE("min_max: subnormals are values") {
    const Extremes seen = min_max(std::vector<float>{real(1), real(2), real(3)});
    CHECK(bits(seen.min) == 1);
    CHECK(bits(seen.max) == 3);
}

TEST_CASE("min_max: what is not finite is counted, placed and left out") {
    const std::vector<float> reals = special_reals();
    Comparisons all;
    compare_in_every_kernel(all, reals);
    for (std::size_t n = 1; n <= 70; ++n) {
        for (std::size_t at = 0; at < n; ++at) {
            std::vector<float> x(n, 1.5F);
            for (const std::uint32_t bad : {infinity, sign | infinity, infinity + 1, 0xffffffffU}) {
                x[at] = real(bad);
                compare_in_every_kernel(all, x);
            }
        }
    }
    CHECK(all.failures() == none);
    const std::vector<float> nothing_finite(40, real(0x7fc00000U));
    for (const Kernels& kernels : runnable()) {
        const Extremes seen = min_max(nothing_finite, kernels);
        CHECK(seen.count == 0);
        CHECK(seen.non_finite == 40);
        CHECK(seen.first_non_finite == 0);
    }
}

TEST_CASE("min_max: random bit patterns, at every alignment") {
    std::mt19937 random(2);
    std::vector<float> values(5000);
    Comparisons all;
    for (int round = 0; round < 40; ++round) {
        for (float& value : values) {
            auto pattern = static_cast<std::uint32_t>(random());
            if ((pattern & infinity) == infinity && round % 2 == 0) pattern ^= 0x40000000U;
            value = real(pattern);
        }
        const auto offset = static_cast<std::ptrdiff_t>(round % 17);
        const std::vector<float> x(values.begin() + offset, values.end() - round);
        const Extremes expected = expected_extremes(x);
        for (const Kernels& kernels : runnable()) {
            const auto tail =
                std::span<const float>(values).subspan(static_cast<std::size_t>(offset), x.size());
            compare(all, kernels, tail, expected);
        }
    }
    CHECK(all.failures() == none);
}
