// Element-wise kernels in plain C++, for every processor, and the reference for the others.
//
// Nothing here depends on compiler flags: quotients and roundings pass the barrier of
// core/exact.hpp, comparisons of reals that may be NaN are comparisons of integers.
#pragma once

#include <bit>
#include <cstring>

#include "intact/core/exact.hpp"
#include "intact/elementwise/kernel.hpp"

namespace intact::elementwise::portable {

/// Adding it to a double below 2^51 rounds to an integer, ties to even: the low 32 bits of the sum
/// are that integer.
inline constexpr double rounding_constant = 0x1.8p52;

[[nodiscard]] constexpr std::int64_t clamp(std::int64_t x, std::int64_t min, std::int64_t max) {
    return x < min ? min : (x > max ? max : x);
}

/// Whether the vector kernels know steps by `scale` without a division; the others come here.
[[nodiscard]] constexpr bool needs_no_division(float scale) noexcept {
    return scale >= 0x1p-64F && scale <= 0x1p64F;
}

/// Nearest-even of fl32(x / scale), where `bits` are those of a finite x, cut to +-2^20.
///
/// x * fl64(1 / scale) is off by at most 2^-52 of itself, and the quotient of two 24-bit numbers
/// is never within 2^-49 of the middle of two floats: rounding it to float32 gives fl32(x / scale).
[[nodiscard]] inline std::int32_t steps(std::uint32_t bits, double reciprocal) noexcept {
    double q = exactly(static_cast<double>(std::bit_cast<float>(bits)) * reciprocal);
    q = q < -0x1p20 ? -0x1p20 : q;
    q = q > 0x1p20 ? 0x1p20 : q;
    const auto rounded = static_cast<float>(exactly(q));
    const double sum = exactly(exactly(static_cast<double>(rounded)) + rounding_constant);
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(std::bit_cast<std::uint64_t>(sum)));
}

/// The code of a real.
[[nodiscard]] inline std::int64_t code_of(const float& x, const Coding& coding,
                                          double reciprocal) noexcept {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &x, sizeof(bits));
    std::int64_t code = coding.zero_point;
    if ((bits & 0x7f800000U) != 0x7f800000U) {
        code += steps(bits, reciprocal);
    } else if ((bits & 0x7fffffU) == 0) {  // an infinity
        code = (bits >> 31) != 0 ? coding.qmin : coding.qmax;
    }
    return clamp(code, coding.qmin, coding.qmax);
}

template <StoredCode T>
[[gnu::noinline]] void quantize(const float* x, std::size_t n, const Coding& coding, T* out) {
    const double reciprocal = exact_quotient(1.0, static_cast<double>(coding.scale));
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<T>(code_of(x[i], coding, reciprocal));
}

template <StoredCode T>
[[gnu::noinline]] void dequantize(const T* codes, std::size_t n, float scale,
                                  std::int32_t zero_point, float* out) {
    // The difference is exact in float32, so the product is rounded once.
    for (std::size_t i = 0; i < n; ++i) {
        out[i] = scale * static_cast<float>(codes[i] - zero_point);
    }
}

[[gnu::noinline]] inline void fake_quantize(const float* x, std::size_t n, const Coding& coding,
                                            float* out) {
    const double reciprocal = exact_quotient(1.0, static_cast<double>(coding.scale));
    for (std::size_t i = 0; i < n; ++i) {
        const std::int64_t level = code_of(x[i], coding, reciprocal) - coding.zero_point;
        out[i] = coding.scale * static_cast<float>(level);
    }
}

/// Nearest-even of sum * multiplier, where the multiplier is m * 2^-n with m below 2^31: exact in
/// 64-bit integers.
[[nodiscard]] inline std::int64_t rounded_product(std::int32_t sum, double multiplier) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(multiplier);
    if (bits == 0) return 0;
    const auto mantissa = static_cast<std::int64_t>(((bits >> 22) & 0x3fffffffU) | 0x40000000U);
    const int shift = 1053 - static_cast<int>(bits >> 52);  // 30 less the unbiased exponent
    const std::int64_t product = sum * mantissa;
    const std::int64_t is_odd = (product >> shift) & 1;
    return (product + (std::int64_t{1} << (shift - 1)) - 1 + is_odd) >> shift;
}

