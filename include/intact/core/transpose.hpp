// Transposes a matrix in memory: Eigen's matrices are column-major unless told otherwise, products
// read and write rows.
//
// Shapes   from [rows][columns], to [columns][rows], both with a stride between lines
// Cost     one read and one write a value; bytes go 16 x 16 at a time, values of 4 bytes 4 x 4, in
//          registers
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace intact {

#if defined(__GNUC__)
namespace detail {

using Bytes [[gnu::vector_size(16)]] = unsigned char;
using Words [[gnu::vector_size(16)]] = std::uint32_t;

/// The values of the low halves of a and b in turns.
inline Bytes low_in_turns(Bytes a, Bytes b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline Bytes high_in_turns(Bytes a, Bytes b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                   31);
}
inline Words low_in_turns(Words a, Words b) { return __builtin_shufflevector(a, b, 0, 4, 1, 5); }
inline Words high_in_turns(Words a, Words b) { return __builtin_shufflevector(a, b, 2, 6, 3, 7); }

/// Lines of a square that fills as many registers: of bytes 16, of words 4.
template <class Vector>
inline constexpr int side = sizeof(Vector) / sizeof(Vector{}[0]);

/// Transposes a square in registers. Each round turns one bit of the column's number into one of
/// the row's.
template <class Vector>
[[gnu::always_inline]] inline void transpose_square(Vector* lines) {
    constexpr int half = side<Vector> / 2;
#pragma GCC unroll 4
    for (int bit = 1; bit < side<Vector>; bit *= 2) {
        Vector mixed[std::size_t{2 * half}];
#pragma GCC unroll 8
        for (int i = 0; i < half; ++i) {
            mixed[2 * i] = low_in_turns(lines[i], lines[i + half]);
            mixed[2 * i + 1] = high_in_turns(lines[i], lines[i + half]);
        }
#pragma GCC unroll 16
        for (int i = 0; i < 2 * half; ++i) lines[i] = mixed[i];
    }
}

/// Copies 1 to 16 bytes: those of the start and those of the end, which may be the same.
inline void copy_some(const void* from, std::ptrdiff_t count, void* to) {
    const auto ends = [&](auto part) {
        constexpr auto size = static_cast<std::ptrdiff_t>(sizeof(part));
        auto last = part;
        std::memcpy(&part, from, sizeof(part));
        std::memcpy(&last, static_cast<const std::byte*>(from) + count - size, sizeof(part));
        std::memcpy(to, &part, sizeof(part));
        std::memcpy(static_cast<std::byte*>(to) + count - size, &last, sizeof(part));
    };
    if (count >= 8) {
        ends(std::uint64_t{});
    } else if (count >= 4) {
        ends(std::uint32_t{});
    } else if (count >= 2) {
        ends(std::uint16_t{});
    } else {
        ends(std::uint8_t{});
    }
}

/// Transposes rows x columns of at most a square.
template <class Vector, class T>
void transpose_part(const T* from, std::ptrdiff_t rows, std::ptrdiff_t columns,
                    std::ptrdiff_t from_stride, T* to, std::ptrdiff_t to_stride) {
    constexpr auto size = static_cast<std::ptrdiff_t>(sizeof(T));
    Vector lines[side<Vector>] = {};
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
        copy_some(from + i * from_stride, columns * size, &lines[i]);
    }
    transpose_square(lines);
    for (std::ptrdiff_t j = 0; j < columns; ++j) {
        copy_some(&lines[j], rows * size, to + j * to_stride);
    }
}

/// Transposes a whole square.
template <class Vector, class T>
void transpose_whole(const T* from, std::ptrdiff_t from_stride, T* to, std::ptrdiff_t to_stride) {
    Vector lines[side<Vector>];
#pragma GCC unroll 16
    for (int i = 0; i < side<Vector>; ++i) {
        std::memcpy(&lines[i], from + i * from_stride, sizeof(Vector));
    }
    transpose_square(lines);
#pragma GCC unroll 16
    for (int j = 0; j < side<Vector>; ++j) {
        std::memcpy(to + j * to_stride, &lines[j], sizeof(Vector));
    }
}

/// Transposes square by square, and goes along the lines of that side first whose lines are farther
/// apart, so that it passes each of their cache lines once. The last squares reach back over those
/// before them.
template <class Vector, class T>
void transpose_squares(const T* from, std::ptrdiff_t rows, std::ptrdiff_t columns,
                       std::ptrdiff_t from_stride, T* to, std::ptrdiff_t to_stride) {
    constexpr std::ptrdiff_t step = side<Vector>;
    const auto square = [&](std::ptrdiff_t i, std::ptrdiff_t j) {
        if (rows < step || columns < step) {
            transpose_part<Vector>(from + i * from_stride + j, std::min(step, rows - i),
                                   std::min(step, columns - j), from_stride, to + j * to_stride + i,
                                   to_stride);
        } else {
            const std::ptrdiff_t row = std::min(i, rows - step);
            const std::ptrdiff_t column = std::min(j, columns - step);
            transpose_whole<Vector>(from + row * from_stride + column, from_stride,
                                    to + column * to_stride + row, to_stride);
        }
    };
    if (from_stride > to_stride) {
        for (std::ptrdiff_t i = 0; i < rows; i += step) {
            for (std::ptrdiff_t j = 0; j < columns; j += step) square(i, j);
        }
    } else {
        for (std::ptrdiff_t j = 0; j < columns; j += step) {
            for (std::ptrdiff_t i = 0; i < rows; i += step) square(i, j);
        }
    }
}

}  // namespace detail
#endif

/// Writes from[i * from_stride + j] to to[j * to_stride + i]; they do not overlap.
template <class T>
void transpose(const T* from, std::ptrdiff_t rows, std::ptrdiff_t columns,
               std::ptrdiff_t from_stride, T* to, std::ptrdiff_t to_stride) {
#if defined(__GNUC__)
    if constexpr (sizeof(T) == 1) {
        detail::transpose_squares<detail::Bytes>(from, rows, columns, from_stride, to, to_stride);
        return;
    } else if constexpr (sizeof(T) == 4) {
        detail::transpose_squares<detail::Words>(from, rows, columns, from_stride, to, to_stride);
        return;
    }
#endif
    for (std::ptrdiff_t j = 0; j < columns; ++j) {
        for (std::ptrdiff_t i = 0; i < rows; ++i) {
            to[j * to_stride + i] = from[i * from_stride + j];
        }
    }
}

/// Copies a matrix of any layout to contiguous rows that lie `to_stride` apart.
template <class T>
void copy_rows(const T* from, std::ptrdiff_t rows, std::ptrdiff_t columns,
               std::ptrdiff_t row_stride, std::ptrdiff_t column_stride, T* to,
               std::ptrdiff_t to_stride) {
    if (row_stride == 1) {
        transpose(from, columns, rows, column_stride, to, to_stride);
        return;
    }
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
        for (std::ptrdiff_t j = 0; j < columns; ++j) {
            to[i * to_stride + j] = from[i * row_stride + j * column_stride];
        }
    }
}

}  // namespace intact
