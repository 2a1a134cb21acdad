// Whole tensors through the quantizers, with the scales and zero points of PyTorch and ONNX
// Runtime.
//
// A tensor of any shape is taken as [outer, axis, inner], row- and column-major; the scales of an
// axis are PerChannel<1> then, those of blocks along it PerGroup<1, N>.
#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "compare.hpp"
#include "golden.hpp"
#include "intact/core/number.hpp"
#include "intact/quantizers/aliases.hpp"
#include "scales.hpp"

using namespace intact;

namespace {

using Tensor = Eigen::Tensor<float, 3, Eigen::RowMajor>;
using TensorByColumns = Eigen::Tensor<float, 3, Eigen::ColMajor>;

/// One row of any group: reals, how to read their codes, what the oracle made of them.
struct Case {
    std::vector<float> x;
    std::array<Eigen::Index, 3> shape{};  ///< [outer, axis, inner]
    std::int64_t block = 0;               ///< 0 where the scales are one or one for each channel
    std::vector<QuantParams> params;
    Grid grid;
    std::vector<std::int32_t> codes;  ///< the oracle's
    golden::Mask ambiguous;
};

/// The quantizer of that code type, cut to the codes of the grid, with the parameters of the case.
template <class T, class G>
AffineQuantizer<T, G> quantizer_for(const Case& one) {
    int bits = 2;
    while ((1 << bits) - 1 < one.grid.qmax - one.grid.qmin) ++bits;
    auto quantizer = AffineQuantizer<T, G>::of_bits(bits);
    CHECK(quantizer.grid() == one.grid);
    quantizer.set_params(one.params);
    return quantizer;
}

/// The elements in row-major order, however the tensor holds them.
template <class Values>
auto in_row_major(const Values& values) {
    std::vector<typename Values::Scalar> all;
    for (Eigen::Index i = 0; i < values.dimension(0); ++i) {
        for (Eigen::Index j = 0; j < values.dimension(1); ++j) {
            for (Eigen::Index k = 0; k < values.dimension(2); ++k) {
                all.push_back(values(i, j, k));
            }
        }
    }
    return all;
}

template <class T, class G, class X>
void check_tensor(const Case& one, const X& x) {
    const auto quantizer = quantizer_for<T, G>(one);
    const auto quantized = quantizer.quantize(x);
    const auto codes = in_row_major(quantized.codes());
    CHECK(golden::differences(codes, one.codes, one.ambiguous) == "");

    std::vector<float> reals;
    const auto scale_indices =
        one.params.size() == 1
            ? std::vector<std::size_t>(one.x.size(), 0)
            : golden::scale_indices({one.shape[0], one.shape[1], one.shape[2]}, 1, one.block);
    std::vector<std::int32_t> contract;
    for (std::size_t i = 0; i < one.x.size(); ++i) {
        const QuantParams& own = one.params[scale_indices[i]];
        contract.push_back(quantize_number(one.x[i], own, one.grid));
        reals.push_back(dequantize_number(contract.back(), own));
    }
    CHECK(golden::differences(codes, contract) == "");
    CHECK(golden::bit_differences(in_row_major(quantized.dequantize()), reals) == "");
    CHECK(golden::bit_differences(in_row_major(quantizer.fake_quantize(x)), reals) == "");
}

template <class T, class G>
void check_layouts(const Case& one) {
    const Eigen::TensorMap<const Tensor> x(one.x.data(), one.shape[0], one.shape[1], one.shape[2]);
    check_tensor<T, G>(one, x);
    if constexpr (std::is_same_v<T, std::int8_t>) {  // one type is enough, and compiles faster
        TensorByColumns by_columns(one.shape[0], one.shape[1], one.shape[2]);
        for (Eigen::Index i = 0; i < x.dimension(0); ++i) {
            for (Eigen::Index j = 0; j < x.dimension(1); ++j) {
                for (Eigen::Index k = 0; k < x.dimension(2); ++k) by_columns(i, j, k) = x(i, j, k);
            }
        }
        check_tensor<T, G>(one, by_columns);
    }
}

/// Chooses the granularity type; a block size without one is counted.
template <class T>
void check_granularity(const Case& one, int& skipped) {
    if (one.params.size() == 1 && one.block == 0) return check_layouts<T, PerTensor>(one);
    switch (one.block) {
        case 0:
            return check_layouts<T, PerChannel<1>>(one);
        case 4:
            return check_layouts<T, PerGroup<1, 4>>(one);
        case 16:
            return check_layouts<T, PerGroup<1, 16>>(one);
        case 32:
            return check_layouts<T, PerGroup<1, 32>>(one);
        case 128:
            return check_layouts<T, PerGroup<1, 128>>(one);
        default:
            ++skipped;
    }
}

void check_case(const Case& one, int& skipped) {
    const bool is_signed = one.grid.qmin < 0;
    if (one.grid.qmax - one.grid.qmin <= 255) {
        is_signed ? check_granularity<std::int8_t>(one, skipped)
                  : check_granularity<std::uint8_t>(one, skipped);
    } else {
        is_signed ? check_granularity<std::int16_t>(one, skipped)
                  : check_granularity<std::uint16_t>(one, skipped);
    }
}

/// Rows of PyTorch and of ONNX Runtime name the same things differently.
Case torch_case(const golden::Row& row) {
    Case one;
    const golden::Value x = row.input("x");
    one.x = x.values<float>();
    if (row.has_param("axis")) {
        one.shape = golden::around_axis(x.shape(), row.integer("axis"));
        one.params = golden::params_of(row.input("scale").values<float>(),
                                       row.input("zero_point").values<std::int32_t>());
    } else {
        one.shape = {1, static_cast<Eigen::Index>(x.size()), 1};
        one.params = {{static_cast<float>(row.number("scale")), row.integer("zero_point")}};
    }
    one.grid = golden::grid_of(row.param("dtype"));
    one.codes = row.expected("q").values<std::int32_t>();
    one.ambiguous = row.expected("ambiguous").values<std::uint8_t>();
    return one;
}

Case ort_case(const golden::Row& row) {
    Case one;
    const golden::Value x = row.input("x");
    one.x = x.values<float>();
    one.shape = golden::around_axis(x.shape(), row.integer("axis"));
    one.block = row.integer("block_size");
    one.params = golden::params_of(row.input("scale").values<float>(),
                                   row.input("zero_point").values<std::int32_t>());
    one.grid = golden::grid_of(row.param("dtype"));
    one.codes = row.expected("q").values<std::int32_t>();
    one.ambiguous = row.expected("ambiguous").values<std::uint8_t>();
    return one;
}

}  // namespace

