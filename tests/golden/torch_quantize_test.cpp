// Codes and reals of PyTorch 1.13, per tensor and per channel.
//
// PyTorch multiplies by the float32 reciprocal of the scale; our contract is the IEEE quotient. The
// rows mark by `ambiguous` the elements, all beside ties, where the two round to different codes:
// there PyTorch may be one step off, and ours is held to the slow definition. PyTorch sends NaN and
// quotients from 2^63 on to the lowest code; ours go to the zero point and to the ends.
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "bulk.hpp"
#include "compare.hpp"
#include "golden.hpp"
#include "intact/core/number.hpp"
#include "scales.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group quantize("g1_torch_quantize");
    return quantize;
}

/// One row: a tensor, its parameters, which of them each element has.
struct Case {
    explicit Case(const golden::Row& row)
        : is_per_channel(row.has_param("axis")), grid(golden::grid_of(row.param("dtype"))) {
        const golden::Value tensor = row.input(row.has_input("x") ? "x" : "q");
        if (is_per_channel) {
            params = golden::params_of(row.input("scale").values<float>(),
                                       row.input("zero_point").values<std::int32_t>());
            scale_indices = golden::scale_indices(tensor.shape(), row.integer("axis"));
        } else {
            params = {{static_cast<float>(row.number("scale")), row.integer("zero_point")}};
            scale_indices.assign(tensor.size(), 0);
        }
        if (row.has_param("quant_min")) {
            CHECK(grid.qmin == row.integer("quant_min"));
            CHECK(grid.qmax == row.integer("quant_max"));
        }
    }

    [[nodiscard]] golden::Scaled scaled() const { return {scale_indices, params}; }
    /// Whether our code types reach that far: PyTorch also has codes of 32 bits.
    [[nodiscard]] bool has_our_codes() const { return grid.qmax <= 65535; }

    bool is_per_channel;
    Grid grid;
    std::vector<QuantParams> params;
    std::vector<std::size_t> scale_indices;
};

std::vector<std::int32_t> codes_of(const std::vector<float>& x, const Case& row) {
    std::vector<std::int32_t> codes;
    for (std::size_t i = 0; i < x.size(); ++i) {
        codes.push_back(quantize_number(x[i], row.scaled().of(i), row.grid));
    }
    return codes;
}

std::vector<float> reals_of(const std::vector<std::int32_t>& codes, const Case& row) {
    std::vector<float> reals;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        reals.push_back(dequantize_number(codes[i], row.scaled().of(i)));
    }
    return reals;
}

/// PyTorch's 32-bit codes: ours stop at 16 bits, and a quotient saturates from 2^20 on.
golden::Mask out_of_reach(const std::vector<float>& x, const Case& row) {
    golden::Mask mask(x.size(), 0);
    for (std::size_t i = 0; i < x.size(); ++i) {
        const double steps = std::abs(double{x[i]} / double{row.scaled().of(i).scale});
        mask[i] = steps < double{largest_quotient} ? 0 : 1;
    }
    return mask;
}

void check_quantize(const golden::Row& golden_row) {
    CAPTURE(golden_row.name);
    const Case row(golden_row);
    const auto x = golden_row.input("x").values<float>();
    const auto expected = golden_row.expected("q").values<std::int32_t>();
    const auto given = codes_of(x, row);
    const auto ambiguous = golden_row.expected("ambiguous").values<std::uint8_t>();
    if (!row.has_our_codes()) {
        const golden::Mask mask = out_of_reach(x, row);
        auto within = expected;
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (mask[i] != 0) within[i] = given[i];
        }
        CHECK(golden::differences(given, within, ambiguous) == "");
        return;
    }
    CHECK(golden::differences(given, expected, ambiguous) == "");

    std::vector<std::int32_t> contract;
    for (std::size_t i = 0; i < x.size(); ++i) {
        contract.push_back(golden::slow_code(x[i], row.scaled().of(i), row.grid));
    }
    CHECK(golden::differences(given, contract) == "");
    golden::for_each_kernels([&](const elementwise::Kernels& kernels) {
        const auto bulk = golden::bulk_quantize(x, row.scaled(), row.grid, kernels);
        CHECK(golden::differences(bulk, given) == "");
    });
}

/// Reals of given codes; per channel PyTorch itself strays by two floats.
void check_dequantize(const golden::Row& golden_row, const std::vector<std::int32_t>& codes) {
    CAPTURE(golden_row.name);
    const Case row(golden_row);
    const auto given = reals_of(codes, row);
    const auto expected = golden_row.expected("dq").values<float>();
    CHECK(golden::ulp_differences(given, expected, row.is_per_channel ? 2 : 1) == "");
    if (!row.has_our_codes()) return;
    golden::for_each_kernels([&](const elementwise::Kernels& kernels) {
        const auto bulk = golden::bulk_dequantize(codes, row.scaled(), row.grid, kernels);
        CHECK(golden::bit_differences(bulk, given) == "");
    });
}

/// NaN, infinities and huge numbers: what PyTorch should have answered, but for the NaN.
void check_special(const golden::Row& golden_row) {
    CAPTURE(golden_row.name);
    const Case row(golden_row);
    const auto x = golden_row.input("x").values<float>();
    auto expected = golden_row.expected("saturated").values<std::int32_t>();
    const auto given = codes_of(x, row);
    const golden::Mask mask = out_of_reach(x, row);
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (is_nan(x[i])) {
            expected[i] = row.scaled().of(i).zero_point;
        } else if (!row.has_our_codes() && mask[i] != 0) {
            expected[i] = given[i];
        }
    }
    CHECK(golden::differences(given, expected) == "");
    if (!row.has_our_codes()) return;
    golden::for_each_kernels([&](const elementwise::Kernels& kernels) {
        const auto bulk = golden::bulk_quantize(x, row.scaled(), row.grid, kernels);
        CHECK(golden::differences(bulk, expected) == "");
    });
}

}  // namespace

TEST_CASE(
    "golden torch quantize: per tensor, PyTorch's codes wherever its reciprocal is harmless") {
    for (const golden::Row* row : group().rows_of("quantize_per_tensor")) {
        if (!row->has_expected("saturated")) check_quantize(*row);
    }
}

TEST_CASE("golden torch quantize: per channel, PyTorch's codes") {
    for (const golden::Row* row : group().rows_of("quantize_per_channel")) check_quantize(*row);
}

TEST_CASE("golden torch quantize: PyTorch's reals within one float") {
    for (const golden::Row* row : group().rows_of("dequantize_per_tensor")) {
        check_dequantize(*row, row->input("q").values<std::int32_t>());
    }
    for (const char* operation : {"quantize_per_tensor", "quantize_per_channel"}) {
        for (const golden::Row* row : group().rows_of(operation)) {
            if (!row->has_expected("dq")) continue;
            check_dequantize(*row, row->expected("q").values<std::int32_t>());
        }
    }
}

TEST_CASE("golden torch quantize: NaN is the zero point, all else saturates, unlike PyTorch") {
    int rows = 0;
    for (const golden::Row* row : group().rows_of("quantize_per_tensor")) {
        if (!row->has_expected("saturated")) continue;
        check_special(*row);
        ++rows;
    }
    CHECK(rows > 0);
}

TEST_CASE("golden torch quantize: no row is passed over in silence") {
    group().report_others({"quantize_per_tensor", "quantize_per_channel", "dequantize_per_tensor"});
}
