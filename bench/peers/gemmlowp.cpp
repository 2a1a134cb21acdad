// gemmlowp's product on AVX2, exact: uint8 times uint8 (the int8 weights with their top bit
// flipped and the offset that undoes it), int32 out or uint8 by fixed-point multipliers.
#include <cmath>
#include <memory>
#include <tuple>
#include <vector>

#define GEMMLOWP_ALLOW_SLOW_SCALAR_FALLBACK
#include <gemmlowp/public/gemmlowp.h>

#include "bench/peers/peers.hpp"

namespace bench {

namespace {

constexpr auto rows = gemmlowp::MapOrder::RowMajor;
constexpr auto columns = gemmlowp::MapOrder::ColMajor;
using Depth = gemmlowp::DefaultL8R8BitDepthParams;

template <class T, class Pipeline>
Run product(const Problem& problem, const Pipeline& pipeline) {
    struct State {
        gemmlowp::GemmContext context;
        std::vector<std::uint8_t> w;
    };
    const auto state = std::make_shared<State>();
    state->context.set_max_num_threads(1);
    const auto* signed_codes = problem.w.as<std::uint8_t>();
    for (std::size_t i = 0; i < problem.w.bytes(); ++i) {
        state->w.push_back(static_cast<std::uint8_t>(signed_codes[i] ^ 0x80U));
    }
    const auto m = static_cast<int>(problem.shape.m);
    const auto k = static_cast<int>(problem.shape.k);
    const auto n = static_cast<int>(problem.shape.n);
    return [=, a = problem.a.as<std::uint8_t>(), out = problem.out.as<T>()] {
        const gemmlowp::MatrixMap<const std::uint8_t, rows> left(a, m, k, k);
        const gemmlowp::MatrixMap<const std::uint8_t, columns> right(state->w.data(), k, n, k);
        gemmlowp::MatrixMap<T, rows> result(out, m, n, n);
        gemmlowp::GemmWithOutputPipeline<std::uint8_t, T, Depth>(&state->context, left, right,
                                                                 &result, 0, -128, pipeline);
    };
}

}  // namespace

Run gemmlowp(const Problem& problem, Kind kind) {
    if (kind == Kind::u8_s32) return product<std::int32_t>(problem, std::make_tuple());
    if (kind != Kind::u8_u8) return {};
    int exponent = 0;
    const double fraction = std::frexp(code_factor(problem.shape.k), &exponent);
    gemmlowp::OutputStageScaleInt32ByFixedPointAndExponent scale{};
    scale.result_fixedpoint_multiplier = static_cast<std::int32_t>(std::ldexp(fraction, 31) - 1);
    scale.result_exponent = exponent;
    scale.result_offset_after_shift = 3;
    return product<std::uint8_t>(
        problem, std::make_tuple(scale, gemmlowp::OutputStageSaturatingCastToUint8()));
}

}  // namespace bench
