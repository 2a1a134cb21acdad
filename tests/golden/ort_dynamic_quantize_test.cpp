// DynamicQuantizeLinear of ONNX Runtime 1.30: range, scale, zero point and codes of one tensor.
//
// ONNX computes the range in float32, we in double: the scales differ by rounding at most. Below
// the smallest normal float our scale is raised to it, where ONNX Runtime goes on with a subnormal,
// and a range that float32 does not hold has a finite scale here.
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "bulk.hpp"
#include "compare.hpp"
#include "golden.hpp"
#include "intact/core/number.hpp"
#include "intact/elementwise/min_max.hpp"
#include "intact/quantizers/scheme.hpp"

using namespace intact;

namespace {

constexpr Grid u8{.qmin = 0, .qmax = 255};

const golden::Group& group() {
    static const golden::Group dynamic_quantize("g2_ort_dynamicquantize");
    return dynamic_quantize;
}

ChosenParams chosen(const std::vector<float>& x, const elementwise::Kernels& kernels) {
    const elementwise::Extremes seen = elementwise::min_max(std::span<const float>(x), kernels);
    const Range range{.min = double{seen.min}, .max = double{seen.max}};
    return Affine::params(range, u8);
}

}  // namespace

TEST_CASE("golden ORT DynamicQuantizeLinear: scale, zero point and codes") {
    for (const golden::Row* row : group().rows_of("DynamicQuantizeLinear")) {
        CAPTURE(row->name);
        const auto x = row->input("x").values<float>();
        const float scale = row->expected("scale").value<float>();
        const auto zero_point = row->expected("zero_point").value<std::int32_t>();
        const auto expected = row->expected("y").values<std::int32_t>();
        golden::for_each_kernels([&](const elementwise::Kernels& kernels) {
            const ChosenParams ours = chosen(x, kernels);
            const std::vector<std::size_t> scale_indices(x.size(), 0);
            const std::vector<QuantParams> params{ours.params};
            const auto codes = golden::bulk_quantize(x, {scale_indices, params}, u8, kernels);
            std::vector<std::int32_t> contract;
            for (const float real : x) {
                contract.push_back(quantize_number(real, ours.params, u8));
            }
            CHECK(golden::differences(codes, contract) == "");
            if (row->is_informational()) {
                CHECK(is_positive_normal(ours.params.scale));
                if (scale < std::numeric_limits<float>::min()) {
                    CHECK(ours.adjustment == Adjustment::raised);
                    CHECK(ours.params.scale == std::numeric_limits<float>::min());
                }
            } else {
                CHECK(ours.adjustment == Adjustment::none);
                CHECK(golden::far_differences({ours.params.scale}, {scale}, 1e-6, 0.0) == "");
                CHECK(ours.params.zero_point == zero_point);
                CHECK(golden::differences_beyond(0.995, codes, expected) == "");
            }
        });
    }
}

TEST_CASE("golden ORT DynamicQuantizeLinear: no row is passed over in silence") {
    group().report_others({"DynamicQuantizeLinear"});
}
