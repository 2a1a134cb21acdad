// Which of the builds of Eigen's float product an instruction set is compared with.
#pragma once

#include "bench/peers/peers.hpp"
#include "intact/simd/isa.hpp"

namespace bench {

/// Eigen's float product on an instruction set like `isa`.
[[nodiscard]] inline Run eigen(const Problem& problem, [[maybe_unused]] intact::simd::Isa isa) {
#if INTACT_HAS_EIGEN_AVX2
    using enum intact::simd::Isa;
    if (isa == sse41) return eigen_sse41(problem);
    if (isa == avx2 || isa == avx_vnni) return eigen_avx2(problem);
#endif
    return eigen_native(problem);
}

/// Eigen's float depthwise convolution likewise.
[[nodiscard]] inline Run eigen_depthwise(const Layer& layer,
                                         [[maybe_unused]] intact::simd::Isa isa) {
#if INTACT_HAS_EIGEN_AVX2
    using enum intact::simd::Isa;
    if (isa == sse41) return eigen_depthwise_sse41(layer);
    if (isa == avx2 || isa == avx_vnni) return eigen_depthwise_avx2(layer);
#endif
    return eigen_depthwise_native(layer);
}

}  // namespace bench