TEST_CASE("golden quantizer: tensors of PyTorch, per tensor and per channel") {
    const golden::Group group("g1_torch_quantize");
    int skipped = 0;
    for (const char* operation : {"quantize_per_tensor", "quantize_per_channel"}) {
        for (const golden::Row* row : group.rows_of(operation)) {
            CAPTURE(row->name);
            if (row->is_informational())
                continue;  // these and 32-bit codes: torch_quantize_test.cpp
            const Case one = torch_case(*row);
            if (one.grid.qmax <= 65535) check_case(one, skipped);
        }
    }
    CHECK(skipped == 0);
}

TEST_CASE("golden quantizer: tensors of ONNX Runtime, per tensor, axis and block") {
    const golden::Group group("g2_ort_quantizelinear");
    int skipped = 0;
    for (const golden::Row* row : group.rows_of("QuantizeLinear+DequantizeLinear")) {
        CAPTURE(row->name);
        if (row->is_informational()) continue;  // ort_quantize_linear_test.cpp has them
        check_case(ort_case(*row), skipped);
    }
    if (skipped > 0) MESSAGE("skipped rows: " << skipped << " of other block sizes");
}

TEST_CASE("golden quantizer: dynamic ranges are those of DynamicQuantizeLinear") {
    const golden::Group group("g2_ort_dynamicquantize");
    for (const golden::Row* row : group.rows_of("DynamicQuantizeLinear")) {
        CAPTURE(row->name);
        if (row->is_informational()) continue;  // ort_dynamic_quantize_test.cpp has them
        const auto x = row->input("x").values<float>();
        const Eigen::Map<const Eigen::ArrayXf> values(x.data(),
                                                      static_cast<Eigen::Index>(x.size()));
        const auto quantized = AffineQuantizer<std::uint8_t>().quantize_dynamic(values);
        CHECK(golden::far_differences({quantized.scale()}, {row->expected("scale").value<float>()},
                                      1e-6, 0.0) == "");
        CHECK(quantized.zero_point() == row->expected("zero_point").value<std::int32_t>());
        const auto& codes = quantized.codes();
        const std::vector<std::uint8_t> given(codes.data(), codes.data() + codes.size());
        CHECK(golden::differences_beyond(0.995, given, row->expected("y").values<std::uint8_t>()) ==
              "");
    }
}

TEST_CASE("golden quantizer: halves are quantized as the floats that they stand for") {
    const golden::Group group("g1_torch_casts");
    const QuantParams params{.scale = 0.0173F, .zero_point = -3};
    const AffineQuantizer<std::int8_t> quantizer(params);
    const auto check_halves = [&](const golden::Row& row, auto half) {
        using Half = decltype(half);
        const auto bits = row.input("bits").values<std::uint16_t>();
        Eigen::Array<Half, Eigen::Dynamic, 1> halves(static_cast<Eigen::Index>(bits.size()));
        for (std::size_t i = 0; i < bits.size(); ++i) {
            halves[static_cast<Eigen::Index>(i)] = Eigen::numext::bit_cast<Half>(bits[i]);
        }
        const auto quantized = quantizer.quantize(halves);
        std::vector<std::int32_t> expected;
        for (const float real : row.expected("f32").values<float>()) {
            expected.push_back(quantize_number(real, params, quantizer.grid()));
        }
        const auto* codes = quantized.codes().data();
        const std::vector<std::int8_t> given(codes, codes + quantized.codes().size());
        CHECK(golden::differences(given, expected) == "");
    };
    for (const golden::Row* row : group.rows_of("cast_f16_to_f32")) {
        check_halves(*row, Eigen::half());
    }
    for (const golden::Row* row : group.rows_of("cast_bf16_to_f32")) {
        check_halves(*row, Eigen::bfloat16());
    }
}