template <StoredCode T>
[[gnu::noinline]] void requantize_block(const std::int32_t* sums, std::ptrdiff_t sums_stride,
                                        std::ptrdiff_t rows, std::ptrdiff_t columns,
                                        const double* multipliers, const Output& output, T* out,
                                        std::ptrdiff_t out_stride) {
    for (std::ptrdiff_t i = 0; i < rows; ++i, sums += sums_stride, out += out_stride) {
        for (std::ptrdiff_t j = 0; j < columns; ++j) {
            const std::int64_t code = rounded_product(sums[j], multipliers[j]) + output.zero_point;
            out[j] = static_cast<T>(clamp(code, output.qmin, output.qmax));
        }
    }
}

template <StoredCode T>
[[gnu::noinline]] void add_scaled_block(const std::int32_t* sums, std::ptrdiff_t sums_stride,
                                        const T* codes, std::ptrdiff_t codes_stride,
                                        std::ptrdiff_t rows, std::ptrdiff_t columns,
                                        const double* factors, std::int32_t zero_point,
                                        std::int32_t* out, std::ptrdiff_t out_stride) {
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
        for (std::ptrdiff_t j = 0; j < columns; ++j) {
            const std::int64_t sum = sums[j] + rounded_product(codes[j] - zero_point, factors[j]);
            out[j] = static_cast<std::int32_t>(clamp(sum, INT32_MIN, INT32_MAX));
        }
        sums += sums_stride;
        codes += codes_stride;
        out += out_stride;
    }
}

template <StoredCode T>
[[gnu::noinline]] std::int64_t sum(const T* codes, std::size_t n) {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < n; ++i) total += codes[i];
    return total;
}

[[gnu::noinline]] inline ExtremeBits extremes(const float* x, std::size_t n) {
    ExtremeBits found;
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, x + i, sizeof(bits));
        found.add(bits);
    }
    return found;
}

/// The count that a finite value adds to; zeros have a place of their own.
///
/// From the first octave on, a bin is the leading bits of the magnitude, less where the octaves
/// begin; below, it is the significand, shifted by one more for each octave. (The vector kernels
/// take the greater of both, with a shift that is nowhere less than that of the octaves.)
[[nodiscard]] constexpr std::uint32_t bin_of(std::uint32_t bits, const Bins& bins,
                                             std::uint32_t place_of_zero) noexcept {
    const std::uint32_t magnitude = bits & 0x7fffffffU;
    if (magnitude == 0) return place_of_zero;
    const std::uint32_t exponent = magnitude < 0x00800000U ? 1 : magnitude >> 23;
    const std::uint32_t hidden = magnitude < 0x00800000U ? 0 : 0x00800000U;
    const std::uint32_t half = (bits >> 31) * bins.size;
    if (exponent >= bins.first_exponent) {
        return half + (magnitude >> (23 - bins.bin_bits)) -
               ((bins.first_exponent - 1) << bins.bin_bits);
    }
    const std::uint32_t shift = 23 - bins.bin_bits + bins.first_exponent - exponent;
    return half + (shift > 31 ? 0 : ((magnitude & 0x007fffffU) | hidden) >> shift);
}

/// Floats beyond the end of its input from where count() asks the memory for more.
inline constexpr std::size_t prefetch_distance = 256;

/// Floats whose bins the vector kernels of count() find before they count: a bin is stored by
/// vectors and loaded one by one, by then from the cache.
inline constexpr std::size_t bins_ahead = 64;

/// Bins that wait to be counted; values that lie bins_ahead apart have places that far apart.
inline constexpr std::size_t waiting_bins = 2 * bins_ahead;

/// Adds 1 to the counts of 16 bins. Two bins come with one load, which leaves the processor more of
/// them for counts that are far away.
template <BinCount C>
[[gnu::always_inline]] inline void count_16(const std::uint32_t* found, C* counts) {
#pragma GCC unroll 8
    for (int i = 0; i < 16; i += 2) {
        std::uint64_t two = 0;
        std::memcpy(&two, found + i, sizeof(two));
        ++counts[static_cast<std::uint32_t>(two)];
        ++counts[two >> 32];
    }
}

