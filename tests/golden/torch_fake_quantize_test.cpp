// Fake quantization of PyTorch 1.13, forward, per tensor and per channel, of 2 to 8 bits.
//
// As in torch_quantize_test.cpp, `ambiguous` marks the ties where PyTorch's reciprocal may lead to
// the neighbouring code, and what PyTorch sends to its lowest code (NaN, infinities, quotients from
// 2^63 on) goes to the zero point and to the ends here.
#include <cmath>
#include <cstdint>
#include <vector>

#include "bulk.hpp"
#include "compare.hpp"
#include "golden.hpp"
#include "intact/core/number.hpp"
#include "scales.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group fake_quantize("g1_torch_fakequant");
    return fake_quantize;
}

void check_row(const golden::Row& row) {
    CAPTURE(row.name);
    const golden::Value tensor = row.input("x");
    const auto x = tensor.values<float>();
    const Grid grid{.qmin = row.integer("quant_min"), .qmax = row.integer("quant_max")};
    std::vector<QuantParams> params;
    std::vector<std::size_t> scale_indices(x.size(), 0);
    if (row.has_param("axis")) {
        params = golden::params_of(row.input("scale").values<float>(),
                                   row.input("zero_point").values<std::int32_t>());
        scale_indices = golden::scale_indices(tensor.shape(), row.integer("axis"));
    } else {
        params = {{static_cast<float>(row.number("scale")), row.integer("zero_point")}};
    }
    const golden::Scaled scaled{scale_indices, params};
    auto expected = row.expected("y").values<float>();
    golden::Mask ambiguous(x.size(), 0);
    if (row.has_expected("ambiguous")) {
        ambiguous = row.expected("ambiguous").values<std::uint8_t>();
    }

    std::vector<float> given;
    std::vector<float> contract;
    std::vector<double> slack;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const QuantParams& own = scaled.of(i);
        given.push_back(dequantize_number(quantize_number(x[i], own, grid), own));
        contract.push_back(dequantize_number(golden::slow_code(x[i], own, grid), own));
        const bool is_out_of_hand = is_non_finite(x[i]) || std::abs(x[i] / own.scale) >= 0x1p63F;
        if (is_out_of_hand) expected[i] = contract[i];
        slack.push_back(ambiguous[i] != 0 ? 1.0001 * double{own.scale} : 0.0);
    }
    CHECK(golden::ulp_differences(given, expected, 1, slack) == "");
    CHECK(golden::bit_differences(given, contract) == "");
    golden::for_each_kernels([&](const elementwise::Kernels& kernels) {
        const auto bulk = golden::bulk_fake_quantize(x, scaled, grid, kernels);
        CHECK(golden::bit_differences(bulk, given) == "");
    });
}

}  // namespace

TEST_CASE("golden torch fake quantize: per tensor") {
    for (const golden::Row* row : group().rows_of("fake_quantize_per_tensor_affine")) {
        check_row(*row);
    }
}

TEST_CASE("golden torch fake quantize: per channel") {
    for (const golden::Row* row : group().rows_of("fake_quantize_per_channel_affine")) {
        check_row(*row);
    }
}

TEST_CASE("golden torch fake quantize: no row is passed over in silence") {
    group().report_others({"fake_quantize_per_tensor_affine", "fake_quantize_per_channel_affine"});
}
