// The table of all element-wise kernels with AVX-512 BW.
#pragma once

#include "intact/elementwise/kernels/avx2.hpp"
#include "intact/elementwise/kernels/avx512_dequantize.hpp"
#include "intact/elementwise/kernels/avx512_requantize.hpp"

#if INTACT_X86

namespace intact::elementwise::avx512 {

inline constexpr Kernels kernels{
    .isa = simd::Isa::avx512_bw,
    .s8 = {avx2::quantize<std::int8_t>, avx2::dequantize<std::int8_t>,
           requantize_block<std::int8_t>, avx2::sum<std::int8_t>},
    .u8 = {avx2::quantize<std::uint8_t>, avx2::dequantize<std::uint8_t>,
           requantize_block<std::uint8_t>, avx2::sum<std::uint8_t>},
    .s16 = {avx2::quantize<std::int16_t>, avx2::dequantize<std::int16_t>,
            requantize_block<std::int16_t>, portable::sum<std::int16_t>},
    .u16 = {avx2::quantize<std::uint16_t>, avx2::dequantize<std::uint16_t>,
            requantize_block<std::uint16_t>, portable::sum<std::uint16_t>},
    .extremes = avx2::extremes,
    .dequantize_sums_block = dequantize_sums_block};

}  // namespace intact::elementwise::avx512
#endif