template <BinCount C>
[[gnu::noinline]] void count(const float* x, std::size_t n, const Bins& bins, C* counts) {
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, x + i, sizeof(bits));
        const auto zero = static_cast<std::uint32_t>(i % zero_places);
        ++counts[bin_of(bits, bins, 2 * bins.size + zero)];
    }
}

/// The integer that sorts like the float of these bits, -0 below +0; its own inverse.
[[nodiscard]] constexpr std::int32_t ordered(std::int32_t bits) noexcept {
    return bits ^ ((bits >> 31) & 0x7fffffff);
}

/// fma(sum, scale, bias): the exact result rounded once, to float32.
///
/// The product of two float32 is exact in double. Their sum with the bias is cut to a double whose
/// last bit is set where something was cut off (rounding to odd), so that the final rounding sees
/// on which side of a tie the exact value lies. (Clang makes two operations of std::fma under
/// -ffast-math where the processor has no such instruction.)
///
/// Source   S. Boldo and G. Melquiond, "Emulation of FMA and correctly rounded sums: proved
///          algorithms using rounding to odd", 2008.
[[nodiscard]] inline float fused(float sum, float scale, float bias) noexcept {
    const double product = exactly(static_cast<double>(sum) * static_cast<double>(scale));
    const double offset = exactly(static_cast<double>(bias));
    const double total = exactly(product + offset);
    const double added = exactly(total - product);
    const double cut = exactly(exactly(product - exactly(total - added)) + exactly(offset - added));
    auto bits = std::bit_cast<std::uint64_t>(total);
    const auto cut_bits = std::bit_cast<std::uint64_t>(cut);
    const bool is_finite = (bits & 0x7ff0000000000000U) != 0x7ff0000000000000U;
    if (is_finite && cut_bits << 1 != 0 && (bits & 1) == 0) {
        bits += (bits ^ cut_bits) >> 63 == 0 ? 1 : ~std::uint64_t{0};
    }
    return static_cast<float>(exactly(std::bit_cast<double>(bits)));
}

/// The float of these bits cut to [limits[0], limits[1]] in the order of the bits.
[[nodiscard]] inline float cut(float real, const float* limits) noexcept {
    const std::int32_t min = ordered(std::bit_cast<std::int32_t>(limits[0]));
    const std::int32_t max = ordered(std::bit_cast<std::int32_t>(limits[1]));
    const std::int64_t place = clamp(ordered(std::bit_cast<std::int32_t>(real)), min, max);
    return std::bit_cast<float>(ordered(static_cast<std::int32_t>(place)));
}

[[gnu::noinline]] inline void dequantize_sums_block(const std::int32_t* sums,
                                                    std::ptrdiff_t sums_stride, std::ptrdiff_t rows,
                                                    std::ptrdiff_t columns, const float* scales,
                                                    const float* bias, const float* limits,
                                                    float* out, std::ptrdiff_t out_stride) {
    for (std::ptrdiff_t i = 0; i < rows; ++i, sums += sums_stride, out += out_stride) {
        for (std::ptrdiff_t j = 0; j < columns; ++j) {
            const float addend = bias != nullptr ? bias[j] : 0.0F;
            const float real = fused(static_cast<float>(sums[j]), scales[j], addend);
            out[j] = limits != nullptr ? cut(real, limits) : real;
        }
    }
}

template <StoredCode T>
inline constexpr CodeKernels<T> code_kernels{quantize<T>, dequantize<T>, requantize_block<T>,
                                             add_scaled_block<T>, sum<T>};

inline constexpr Kernels kernels{.isa = simd::Isa::portable,
                                 .s8 = code_kernels<std::int8_t>,
                                 .u8 = code_kernels<std::uint8_t>,
                                 .s16 = code_kernels<std::int16_t>,
                                 .u16 = code_kernels<std::uint16_t>,
                                 .extremes = extremes,
                                 .count = count<std::uint64_t>,
                                 .count_few = count<std::uint16_t>,
                                 .fake_quantize = fake_quantize,
                                 .dequantize_sums_block = dequantize_sums_block};

}  // namespace intact::elementwise::portable
