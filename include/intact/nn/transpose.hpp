// Transposes a matrix in memory, as Flatten does with the pixels and channels of an image.
//
// Cost     one read and one write a value; bytes go 16 x 16 at a time, in registers.
#pragma once

#include <cstddef>
#include <cstring>

namespace intact::nn {

#if defined(__GNUC__)
namespace detail {

using Bytes [[gnu::vector_size(16)]] = unsigned char;

/// The bytes of the low halves of a and b in turns.
inline Bytes low_in_turns(Bytes a, Bytes b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline Bytes high_in_turns(Bytes a, Bytes b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                   31);
}

/// Transposes 16 x 16 bytes, given the bytes from one row to the next of both.
inline void transpose_block(const void* from, std::ptrdiff_t from_stride, void* to,
                            std::ptrdiff_t to_stride) {
    Bytes rows[16];
    for (int i = 0; i < 16; ++i) {
        std::memcpy(&rows[i], static_cast<const std::byte*>(from) + i * from_stride, 16);
    }
    // Each round turns one bit of the column's number into one of the row's.
    for (int round = 0; round < 4; ++round) {
        Bytes mixed[16];
        for (int i = 0; i < 8; ++i) {
            mixed[2 * i] = low_in_turns(rows[i], rows[i + 8]);
            mixed[2 * i + 1] = high_in_turns(rows[i], rows[i + 8]);
        }
        std::memcpy(rows, mixed, sizeof(rows));
    }
    for (int i = 0; i < 16; ++i) {
        std::memcpy(static_cast<std::byte*>(to) + i * to_stride, &rows[i], 16);
    }
}

}  // namespace detail
#endif

/// Writes `from` [rows][columns] as [columns][rows]; they do not overlap.
template <class T>
void transpose(const T* from, std::ptrdiff_t rows, std::ptrdiff_t columns, T* to) {
#if defined(__GNUC__)
    if constexpr (sizeof(T) == 1) {
        if (rows >= 16 && columns >= 16) {
            // The last blocks reach back over those before them.
            for (std::ptrdiff_t i = 0; i < rows; i += 16) {
                const std::ptrdiff_t row = i + 16 <= rows ? i : rows - 16;
                for (std::ptrdiff_t j = 0; j < columns; j += 16) {
                    const std::ptrdiff_t column = j + 16 <= columns ? j : columns - 16;
                    detail::transpose_block(from + row * columns + column, columns,
                                            to + column * rows + row, rows);
                }
            }
            return;
        }
    }
#endif
    for (std::ptrdiff_t j = 0; j < columns; ++j) {
        for (std::ptrdiff_t i = 0; i < rows; ++i) to[j * rows + i] = from[i * columns + j];
    }
}

}  // namespace intact::nn
