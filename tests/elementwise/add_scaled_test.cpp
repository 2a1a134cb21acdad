// Codes added to sums, each times the factor of its column: every kernel against wide integers.
#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include "cases.hpp"
#include "intact/elementwise/kernels/portable.hpp"

using namespace elementwise_cases;

namespace {

constexpr double largest_factor = 0x1.fffffffcp19;
constexpr double smallest_factor = 0x1.00000004p-32;

/// Sums, codes and factors of one row, and what its kernels ought to give.
template <class T>
struct Row {
    std::vector<std::int32_t> sums;
    std::vector<T> codes;
    std::vector<double> factors;
    std::int32_t zero_point = 0;
    std::vector<std::int32_t> expected;
    int ties = 0;      ///< products in the middle of two integers
    int too_low = 0;   ///< sums cut at the low end
    int too_high = 0;  ///< and at the high end

    /// Appends one sum, `offset` from what the code times the factor lacks to `target`.
    void add_near(std::int64_t target, std::int64_t offset, T code, double factor) {
        const auto steps = static_cast<std::int64_t>(steps_of(code, factor));
        add(static_cast<std::int32_t>(
                portable::clamp(target - steps + offset, INT32_MIN, INT32_MAX)),
            code, factor);
    }

    void add(std::int32_t sum, T code, double factor) {
        sums.push_back(sum);
        codes.push_back(code);
        factors.push_back(factor);
        const Wide wide = sum + steps_of(code, factor);
        too_low += wide < INT32_MIN ? 1 : 0;
        too_high += wide > INT32_MAX ? 1 : 0;
        expected.push_back(static_cast<std::int32_t>(
            portable::clamp(static_cast<std::int64_t>(wide), INT32_MIN, INT32_MAX)));
        const Wide twice = Wide{2} * (code - zero_point) * Multiplier{factor}.mantissa();
        const Wide one = Wide{1} << Multiplier{factor}.right_shift();
        ties += twice % one == 0 && twice / one % 2 != 0 ? 1 : 0;
    }

    [[nodiscard]] Wide steps_of(T code, double factor) const {
        return rounded_by_division(code - zero_point, Multiplier{factor});
    }
};

/// Random codes and the extreme ones; factors of every magnitude, many with few bits, so that ties
/// are hit; sums of every magnitude, many that bring the result next to an end of int32.
template <class T>
Row<T> random_row(std::size_t n, std::int32_t zero_point, unsigned seed) {
    std::mt19937_64 random(seed);
    Row<T> row;
    row.zero_point = zero_point;
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint64_t exponent =
            i % 2 == 0 ? 1023 - 32 + random() % 52 : 1023 - 8 + random() % 10;
        std::uint64_t mantissa = random() >> 12;
        if (i % 3 == 0) mantissa &= ~((std::uint64_t{1} << (46 + random() % 7)) - 1);
        double factor = make_multiplier(std::bit_cast<double>((exponent << 52) | mantissa)).value;
        if (i % 97 == 0) factor = 0.0;
        if (i % 89 == 0) factor = largest_factor;
        auto code = static_cast<T>(random());
        if (i % 7 == 0) code = std::numeric_limits<T>::min();
        if (i % 11 == 0) code = std::numeric_limits<T>::max();
        const auto near = static_cast<std::int64_t>(random() % 7) - 3;
        switch (i % 5) {
            case 0:
                row.add_near(INT32_MAX, near, code, factor);
                break;
            case 1:
                row.add_near(INT32_MIN, near, code, factor);
                break;
            default:
                row.add(static_cast<std::int32_t>(random()) >> (random() % 32), code, factor);
        }
    }
    return row;
}

/// Every kernel on one row.
template <class T>
void check(const Row<T>& row) {
    const simd::DefaultEnvironment guard;
    const auto n = static_cast<std::ptrdiff_t>(row.sums.size());
    for (const Kernels& kernels : runnable()) {
        const std::string isa = simd::name(kernels.isa);
        CAPTURE(isa);
        CAPTURE(row.zero_point);
        std::vector<std::int32_t> out(row.sums.size());
        kernels.of<T>().add_scaled_block(row.sums.data(), n, row.codes.data(), n, 1, n,
                                         row.factors.data(), row.zero_point, out.data(), n);
        CHECK(first_difference(out, row.expected, row.sums) == none);
    }
}

