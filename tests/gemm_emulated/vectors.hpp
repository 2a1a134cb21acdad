// The intrinsics of 512-bit vectors, emulated; a kernel file that is included behind this needs no
// instruction set. Nothing may include the real ones before.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

// SIMDe first, under the names of the intrinsics; then nothing may include the real ones.
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#define _IMMINTRIN_H_INCLUDED  // GCC
#define __IMMINTRIN_H          // Clang

// What this SIMDe lacks, or has under its own name only.
#define _mm512_maskz_shuffle_i64x2 simde_mm512_maskz_shuffle_i64x2
using __mmask64 = std::uint64_t;
using __mmask32 = std::uint32_t;
using __mmask16 = std::uint16_t;
using __mmask8 = std::uint8_t;

/// The bytes of the values that `mask` names, zeros for the others, which are not read.
template <std::size_t Count, std::size_t Size>
std::array<std::uint8_t, Count * Size> masked_bytes(std::uint64_t mask, const void* from) {
    std::array<std::uint8_t, Count * Size> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if ((mask >> (i / Size) & 1U) != 0) bytes[i] = static_cast<const std::uint8_t*>(from)[i];
    }
    return bytes;
}

/// Writes the values of a vector that `mask` names.
template <std::size_t Size>
void store_masked(void* to, std::uint64_t mask, __m512i from) {
    std::uint8_t bytes[64] = {};
    _mm512_storeu_si512(bytes, from);
    for (std::size_t i = 0; i < 64; ++i) {
        if ((mask >> (i / Size) & 1U) != 0) static_cast<std::uint8_t*>(to)[i] = bytes[i];
    }
}

static inline __m128i _mm_maskz_loadu_epi8(__mmask16 mask, const void* from) {
    const auto bytes = masked_bytes<16, 1>(mask, from);
    __m128i vector;
    std::memcpy(&vector, bytes.data(), sizeof(vector));
    return vector;
}

static inline __m256i _mm256_maskz_loadu_epi32(__mmask8 mask, const void* from) {
    const auto bytes = masked_bytes<8, 4>(mask, from);
    __m256i vector;
    std::memcpy(&vector, bytes.data(), sizeof(vector));
    return vector;
}

static inline __m512i _mm512_maskz_loadu_epi8(__mmask64 mask, const void* from) {
    const auto bytes = masked_bytes<64, 1>(mask, from);
    return _mm512_loadu_si512(bytes.data());
}

static inline __m512i _mm512_maskz_loadu_epi32(__mmask16 mask, const void* from) {
    const auto bytes = masked_bytes<16, 4>(mask, from);
    return _mm512_loadu_si512(bytes.data());
}

static inline __m512d _mm512_maskz_loadu_pd(__mmask8 mask, const double* from) {
    const auto bytes = masked_bytes<8, 8>(mask, from);
    return _mm512_loadu_pd(bytes.data());
}

static inline void _mm512_mask_storeu_epi8(void* to, __mmask64 mask, __m512i from) {
    store_masked<1>(to, mask, from);
}

static inline void _mm512_mask_storeu_epi32(void* to, __mmask16 mask, __m512i from) {
    store_masked<4>(to, mask, from);
}

static inline std::array<std::int32_t, 16> lanes_of(__m512i vector) {
    std::array<std::int32_t, 16> lanes{};
    _mm512_storeu_si512(lanes.data(), vector);
    return lanes;
}

static inline __m512 _mm512_maskz_cvtepi32_ps(__mmask16 mask, __m512i from) {
    std::array<float, 16> reals{};
    const auto lanes = lanes_of(from);
    for (std::size_t i = 0; i < 16; ++i) {
        if ((mask >> i & 1U) != 0) reals[i] = static_cast<float>(lanes[i]);
    }
    return _mm512_loadu_ps(reals.data());
}

static inline __m512d _mm512_maskz_cvtepi32_pd(__mmask8 mask, __m256i from) {
    std::array<std::int32_t, 8> lanes{};
    std::memcpy(lanes.data(), &from, sizeof(from));
    std::array<double, 8> reals{};
    for (std::size_t i = 0; i < 8; ++i) {
        if ((mask >> i & 1U) != 0) reals[i] = lanes[i];
    }
    return _mm512_loadu_pd(reals.data());
}

static inline __m256 _mm512_maskz_cvtpd_ps(__mmask8 mask, __m512d from) {
    std::array<double, 8> reals{};
    _mm512_storeu_pd(reals.data(), from);
    std::array<float, 8> rounded{};
    for (std::size_t i = 0; i < 8; ++i) {
        if ((mask >> i & 1U) != 0) rounded[i] = static_cast<float>(reals[i]);
    }
    return _mm256_loadu_ps(rounded.data());
}

/// Quads of the 8 of `low` and then the 8 of `high` from `first` on.
static inline __m512i _mm512_maskz_alignr_epi64(__mmask8 mask, __m512i high, __m512i low,
                                                int first) {
    std::array<std::int64_t, 16> lanes{};
    _mm512_storeu_si512(lanes.data(), low);
    _mm512_storeu_si512(lanes.data() + 8, high);
    const auto bytes = masked_bytes<8, 8>(mask, lanes.data() + first);
    return _mm512_loadu_si512(bytes.data());
}

/// Conversion to the nearest integer, in a mode that is given; what does not fit becomes -2^31.
enum { _MM_FROUND_NO_EXC = 8 };
static inline __m512i _mm512_maskz_cvt_roundps_epi32(__mmask16 mask, __m512 from, int mode) {
    if (mode != (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)) std::abort();
    std::array<float, 16> reals{};
    _mm512_storeu_ps(reals.data(), from);
    std::array<std::int32_t, 16> lanes{};
    for (std::size_t i = 0; i < 16; ++i) {
        const bool fits = reals[i] >= -0x1p31F && reals[i] < 0x1p31F;
        lanes[i] = fits ? static_cast<std::int32_t>(std::nearbyint(reals[i])) : INT32_MIN;
    }
    return _mm512_maskz_loadu_epi32(mask, lanes.data());
}

// The emulation needs no instruction set and no registers.
#undef INTACT_TARGET
#define INTACT_TARGET(features)
#undef INTACT_NEW_VALUE
#define INTACT_NEW_VALUE(vector)
#undef INTACT_NEW_MASK
#define INTACT_NEW_MASK(mask)

// What kernel files borrow from those of elementwise kernels has names of its own too: of two
// inline functions of one name a linker keeps one, which could be the native one of another unit.
#define avx512 avx512_emulated
