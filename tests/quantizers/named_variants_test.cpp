// The named variants of other projects as policies of a quantizer.
#include <cstdint>
#include <random>

#include <doctest/doctest.h>

#include "intact/observers/variants/onnx_runtime_entropy.hpp"
#include "intact/observers/variants/onnx_runtime_percentile.hpp"
#include "intact/observers/variants/tensor_rt_entropy.hpp"
#include "intact/quantizers/aliases.hpp"

using namespace intact;

namespace {

Eigen::MatrixXf rectified() {
    std::mt19937 random(5);
    std::normal_distribution<float> normal;
    return Eigen::MatrixXf::NullaryExpr(64, 64, [&] { return normal(random); }).cwiseMax(0.0F);
}

template <class Watch>
QuantParams activations() {
    AffineQuantizer<std::uint8_t, PerTensor, Watch> quantizer;
    quantizer.observe(rectified());
    CHECK(quantizer.quantize(rectified()).codes().minCoeff() == 0);
    return quantizer.params().front();
}

}  // namespace

TEST_CASE("Quantizer: named variants of other projects plug in as observers") {
    const float most = rectified().maxCoeff() / 255.0F;
    for (const QuantParams& params :
         {activations<OnnxRuntimePercentile<>>(), activations<OnnxRuntimeEntropy<>>(),
          activations<TensorRtEntropy<>>()}) {
        CHECK(params.zero_point == 0);
        CHECK(params.scale <= most);
        CHECK(params.scale > 0.5F * most);
    }
}
