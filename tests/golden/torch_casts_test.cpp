// float16 and bfloat16 through Eigen's types, against PyTorch 1.13.
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "compare.hpp"
#include "golden.hpp"

namespace {

const golden::Group& group() {
    static const golden::Group casts("g1_torch_casts");
    return casts;
}

/// Bits of each value as a Half, by way of an Eigen cast of the whole array.
template <class Half>
std::vector<std::uint16_t> bits_of(const std::vector<float>& reals) {
    using Reals = Eigen::Array<float, Eigen::Dynamic, 1>;
    const Eigen::Map<const Reals> x(reals.data(), static_cast<Eigen::Index>(reals.size()));
    const Eigen::Array<Half, Eigen::Dynamic, 1> halves = x.cast<Half>();
    std::vector<std::uint16_t> bits;
    for (const Half& half : halves) bits.push_back(Eigen::numext::bit_cast<std::uint16_t>(half));
    return bits;
}

template <class Half>
std::vector<float> reals_of(const std::vector<std::uint16_t>& bits) {
    std::vector<float> reals;
    for (const std::uint16_t code : bits) {
        reals.push_back(static_cast<float>(Eigen::numext::bit_cast<Half>(code)));
    }
    return reals;
}

/// Not a number, in a format whose exponent is all ones there.
bool is_nan_code(std::uint16_t code, std::uint16_t infinity) { return (code & 0x7fff) > infinity; }

/// Any NaN will do for a NaN: `given` is changed so that plain comparison can follow.
void accept_any_nan(std::vector<std::uint16_t>& given, const std::vector<std::uint16_t>& expected,
                    std::uint16_t infinity) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (is_nan_code(expected[i], infinity) && is_nan_code(given[i], infinity)) {
            given[i] = expected[i];
        }
    }
}

}  // namespace

TEST_CASE("golden torch casts: float32 to float16, bit for bit") {
    for (const golden::Row* row : group().rows_of("cast_f32_to_f16")) {
        CAPTURE(row->name);
        const auto expected = row->expected("bits").values<std::uint16_t>();
        auto given = bits_of<Eigen::half>(row->input("x").values<float>());
        accept_any_nan(given, expected, 0x7c00);
        CHECK(golden::differences(given, expected) == "");
    }
}

TEST_CASE("golden torch casts: float32 to bfloat16, bit for bit") {
    for (const golden::Row* row : group().rows_of("cast_f32_to_bf16")) {
        CAPTURE(row->name);
        const auto x = row->input("x").values<float>();
        const auto expected = row->expected("bits").values<std::uint16_t>();
        auto given = bits_of<Eigen::bfloat16>(x);
        accept_any_nan(given, expected, 0x7f80);
        CHECK(golden::differences(given, expected) == "");
    }
}

TEST_CASE("golden torch casts: float16 to float32 is exact") {
    for (const golden::Row* row : group().rows_of("cast_f16_to_f32")) {
        CAPTURE(row->name);
        const auto bits = row->input("bits").values<std::uint16_t>();
        const auto expected = row->expected("f32").values<float>();
        CHECK(golden::ulp_differences(reals_of<Eigen::half>(bits), expected, 0) == "");
    }
}

TEST_CASE("golden torch casts: bfloat16 to float32 is exact") {
    for (const golden::Row* row : group().rows_of("cast_bf16_to_f32")) {
        CAPTURE(row->name);
        const auto bits = row->input("bits").values<std::uint16_t>();
        const auto expected = row->expected("f32").values<float>();
        CHECK(golden::ulp_differences(reals_of<Eigen::bfloat16>(bits), expected, 0) == "");
    }
}

TEST_CASE("golden torch casts: no row is passed over in silence") {
    group().report_others(
        {"cast_f32_to_f16", "cast_f32_to_bf16", "cast_f16_to_f32", "cast_bf16_to_f32"});
}
