// The product of 8-bit codes with packed weights: y = x * transpose(W), exact integer sums, handed
// to an epilogue while they are in the first-level cache.
//
// Shapes   x [m, k], W [n, k] packed, out [m, n] with any strides (it must not overlap x)
// Errors   std::invalid_argument  k differs; a zero point is not a code; the sums can leave int32
//                                 and the epilogue takes no int64 (limits.hpp)
// Cost     2 m n k operations; allocates only until the workspace has grown to its size.
//
//   gemm::multiply(x, packed, gemm::Raw(), sums, n, 1);
//   gemm::multiply_with(team, x, packed, gemm::Raw(), sums, n, 1);   // on several threads
#pragma once

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "intact/core/error.hpp"
#include "intact/gemm/blocking/part.hpp"
#include "intact/gemm/blocking/small_product.hpp"
#include "intact/gemm/dispatch.hpp"
#include "intact/gemm/executor.hpp"
#include "intact/gemm/limits.hpp"
#include "intact/simd/environment.hpp"

namespace intact::gemm {

namespace detail {

/// Largest magnitude of `count` int32s, 0 for nullptr.
[[nodiscard]] inline std::int64_t largest_magnitude(const std::int32_t* values, Index count) {
    if (values == nullptr) return 0;
    const auto [least, most] = std::minmax_element(values, values + count);
    return std::max(std::int64_t{*most}, -std::int64_t{*least});
}

/// Whether sums that start from `bias` (one a column, or nullptr) stay within int32.
[[nodiscard]] inline bool fits_int32(Index k, std::int64_t level_a, std::int64_t level_b,
                                     const std::int32_t* bias, Index count) {
    // The bits of all magnitudes together bound the largest one, at an operation or two a column.
    std::int32_t bits = 0;
    for (Index j = 0; bias != nullptr && j < count; ++j) bits |= bias[j] ^ (bias[j] >> 31);
    if (gemm::fits_int32(k, level_a, level_b, bits == 0 ? 0 : std::int64_t{bits} + 1)) return true;
    return gemm::fits_int32(k, level_a, level_b, largest_magnitude(bias, count));
}

/// The environment that an epilogue runs in. Raw has no floats to round, and a small product of
/// integers takes hardly longer than asking which environment there is.
struct AnyEnvironment {};
template <class E>
using EnvironmentOf =
    std::conditional_t<std::is_same_v<E, Raw>, AnyEnvironment, simd::DefaultEnvironment>;

/// Whether a product packs long rows (CanonicalRows): for many columns of 8-bit codes. Sums that
/// come and go with pieces of k cost more than that saves where they go to the output.
[[nodiscard]] constexpr bool packs_long_rows(Index columns, std::size_t output_bytes) noexcept {
    constexpr Index many_columns = 768;
    return output_bytes == 1 && columns >= many_columns;
}

/// Checks a product and works it out if it is small; leaves larger ones to run(rows, is_wide).
template <Byte T, Epilogue E, class Run>
void multiply_small_or(const Operand<T>& a, const Packed& b, const E& epilogue,
                       const Output<typename E::Output>& out, const Kernel& kernel, Run&& run) {
    constexpr const char* where = "gemm::multiply";
    require(a.k == b.k(), where, "the summed dimensions differ, expected ", b.k(), ", given ", a.k);
    const std::int64_t level = largest_level(a, where);
    if (a.rows == 0 || b.n() == 0) return;
    const std::int32_t* const bias = initial_sums(epilogue);
    const bool fits = fits_int32(a.k, level, b.level(), bias, b.n());
    if (!fits && !WideEpilogue<E>) {
        fail(where, "the sums can leave int32, expected at most ",
             largest_k(level, b.level(), largest_magnitude(bias, b.n())),
             " terms (more only with float or int64 outputs), given ", a.k);
    }
    if (fits && is_small(a, b, kernel)) {
        [[maybe_unused]] const EnvironmentOf<E> environment;
        multiply_small(a, b, epilogue, out, kernel);
    } else {
        const bool packs_long = packs_long_rows(b.n(), sizeof(typename E::Output));
        run(CanonicalRows(a, kernel, packs_long), !fits);
    }
}

template <Epilogue E>
void multiply_part(const CanonicalRows& a, const Packed& b, const E& epilogue,
                   const Output<typename E::Output>& out, const Part& part, bool is_wide,
                   const Kernel& kernel, Workspace& workspace) {
    [[maybe_unused]] const EnvironmentOf<E> environment;
    if constexpr (WideEpilogue<E>) {
        if (is_wide) {
            gemm::multiply_part<std::int64_t>(a, b, epilogue, out, part, kernel, workspace);
            return;
        }
    }
    gemm::multiply_part<std::int32_t>(a, b, epilogue, out, part, kernel, workspace);
}

}  // namespace detail

/// out(i, j) = epilogue(sum over p of (a(i, p) - za(i)) * (b(j, p) - zb(j))).
template <Byte T, Epilogue E>
void multiply(const Operand<T>& a, const Packed& b, const E& epilogue, typename E::Output* out,
              Index row_stride, Index column_stride, const Kernel& kernel,
              Workspace& workspace = thread_workspace()) {
    const Output<typename E::Output> to{out, row_stride, column_stride};
    detail::multiply_small_or(
        a, b, epilogue, to, kernel, [&](const CanonicalRows& rows, bool is_wide) {
            detail::multiply_part(rows, b, epilogue, to, {0, a.rows, 0, b.n()}, is_wide, kernel,
                                  workspace);
        });
}

/// The same with the kernel that suits its size.
template <Byte T, Epilogue E>
void multiply(const Operand<T>& a, const Packed& b, const E& epilogue, typename E::Output* out,
              Index row_stride, Index column_stride) {
    multiply(a, b, epilogue, out, row_stride, column_stride, best_kernel(a.rows, b.n(), a.k));
}

/// The same on the threads of an executor, each with its own workspace.
template <Executor X, Byte T, Epilogue E>
void multiply_with(X& executor, const Operand<T>& a, const Packed& b, const E& epilogue,
                   typename E::Output* out, Index row_stride, Index column_stride,
                   const Kernel& kernel) {
    const Output<typename E::Output> to{out, row_stride, column_stride};
    detail::multiply_small_or(
        a, b, epilogue, to, kernel, [&](const CanonicalRows& rows, bool is_wide) {
            const Division division(a.rows, b.n(), a.k, executor.size(), hand_over_ns<X>(), kernel);
            const auto run = [&](Index i) {
                detail::multiply_part(rows, b, epilogue, to, division.part(i), is_wide, kernel,
                                      thread_workspace());
            };
            if (division.count() == 1) {
                run(0);  // not worth anybody's while to be asked
            } else {
                executor.run(division.count(), run);
            }
        });
}

template <Executor X, Byte T, Epilogue E>
void multiply_with(X& executor, const Operand<T>& a, const Packed& b, const E& epilogue,
                   typename E::Output* out, Index row_stride, Index column_stride) {
    multiply_with(executor, a, b, epilogue, out, row_stride, column_stride,
                  best_kernel(a.rows, b.n(), a.k));
}

/// Bytes of workspace that one thread needs for the product of `a` with `b`, at most.
template <Byte T>
[[nodiscard]] std::size_t workspace_bytes(const Operand<T>& a, const Packed& b,
                                          const Kernel& kernel) {
    const CanonicalRows rows(a, kernel, detail::packs_long_rows(b.n(), sizeof(std::uint8_t)));
    return strip_bytes(rows, a.rows, kernel);
}

/// The same for the kernel that suits the size of the product.
template <Byte T>
[[nodiscard]] std::size_t workspace_bytes(const Operand<T>& a, const Packed& b) {
    return workspace_bytes(a, b, best_kernel(a.rows, b.n(), a.k));
}

}  // namespace intact::gemm
