// QuantizeLinear and DequantizeLinear of ONNX Runtime 1.30: 2 to 16 bits, one scale, an axis,
// blocks.
//
// ONNX Runtime divides as we do; `ambiguous` marks the ties at which a float64 division or a
// reciprocal would lead elsewhere. NaN: its lowest code, our zero point. Infinities and huge
// numbers saturate; its codes of 2 and 4 bits do not always (they wrap or give the lowest code),
// ours do. Rows that only record a defect of its 2-bit codes hold ours to the contract alone.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <Eigen/Core>

#include "bulk.hpp"
#include "compare.hpp"
#include "golden.hpp"
#include "intact/core/number.hpp"
#include "scales.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group quantize_linear("g2_ort_quantizelinear");
    return quantize_linear;
}

void check_row(const golden::Row& row) {
    CAPTURE(row.name);
    const golden::Value tensor = row.input("x");
    const auto x = tensor.values<float>();
    const golden::Value scales = row.input("scale");
    const auto params =
        golden::params_of(scales.values<float>(), row.input("zero_point").values<std::int32_t>());
    const std::vector<std::size_t> scale_indices =
        params.size() == 1
            ? std::vector<std::size_t>(x.size(), 0)
            : golden::scale_indices(tensor.shape(), row.integer("axis"), row.integer("block_size"));
    const golden::Scaled scaled{scale_indices, params};
    const Grid grid = golden::grid_of(row.param("dtype"));
    CHECK(grid.qmin == row.integer("quant_min"));
    CHECK(grid.qmax == row.integer("quant_max"));

    const bool is_record = row.is_informational();
    const bool must_saturate = row.tolerance.find("must saturate") != std::string::npos;
    auto expected = row.expected("q").values<std::int32_t>();
    const auto ambiguous = row.expected("ambiguous").values<std::uint8_t>();
    std::vector<std::int32_t> given;
    std::vector<std::int32_t> contract;
    for (std::size_t i = 0; i < x.size(); ++i) {
        const QuantParams& own = scaled.of(i);
        given.push_back(quantize_number(x[i], own, grid));
        contract.push_back(golden::slow_code(x[i], own, grid));
        const bool is_far = std::abs(x[i] / own.scale) >= 0x1p31F;
        if (is_nan(x[i]) || (is_record && grid.qmax <= 15 && is_far)) expected[i] = contract[i];
    }
    if (!is_record || must_saturate) {
        CHECK(golden::differences(given, expected, ambiguous) == "");
    }
    CHECK(golden::differences(given, contract) == "");

    // Reals of ONNX Runtime's own codes.
    const auto codes = row.expected("q").values<std::int32_t>();
    std::vector<float> reals;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        reals.push_back(dequantize_number(codes[i], scaled.of(i)));
    }
    if (!is_record || must_saturate) {
        CHECK(golden::ulp_differences(reals, row.expected("y").values<float>(), 1) == "");
    }

    golden::for_each_kernels([&](const elementwise::Kernels& kernels) {
        const auto bulk = golden::bulk_quantize(x, scaled, grid, kernels);
        CHECK(golden::differences(bulk, given) == "");
        const auto back = golden::bulk_dequantize(codes, scaled, grid, kernels);
        CHECK(golden::bit_differences(back, reals) == "");
    });
}

}  // namespace

TEST_CASE("golden ORT QuantizeLinear: codes and their reals, for every width and granularity") {
    for (const golden::Row* row : group().rows_of("QuantizeLinear+DequantizeLinear")) {
        check_row(*row);
    }
}

TEST_CASE("golden ORT DequantizeLinear: reals within one float") {
    for (const golden::Row* row : group().rows_of("DequantizeLinear")) {
        CAPTURE(row->name);
        const QuantParams params{static_cast<float>(row->number("scale")),
                                 row->integer("zero_point")};
        const auto codes = row->input("q").values<std::int32_t>();
        std::vector<float> reals;
        for (const std::int32_t code : codes) reals.push_back(dequantize_number(code, params));
        CHECK(golden::ulp_differences(reals, row->expected("y").values<float>(), 1) == "");

        const Grid grid = golden::grid_of(row->param("dtype"));
        if (grid.qmax > 65535) continue;  // int32 is no code of ours: only the definition holds
        const std::vector<std::size_t> scale_indices(codes.size(), 0);
        const std::vector<QuantParams> all{params};
        golden::for_each_kernels([&](const elementwise::Kernels& kernels) {
            const auto bulk = golden::bulk_dequantize(codes, {scale_indices, all}, grid, kernels);
            CHECK(golden::bit_differences(bulk, reals) == "");
        });
    }
}

TEST_CASE("golden ORT Cast: float32 to bfloat16 and back") {
    for (const golden::Row* row : group().rows_of("Cast float32->bfloat16")) {
        CAPTURE(row->name);
        std::vector<float> given;
        for (const float x : row->input("x").values<float>()) {
            given.push_back(static_cast<float>(static_cast<Eigen::bfloat16>(x)));
        }
        CHECK(golden::ulp_differences(given, row->expected("value").values<float>(), 0) == "");
    }
}

TEST_CASE("golden ORT QuantizeLinear: no row is passed over in silence") {
    group().report_others(
        {"QuantizeLinear+DequantizeLinear", "DequantizeLinear", "Cast float32->bfloat16"});
}
