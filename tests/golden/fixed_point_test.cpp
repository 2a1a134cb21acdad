// Fixed-point requantization, bit for bit with tflite-micro, gemmlowp and ruy.
#include <cstdint>
#include <vector>

#include "compare.hpp"
#include "golden.hpp"
#include "intact/elementwise/fixed_point.hpp"
#include "intact/elementwise/requantize.hpp"
#include "scales.hpp"

using namespace intact;
using elementwise::QuantizedMultiplier;

namespace {

const golden::Group& group() {
    static const golden::Group fixed_point("g4_fixedpoint");
    return fixed_point;
}

template <class Policy, class T>
std::vector<T> requantized(const std::vector<std::int32_t>& sums,
                           const std::vector<double>& multipliers, const golden::Row& row) {
    std::vector<typename Policy::Factor> factors;
    for (const double multiplier : multipliers) factors.push_back(Policy::factor(multiplier));
    std::vector<T> codes(sums.size());
    elementwise::requantize<Policy>(sums.data(), sums.size(), factors.data(),
                                    row.integer("zero_point"), row.integer("act_min"),
                                    row.integer("act_max"), codes.data());
    return codes;
}

/// 64-bit sums, for which TFLite cuts the multiplier to 15 bits.
void check_wide_sums(const golden::Row& row) {
    const auto x = row.input("x").values<std::int64_t>();
    const auto q = row.input("q").values<std::int32_t>();
    const auto shift = row.input("shift").values<std::int32_t>();
    std::vector<std::int32_t> given;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const QuantizedMultiplier m{q[i], shift[i]};
        given.push_back(elementwise::multiply_by_quantized_multiplier(x[i], m));
    }
    int compared = 0;
    for (const char* key : {"double_rounding", "single_rounding", "c", "y"}) {
        if (!row.has_expected(key)) continue;
        CHECK(golden::differences(given, row.expected(key).values<std::int32_t>()) == "");
        ++compared;
    }
    CHECK(compared > 0);
}

template <class T>
void check_requantize(const golden::Row& row) {
    const golden::Value sums_value = row.input("acc");
    const auto sums = sums_value.values<std::int32_t>();
    const auto channel_multipliers = row.input("multiplier").values<double>();
    const int axis = row.integer("channel_axis");
    const std::vector<std::size_t> channel = channel_multipliers.size() == 1
                                                 ? std::vector<std::size_t>(sums.size(), 0)
                                                 : golden::scale_indices(sums_value.shape(), axis);
    std::vector<double> multipliers;
    for (const std::size_t c : channel) multipliers.push_back(channel_multipliers[c]);

    const auto q = row.input("q").values<std::int32_t>();
    const auto shift = row.input("shift").values<std::int32_t>();
    for (std::size_t c = 0; c < channel_multipliers.size(); ++c) {
        CHECK(elementwise::quantize_multiplier(channel_multipliers[c]) ==
              QuantizedMultiplier{q[c], shift[c]});
    }
    const auto doubly = requantized<elementwise::GemmlowpDoubleRounding, T>(sums, multipliers, row);
    CHECK(golden::differences(doubly, row.expected("double_rounding").values<T>()) == "");
    const auto singly = requantized<elementwise::SingleRoundingTiesUp, T>(sums, multipliers, row);
    CHECK(golden::differences(singly, row.expected("single_rounding").values<T>()) == "");
    // NumPy multiplies by all 53 bits of the multiplier, we by 31 of them.
    std::vector<double> products;
    for (std::size_t i = 0; i < sums.size(); ++i) products.push_back(sums[i] * multipliers[i]);
    const auto exactly = requantized<elementwise::ExactRounding, T>(sums, multipliers, row);
    CHECK(golden::differences(exactly, row.expected("float64_half_even").values<T>(),
                              golden::near_ties(products, 0x1p-30)) == "");
}

}  // namespace

