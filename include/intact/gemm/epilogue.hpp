// Epilogue: what happens to the sums of a product before they are stored.
//
// The product hands over a piece of a few rows, at most block_columns wide (256), at a time, while
// the sums are still in the first-level cache. An epilogue is a value with
//
//   using Output = ...;                                             type of one output
//   void store(Sums<std::int32_t> sums, const Piece& piece, Output* out, Index stride) const;
//   void store(Sums<std::int64_t> sums, const Piece& piece, Output* out, Index stride) const;
//                                                                   optional
//   const std::int32_t* initial_sums() const;                       optional
//   using Interleaved = ...;   using Quick = ...;                   itself; optional, see below
//
// store() reads piece.rows x piece.columns sums and writes as many outputs, rows `stride` apart,
// under the simd::DefaultEnvironment of the product; it must not start a product in the same
// workspace, and one that uses tiles (AMX) gives their configuration back. Several threads may call
// it at once, for different pieces. With the second form the product has no limit on k
// (limits.hpp). initial_sums() gives what each column starts from (an int32 bias), one a column, or
// nullptr. Raw is the one that does nothing.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>

#include "intact/gemm/blocking/sizes.hpp"

namespace intact::gemm {

/// Which part of the outputs is meant: at most most_step_sums of them (4096).
struct Piece {
    Index row;      ///< its first row
    Index column;   ///< its first column
    Index rows;     ///< at most most_step_rows
    Index columns;  ///< at most block_columns
};

/// Sums of a piece, rows `stride` apart.
template <class T>
struct Sums {
    const T* data;
    Index stride;

    [[nodiscard]] const T* row(Index i) const noexcept { return data + i * stride; }
};

template <class T>
concept Epilogue = requires(const T& epilogue, Sums<std::int32_t> sums, const Piece& piece,
                            typename T::Output* out, Index stride) {
    epilogue.store(sums, piece, out, stride);
};

/// An epilogue that also takes int64 sums.
template <class T>
concept WideEpilogue = Epilogue<T> &&
    requires(const T& epilogue, Sums<std::int64_t> sums, const Piece& piece,
             typename T::Output* out, Index stride) {
    epilogue.store(sums, piece, out, stride);
};

/// An epilogue to 8-bit codes that kernels can work out themselves, while they have the sums
/// at hand (elementwise/kernels/quick_codes.hpp): then store() is not called. It names itself, so
/// that what derives from it and stores in another way is not taken for it.
template <class T>
concept QuickEpilogue = Epilogue<T> && requires(const T& epilogue) {
    requires sizeof(typename T::Output) == 1;
    requires std::same_as<typename T::Quick, T>;
    { epilogue.factors } -> std::convertible_to<const double*>;
    { epilogue.quick_output() } -> std::same_as<elementwise::quick::Output>;
};

/// An epilogue that may run inside a kernel, among the products of another step: store() and all
/// that it calls leave tiles (AMX) alone. Others wait until the kernel returns. It names itself, as
/// above.
template <class T>
concept InterleavedEpilogue = Epilogue<T> && std::same_as<typename T::Interleaved, T>;

/// The int32 sums of the epilogue, nullptr where it names none.
template <Epilogue T>
[[nodiscard]] const std::int32_t* initial_sums(const T& epilogue) {
    if constexpr (requires { epilogue.initial_sums(); }) {
        return epilogue.initial_sums();
    } else {
        return nullptr;
    }
}

/// The sums as they are, with a bias where there is one.
struct Raw {
    using Output = std::int32_t;
    using Interleaved = Raw;

    const std::int32_t* bias = nullptr;  ///< one a column

    [[nodiscard]] const std::int32_t* initial_sums() const { return bias; }

    void store(Sums<std::int32_t> sums, const Piece& piece, Output* out, Index stride) const {
        for (Index i = 0; i < piece.rows; ++i) {
            std::copy_n(sums.row(i), piece.columns, out + i * stride);
        }
    }
};

/// The sums as they are, of any length.
struct Raw64 {
    using Output = std::int64_t;

    template <class Sum>
    void store(Sums<Sum> sums, const Piece& piece, Output* out, Index stride) const {
        for (Index i = 0; i < piece.rows; ++i) {
            std::copy_n(sums.row(i), piece.columns, out + i * stride);
        }
    }
};

static_assert(InterleavedEpilogue<Raw> && !WideEpilogue<Raw>);
static_assert(WideEpilogue<Raw64>);

}  // namespace intact::gemm
