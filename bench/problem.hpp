// One product to be measured: random codes over their full range, and room for its results.
//
// Shapes   a [m, k] and w [n, k], contiguous rows; out [m, n] of any type up to 4 bytes
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <numbers>
#include <random>

#include "bench/shapes.hpp"

namespace bench {

/// Types of the activations and of the results; weights are int8.
enum class Kind { u8_s32, u8_u8, s8_s32, s8_s8, f32 };

inline constexpr std::array int8_kinds{Kind::u8_s32, Kind::u8_u8, Kind::s8_s32, Kind::s8_s8};
inline constexpr std::array all_kinds{Kind::u8_s32, Kind::u8_u8, Kind::s8_s32, Kind::s8_s8,
                                      Kind::f32};

[[nodiscard]] constexpr const char* name(Kind kind) noexcept {
    constexpr std::array names{"u8>s32", "u8>u8", "s8>s32", "s8>s8", "f32"};
    return names[static_cast<std::size_t>(kind)];
}

/// The kind with the same activations that gives the sums themselves.
[[nodiscard]] constexpr Kind sums_of(Kind kind) noexcept {
    return kind == Kind::u8_u8 ? Kind::u8_s32 : kind == Kind::s8_s8 ? Kind::s8_s32 : kind;
}

/// Memory that starts at a page, as large arrays do.
class Buffer {
public:
    explicit Buffer(std::ptrdiff_t bytes)
        : bytes_(static_cast<std::size_t>(bytes)),
          data_(static_cast<unsigned char*>(::operator new(bytes_ + 64, page))) {
        std::memset(data_.get(), 0, bytes_ + 64);
    }

    template <class T>
    [[nodiscard]] T* as() const noexcept {
        return reinterpret_cast<T*>(data_.get());
    }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    static constexpr std::align_val_t page{4096};
    struct Delete {
        void operator()(unsigned char* memory) const noexcept { ::operator delete(memory, page); }
    };

    std::size_t bytes_;
    std::unique_ptr<unsigned char[], Delete> data_;
};

struct Problem {
    explicit Problem(const Shape& wanted)
        : shape(wanted),
          a(wanted.m * wanted.k),
          w(wanted.n * wanted.k),
          out(wanted.m * wanted.n * 4) {
        std::mt19937_64 generator(1);
        for (const Buffer* buffer : {&a, &w}) {
            for (std::size_t i = 0; i < buffer->bytes(); i += 8) {
                const std::uint64_t codes = generator();
                std::memcpy(buffer->as<char>() + i, &codes, 8);
            }
        }
    }

    /// Whether int32 results in `out` are the exact product, at some places all over it.
    [[nodiscard]] bool is_exact(Kind kind) const {
        const std::ptrdiff_t count = shape.m * shape.n;
        for (std::ptrdiff_t i = 0; i < 64; ++i) {
            const std::ptrdiff_t at = i * 2654435761 % count;
            const bool is_unsigned = kind == Kind::u8_s32;
            const std::int64_t sum = is_unsigned ? dot<std::uint8_t>(at) : dot<std::int8_t>(at);
            if (out.as<std::int32_t>()[at] != sum) return false;
        }
        return true;
    }

    Shape shape;
    Buffer a;
    Buffer w;
    Buffer out;

private:
    template <class T>
    [[nodiscard]] std::int64_t dot(std::ptrdiff_t at) const {
        const T* row = a.as<T>() + at / shape.n * shape.k;
        const auto* column = w.as<std::int8_t>() + at % shape.n * shape.k;
        std::int64_t sum = 0;
        for (std::ptrdiff_t p = 0; p < shape.k; ++p) sum += row[p] * column[p];
        return sum;
    }
};

/// The factor that spreads sums of `k` products of random codes over the range of a code. No simple
/// fraction, as scales of trained networks are none: sums are hardly ever half-way between codes.
[[nodiscard]] inline double code_factor(std::ptrdiff_t k) {
    return 1.0 / (80.0 * std::numbers::pi * std::sqrt(static_cast<double>(k)));
}

}  // namespace bench