TEST_CASE("golden fixed point: quantize_multiplier") {
    for (const golden::Row* row : group().rows_of("quantize_multiplier")) {
        CAPTURE(row->name);
        std::vector<std::int32_t> q;
        std::vector<std::int32_t> shift;
        std::vector<std::int32_t> q_single;
        std::vector<std::int32_t> shift_single;
        for (const double real : row->input("multiplier").values<double>()) {
            const QuantizedMultiplier m = elementwise::quantize_multiplier(real);
            q.push_back(m.mantissa);
            shift.push_back(m.shift);
            const QuantizedMultiplier single =
                elementwise::quantize_multiplier_single_rounding(real);
            q_single.push_back(single.mantissa);
            shift_single.push_back(single.shift);
        }
        const auto expected = [&](const char* key) {
            return row->expected(key).values<std::int32_t>();
        };
        CHECK(golden::differences(q, expected("q")) == "");
        CHECK(golden::differences(shift, expected("shift")) == "");
        CHECK(golden::differences(q_single, expected("q_single")) == "");
        CHECK(golden::differences(shift_single, expected("shift_single")) == "");
    }
}

TEST_CASE("golden fixed point: saturating_rounding_doubling_high_mul") {
    for (const golden::Row* row : group().rows_of("saturating_rounding_doubling_high_mul")) {
        CAPTURE(row->name);
        const auto a = row->input("a").values<std::int32_t>();
        const auto b = row->input("b").values<std::int32_t>();
        std::vector<std::int32_t> c;
        for (std::size_t i = 0; i < a.size(); ++i) {
            c.push_back(elementwise::saturating_rounding_doubling_high_mul(a[i], b[i]));
        }
        CHECK(golden::differences(c, row->expected("c").values<std::int32_t>()) == "");
    }
}

TEST_CASE("golden fixed point: rounding_divide_by_pot") {
    for (const golden::Row* row : group().rows_of("rounding_divide_by_pot")) {
        CAPTURE(row->name);
        std::vector<std::int32_t> c;
        for (const std::int32_t a : row->input("a").values<std::int32_t>()) {
            c.push_back(elementwise::rounding_divide_by_pot(a, row->integer("exponent")));
        }
        CHECK(golden::differences(c, row->expected("c").values<std::int32_t>()) == "");
    }
}

TEST_CASE("golden fixed point: multiply_by_quantized_multiplier, both roundings") {
    for (const golden::Row* row : group().rows_of("multiply_by_quantized_multiplier")) {
        CAPTURE(row->name);
        if (row->input("x").type() == "i8") {
            check_wide_sums(*row);
            continue;
        }
        const auto x = row->input("x").values<std::int32_t>();
        const auto q = row->input("q").values<std::int32_t>();
        const auto shift = row->input("shift").values<std::int32_t>();
        std::vector<std::int32_t> doubly;
        std::vector<std::int32_t> singly;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const QuantizedMultiplier m{q[i], shift[i]};
            doubly.push_back(elementwise::multiply_by_quantized_multiplier(x[i], m));
            singly.push_back(
                elementwise::multiply_by_quantized_multiplier_single_rounding(x[i], m));
        }
        CHECK(golden::differences(doubly,
                                  row->expected("double_rounding").values<std::int32_t>()) == "");
        CHECK(golden::differences(singly,
                                  row->expected("single_rounding").values<std::int32_t>()) == "");
    }
}

TEST_CASE("golden fixed point: requantize to 8 and 16 bits, per tensor and per channel") {
    for (const golden::Row* row : group().rows_of("requantize")) {
        CAPTURE(row->name);
        const std::string& out = row->param("out");
        if (out == "s8") {
            check_requantize<std::int8_t>(*row);
        } else if (out == "u8") {
            check_requantize<std::uint8_t>(*row);
        } else if (out == "s16") {
            check_requantize<std::int16_t>(*row);
        } else {
            FAIL_CHECK("unknown output type " << out);
        }
    }
}

TEST_CASE("golden fixed point: no row is passed over in silence") {
    group().report_others({"quantize_multiplier", "saturating_rounding_doubling_high_mul",
                           "rounding_divide_by_pot", "multiply_by_quantized_multiplier",
                           "requantize", "gemmlowp_gemm_pipeline"});
}