template <class T>
void check_random_rows(const std::vector<std::int32_t>& zero_points) {
    unsigned seed = 0;
    for (const std::int32_t zero_point : zero_points) {
        const Row<T> row = random_row<T>(30'000, zero_point, ++seed);
        CHECK(row.ties > 300);
        CHECK(row.too_low + row.too_high > 1000);
        check(row);
    }
}

/// The ends of the codes, of the factors and of the sums, and what lies beside them.
template <class T>
void check_ends() {
    using Limits = std::numeric_limits<T>;
    int too_low = 0;
    int too_high = 0;
    for (const std::int32_t zero_point : {+Limits::min(), Limits::min() + 1, +Limits::max()}) {
        Row<T> row;
        row.zero_point = zero_point;
        for (const double factor :
             {0.0, smallest_factor, 0x1.fffffffcp-1, 1.0, largest_factor / 2, largest_factor}) {
            for (const int code :
                 {+Limits::min(), Limits::min() + 1, Limits::max() - 1, +Limits::max()}) {
                for (const std::int32_t sum :
                     {INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX}) {
                    row.add(sum, static_cast<T>(code), factor);
                }
                for (int offset = -2; offset <= 2; ++offset) {
                    row.add_near(INT32_MIN, offset, static_cast<T>(code), factor);
                    row.add_near(INT32_MAX, offset, static_cast<T>(code), factor);
                }
            }
        }
        check(row);
        too_low += row.too_low;
        too_high += row.too_high;
    }
    CHECK(too_low > 50);
    CHECK(too_high > 50);
}

}  // namespace

TEST_CASE("add_scaled: every kernel rounds the exact product once and cuts the exact sum") {
    check_random_rows<std::int8_t>({0, -128, 127, 5});
    check_random_rows<std::uint8_t>({128, 0, 255, 17});
    check_random_rows<std::int16_t>({0, -32768, 32767});
    check_random_rows<std::uint16_t>({32768, 0, 65535});
}

TEST_CASE("add_scaled: extreme codes times extreme factors, at both ends of int32") {
    check_ends<std::int8_t>();
    check_ends<std::uint8_t>();
    check_ends<std::int16_t>();
    check_ends<std::uint16_t>();
}

TEST_CASE("add_scaled: ties of the product go to even, whatever the sum it is added to") {
    Row<std::int8_t> row;
    for (const int code : {1, 3, 5, -1, -3, -5, 2, -2}) {
        row.add(0, static_cast<std::int8_t>(code), 0.5);
        row.add(1, static_cast<std::int8_t>(code), 0.5);
    }
    CHECK(row.expected == std::vector<std::int32_t>{0, 1, 2, 3, 2, 3, 0, 1,  //
                                                    -2, -1, -2, -1, 1, 2, -1, 0});
    check(row);
}

TEST_CASE("add_scaled: what is added may be beyond int32 where the result is not") {
    const double factor = 32768.5;  // times 65535: 2^31 - 1/2, to even 2^31
    Row<std::uint16_t> above;
    Row<std::uint16_t> below;
    below.zero_point = 65535;
    for (const std::int32_t sum : {INT32_MIN, -5, -1, 0}) {
        above.add(sum, 65535, factor);
        below.add(-1 - sum, 0, factor);
    }
    CHECK(above.expected == std::vector<std::int32_t>{0, INT32_MAX - 4, INT32_MAX, INT32_MAX});
    CHECK(below.expected == std::vector<std::int32_t>{-1, INT32_MIN + 4, INT32_MIN, INT32_MIN});
    check(above);
    check(below);
}

TEST_CASE("add_scaled: sums that are added to in place, of every length and alignment") {
    const simd::DefaultEnvironment guard;
    const Row<std::uint8_t> row = random_row<std::uint8_t>(120, 100, 3);
    Comparisons all;
    for (const Kernels& kernels : runnable()) {
        for (std::ptrdiff_t offset = 0; offset < 8; ++offset) {
            for (std::ptrdiff_t n = 0; n <= 70; ++n) {
                std::vector<std::int32_t> sums = row.sums;
                kernels.u8.add_scaled_block(sums.data() + offset, n, row.codes.data() + offset, n,
                                            1, n, row.factors.data() + offset, row.zero_point,
                                            sums.data() + offset, n);
                std::vector<std::int32_t> expected = row.sums;
                std::copy_n(row.expected.begin() + offset, n, expected.begin() + offset);
                all.holds(sums == expected, simd::name(kernels.isa), ", ", n, " at ", offset, ": ",
                          first_difference(sums, expected, row.sums));
            }
        }
    }
    CHECK(all.failures() == none);
}
