// What an element-wise kernel is: plain functions over pointers and lengths, held as a value, so
// that tests and benchmarks can run every one of them on the same data.
//
// Shapes   Pointers need no alignment beyond that of their element; any length, also 0. `out` may
//          be the input itself where the element types agree, and overlaps it in no other way.
//          A function of a block takes rows x columns of sums with one factor a column; it reads
//          and writes nothing outside.
// Units    The functions assume the default floating-point environment: the callers set it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "intact/simd/isa.hpp"

namespace intact::elementwise {

/// How reals become codes: nearest-even(real / scale) + zero_point, cut to [qmin, qmax].
struct Coding {
    float scale;
    std::int32_t zero_point;
    std::int32_t qmin;
    std::int32_t qmax;
};

/// Whether qmin and qmax cut any code of type T.
template <class T>
[[nodiscard]] constexpr bool cuts(const Coding& coding) noexcept {
    using Range = std::numeric_limits<T>;
    return coding.qmin != Range::min() || coding.qmax != Range::max();
}

/// How sums become codes: zero_point is added after rounding, then [qmin, qmax] cuts.
struct Output {
    std::int32_t zero_point;
    std::int32_t qmin;
    std::int32_t qmax;
};

/// Bit patterns of float32 values, compared as integers: enough to know the least and the greatest
/// value, and whether one is not finite.
struct ExtremeBits {
    std::int32_t signed_max = INT32_MIN;  ///< greatest non-negative value, if there is one
    std::uint32_t unsigned_max = 0;       ///< least negative value, if there is one
    std::uint32_t unsigned_min = UINT32_MAX;

    constexpr void add(std::uint32_t bits) noexcept {
        const auto as_signed = static_cast<std::int32_t>(bits);
        signed_max = signed_max > as_signed ? signed_max : as_signed;
        unsigned_max = unsigned_max > bits ? unsigned_max : bits;
        unsigned_min = unsigned_min < bits ? unsigned_min : bits;
    }
};

/// Counts of a log-linear histogram: bins of positive magnitudes, as many of negative ones, then
/// zero_places for zeros. observers/histogram_view.hpp says where the bins lie.
struct Bins {
    std::uint32_t bin_bits;        ///< an octave has 2^bin_bits bins
    std::uint32_t first_exponent;  ///< exponent field where the octaves begin, at least 1
    std::uint32_t size;            ///< number of bins of one sign
};

/// Counts among which zeros take turns, so that many in a row do not wait for each other.
inline constexpr std::size_t zero_places = 16;

/// The types of counts: the narrow one keeps the counts of many bins in the first cache.
template <class C>
concept BinCount = std::same_as<C, std::uint16_t> || std::same_as<C, std::uint64_t>;

/// The integer types that hold codes in memory.
template <class T>
concept StoredCode = std::same_as<T, std::int8_t> || std::same_as<T, std::uint8_t> ||
    std::same_as<T, std::int16_t> || std::same_as<T, std::uint16_t>;

/// The functions that depend on the type of the codes.
template <StoredCode T>
struct CodeKernels {
    /// out[i] = code of x[i].
    void (*quantize)(const float* x, std::size_t n, const Coding& coding, T* out);
    /// out[i] = fl32(scale * (codes[i] - zero_point)).
    void (*dequantize)(const T* codes, std::size_t n, float scale, std::int32_t zero_point,
                       float* out);
    /// out[i][j] = nearest-even(sums[i][j] * multipliers[j]) + zero_point, cut; the multipliers are
    /// values of Multiplier. Rows lie sums_stride and out_stride elements apart.
    void (*requantize_block)(const std::int32_t* sums, std::ptrdiff_t sums_stride,
                             std::ptrdiff_t rows, std::ptrdiff_t columns, const double* multipliers,
                             const Output& output, T* out, std::ptrdiff_t out_stride);
    /// out[i][j] = sums[i][j] + nearest-even((codes[i][j] - zero_point) * factors[j]), cut to int32
    /// only at the end; the factors are values of Multiplier, zero_point is a code. Rows lie
    /// sums_stride, codes_stride and out_stride elements apart.
    void (*add_scaled_block)(const std::int32_t* sums, std::ptrdiff_t sums_stride, const T* codes,
                             std::ptrdiff_t codes_stride, std::ptrdiff_t rows,
                             std::ptrdiff_t columns, const double* factors, std::int32_t zero_point,
                             std::int32_t* out, std::ptrdiff_t out_stride);
    /// Sum of all codes.
    std::int64_t (*sum)(const T* codes, std::size_t n);
};

/// All functions of one instruction set.
struct Kernels {
    simd::Isa isa;
    CodeKernels<std::int8_t> s8;
    CodeKernels<std::uint8_t> u8;
    CodeKernels<std::int16_t> s16;
    CodeKernels<std::uint16_t> u16;

    ExtremeBits (*extremes)(const float* x, std::size_t n);
    /// Adds 1 to the count of each x[i], for zeros to one of their places. All x are finite and
    /// below the end of the last octave. The memory behind x is asked for: more of x, most likely.
    void (*count)(const float* x, std::size_t n, const Bins& bins, std::uint64_t* counts);
    /// The same; no count may pass 2^16 - 1.
    void (*count_few)(const float* x, std::size_t n, const Bins& bins, std::uint16_t* counts);
    /// out[i] = the real that the code of x[i] stands for.
    void (*fake_quantize)(const float* x, std::size_t n, const Coding& coding, float* out);

    /// out[i][j] = fma(fl32(sums[i][j]), scales[j], bias[j]); `bias` may be null (zeros). `limits`,
    /// if not null, are two floats that cut the result in the order of the bits: -0 below +0.
    void (*dequantize_sums_block)(const std::int32_t* sums, std::ptrdiff_t sums_stride,
                                  std::ptrdiff_t rows, std::ptrdiff_t columns, const float* scales,
                                  const float* bias, const float* limits, float* out,
                                  std::ptrdiff_t out_stride);

    /// One row of n sums.
    void dequantize_sums(const std::int32_t* sums, std::size_t n, const float* scales,
                         const float* bias, const float* limits, float* out) const {
        dequantize_sums_block(sums, 0, 1, static_cast<std::ptrdiff_t>(n), scales, bias, limits, out,
                              0);
    }

    /// The functions for codes of type T.
    template <StoredCode T>
    [[nodiscard]] constexpr const CodeKernels<T>& of() const noexcept {
        if constexpr (std::same_as<T, std::int8_t>) {
            return s8;
        } else if constexpr (std::same_as<T, std::uint8_t>) {
            return u8;
        } else if constexpr (std::same_as<T, std::int16_t>) {
            return s16;
        } else {
            return u16;
        }
    }
};

}  // namespace intact::elementwise
