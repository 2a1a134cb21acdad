// Values whose product with a number of bins is beyond float32: the variants round as the originals
// do, but where these would go on with infinity the ranges are those of smaller values, scaled.
#include <limits>
#include <random>
#include <vector>

#include <doctest/doctest.h>

#include "intact/observers/variants/nvidia_percentile.hpp"
#include "intact/observers/variants/onnx_runtime_percentile.hpp"
#include "intact/observers/variants/tensor_rt_entropy.hpp"
#include "intact/observers/variants/torch_histogram.hpp"
#include "tests/observers/kinds.hpp"

using namespace intact;

namespace {

/// The upper end of the range for Gaussian values of deviation `unit`, in two batches, in units.
template <class Watch>
double end_of(float unit) {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    Watch observer;
    for (const float width : {1.0F, 1.5F}) {
        std::vector<float> batch(4000);
        for (float& value : batch) value = normal(random) * width * unit;
        observer.observe(batch);
    }
    return observer.range(kinds::grid(8, true)).max / static_cast<double>(unit);
}

template <class Watch>
void check_large() {
    const double expected = end_of<Watch>(0x1p-3F);  // powers of two: no rounding differs
    CHECK(end_of<Watch>(0x1p119F) == expected);
    CHECK(end_of<Watch>(0x1p124F) == expected);
}

}  // namespace

TEST_CASE("Variants: values near the largest float have the ranges of smaller ones, scaled") {
    check_large<NvidiaPercentile<>>();
    check_large<TensorRtEntropy<>>();
    check_large<TorchHistogram<>>();
    check_large<TorchHistogram<2048, TorchRebinning::spread>>();
    check_large<OnnxRuntimePercentile<>>();
}

TEST_CASE("Variants: a batch from the lowest to the largest float has a range") {
    constexpr float largest = std::numeric_limits<float>::max();
    const std::vector<float> ends{-largest, 0.0F, largest, 1.0F};
    TorchHistogram<> torch;
    torch.observe(ends);
    const Range range = torch.range(kinds::grid(8, false));
    CHECK(range.min < -0.9 * static_cast<double>(largest));
    CHECK(range.max > 0.9 * static_cast<double>(largest));
    NvidiaPercentile<> nvidia;
    nvidia.observe(ends);
    CHECK(nvidia.range(kinds::grid(8, true)).max > 0.9 * static_cast<double>(largest));
}
