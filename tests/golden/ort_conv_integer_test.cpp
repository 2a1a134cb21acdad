// ConvInteger of ONNX Runtime 1.30: padding, strides, dilation, groups; padding is the zero point.
#include <cstdint>
#include <vector>

#include "compare.hpp"
#include "convolution.hpp"
#include "golden.hpp"
#include "products.hpp"

using namespace intact;

namespace {

const golden::Group& group() {
    static const golden::Group conv("g2_ort_convinteger");
    return conv;
}

template <class A, class B>
void check_row(const golden::Row& row) {
    CAPTURE(row.name);
    const golden::Convolution conv(row);
    const auto x = row.input("x").values<A>();
    const auto w = row.input("w").values<B>();
    const auto zero_x = golden::zero_points(row, "x_zero_point");
    const auto zero_w = golden::zero_points(row, "w_zero_point");
    REQUIRE(zero_x.all.size() <= 1);
    golden::for_each_kernel([&](const gemm::Kernel& kernel) {
        const auto sums = conv.outputs(
            x, zero_x.all.empty() ? 0 : zero_x.all.front(), w, zero_w,
            [](gemm::Index) { return gemm::Raw(); }, kernel);
        CHECK(golden::differences(sums, row.expected("y").values<std::int32_t>()) == "");
    });
}

}  // namespace

TEST_CASE("golden ORT ConvInteger: exact sums of patches") {
    for (const golden::Row* row : group().rows_of("ConvInteger")) {
        golden::with_types(row->param("x_type"), row->param("w_type"),
                           [&](auto x, auto w) { check_row<decltype(x), decltype(w)>(*row); });
    }
}

TEST_CASE("golden ORT ConvInteger: no row is passed over in silence") {
    group().report_others({"ConvInteger"});
}
