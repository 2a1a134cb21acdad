// Epilogue: what happens to the sums of a product before they are stored.
//
// The product hands over pieces of one row at a time, while the sums are still in the first-level
// cache. An epilogue is a value with
//
//   using Output = ...;                                             type of one output
//   void store(const std::int32_t* sums, const Piece& piece, Output* out) const;
//   void store(const std::int64_t* sums, const Piece& piece, Output* out) const;    optional
//   const std::int32_t* initial_sums() const;                                       optional
//
// store() reads and writes piece.count values, under the simd::DefaultEnvironment of the product;
// it must not start a product in the same workspace. With the second form the product has no limit
// on k (limits.hpp). initial_sums() gives what each column starts from (an int32 bias), one a
// column, or nullptr. Raw is the one that does nothing.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>

#include "intact/gemm/blocking.hpp"

namespace intact::gemm {

/// Part of one row of outputs.
struct Piece {
    Index row;     ///< row of the output
    Index column;  ///< its first column
    Index count;   ///< number of columns, at most block_columns
};

template <class T>
concept Epilogue = requires(const T& epilogue, const std::int32_t* sums, const Piece& piece,
                            typename T::Output* out) {
    epilogue.store(sums, piece, out);
};

/// An epilogue that also takes int64 sums.
template <class T>
concept WideEpilogue = Epilogue<T> && requires(const T& epilogue, const std::int64_t* sums,
                                               const Piece& piece, typename T::Output* out) {
    epilogue.store(sums, piece, out);
};

/// The int32 sums of the epilogue, nullptr where it names none.
template <Epilogue T>
[[nodiscard]] const std::int32_t* initial_sums(const T& epilogue) {
    if constexpr (requires { epilogue.initial_sums(); }) {
        return epilogue.initial_sums();
    } else {
        return nullptr;
    }
}

/// The sums as they are.
struct Raw {
    using Output = std::int32_t;

    void store(const std::int32_t* sums, const Piece& piece, Output* out) const {
        std::copy_n(sums, piece.count, out);
    }
};

/// The sums as they are, of any length.
struct Raw64 {
    using Output = std::int64_t;

    void store(const std::int32_t* sums, const Piece& piece, Output* out) const {
        std::copy_n(sums, piece.count, out);
    }
    void store(const std::int64_t* sums, const Piece& piece, Output* out) const {
        std::copy_n(sums, piece.count, out);
    }
};

static_assert(Epilogue<Raw> && !WideEpilogue<Raw>);
static_assert(WideEpilogue<Raw64>);

}  // namespace intact::gemm
