#include "intact/simd/target.hpp"

#include <array>
#include <cstdint>

#include <doctest/doctest.h>

#include "intact/simd/isa.hpp"

#if INTACT_X86
#include <immintrin.h>

namespace {

/// Eight sums at once, in a program that is compiled without AVX2.
INTACT_TARGET("avx2,fma")
void add_eight(const std::int32_t* a, const std::int32_t* b, std::int32_t* sums) {
    const __m256i left = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(a));
    const __m256i right = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums), _mm256_add_epi32(left, right));
}

}  // namespace

TEST_CASE("target: one function is compiled for AVX2, its caller is not") {
    if (!intact::simd::supports(intact::simd::Isa::avx2)) {
        MESSAGE("skipped, this machine lacks avx2");
        return;
    }
    const std::array<std::int32_t, 8> a{1, 2, 3, 4, 5, 6, 7, 8};
    const std::array<std::int32_t, 8> b{10, 20, 30, 40, 50, 60, 70, 80};
    std::array<std::int32_t, 8> sums{};
    add_eight(a.data(), b.data(), sums.data());
    CHECK(sums == std::array<std::int32_t, 8>{11, 22, 33, 44, 55, 66, 77, 88});
}
#endif
