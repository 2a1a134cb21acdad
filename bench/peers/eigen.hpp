// Which of the builds of Eigen's float product an instruction set is compared with.
#pragma once

#include "bench/peers/peers.hpp"
#include "intact/simd/isa.hpp"

namespace bench {

/// Eigen's float product of a Problem, or its depthwise convolution of a Layer, on an instruction
/// set like `isa`.
template <class Work>
[[nodiscard]] Run eigen(const Work& work, [[maybe_unused]] intact::simd::Isa isa) {
#if INTACT_HAS_EIGEN_AVX2
    using enum intact::simd::Isa;
    if (isa == sse41) return eigen_sse41(work);
    if (isa == avx2 || isa == avx_vnni) return eigen_avx2(work);
#endif
    return eigen_native(work);
}

}  // namespace bench
