// What the product tests share: random operands with any layout and zero points, comparison with
// the definition, and a count of the products that each kernel got right.
#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "intact/gemm/multiply.hpp"
#include "intact/gemm/reference.hpp"
#include "tests/kernel_counts.hpp"

namespace gemm_cases {

using namespace intact;
using gemm::Index;
using Counts = KernelCounts;

/// A kernel as processors with spare vector pipes run it and, where that is another, as others do.
inline std::vector<gemm::Kernel> forms_of(const gemm::Kernel& kernel) {
    if (kernel.multiply_sharing == nullptr) return {kernel};
    return {kernel, gemm::detail::sharing_pipes(kernel)};
}

/// The kernels that this machine runs, in all forms; the others count as skipped.
inline std::vector<gemm::Kernel> runnable() {
    std::vector<gemm::Kernel> found;
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        if (!simd::supports(kernel.isa)) continue;
        for (const gemm::Kernel& form : forms_of(kernel)) found.push_back(form);
    }
    return found;
}

struct Shape {
    Index m, n, k;
};

/// How the codes and sums of one case lie, and which zero points they have.
struct Layout {
    bool a_by_columns = false;
    bool b_by_columns = false;
    bool out_by_columns = false;
    bool zero_points_of_rows = false;        // of A
    bool zero_points_of_columns = false;     // of the product: rows of W
    bool zero_points_are_canonical = false;  // no row sums needed

    /// One of the 64 layouts.
    static Layout number(unsigned index) {
        const auto bit = [index](unsigned i) { return (index >> i & 1U) != 0; };
        return {bit(0), bit(1), bit(2), bit(3), bit(4), bit(5)};
    }
};

template <class T>
using Limits = std::numeric_limits<T>;

template <class T>
std::vector<T> random_codes(Index count, std::mt19937& generator) {
    std::uniform_int_distribution<int> code(Limits<T>::min(), Limits<T>::max());
    std::vector<T> codes(static_cast<std::size_t>(count));
    for (T& one : codes) one = static_cast<T>(code(generator));
    return codes;
}

/// One side of a product with its memory; rows are one spare code apart where they are contiguous.
template <class T>
struct Side {
    Side(Index rows, Index k, bool by_columns, bool zero_points_of_rows, std::mt19937& generator)
        : codes(random_codes<T>((rows + 1) * (k + 1), generator)) {
        for (const T zero_point : random_codes<T>(rows, generator)) {
            zero_points.push_back(zero_point);
        }
        operand = {.data = codes.data(),
                   .rows = rows,
                   .k = k,
                   .row_stride = by_columns ? 1 : k + 1,
                   .column_stride = by_columns ? rows : 1,
                   .zero_point = rows > 0 ? zero_points.front() : 0,
                   .zero_points = zero_points_of_rows ? zero_points.data() : nullptr};
    }
    Side(const Side&) = delete;
    Side& operator=(const Side&) = delete;

    void fill(T code) { codes.assign(codes.size(), code); }

    std::vector<T> codes;
    std::vector<std::int32_t> zero_points;
    gemm::Operand<T> operand;
};

/// Whether a product that is_small() gives the same in the way of larger ones; `given` lies as the
/// output of that product, untouched where it has none.
template <class A, gemm::Epilogue E, class T = typename E::Output>
bool is_same_by_parts(const gemm::Operand<A>& a, const gemm::Packed& packed, const E& epilogue,
                      const std::vector<T>& given, T untouched, Index row_stride,
                      Index column_stride, const gemm::Kernel& kernel) {
    if (!gemm::is_small(a, packed, kernel)) return true;
    std::vector<T> by_parts(given.size(), untouched);
    gemm::multiply_part<std::int32_t>(gemm::CanonicalRows(a, kernel), packed, epilogue,
                                      {by_parts.data(), row_stride, column_stride},
                                      {0, a.rows, 0, packed.n()}, kernel, gemm::thread_workspace());
    return by_parts == given;
}

/// Where `kernel` departs from the definition; empty if nowhere.
template <class A, class B>
std::string departure(const gemm::Operand<A>& a, const gemm::Operand<B>& b, bool out_by_columns,
                      const gemm::Kernel& kernel) {
    constexpr std::int32_t untouched = 0x5a5a5a5a;
    const Index m = a.rows;
    const Index n = b.rows;
    const Index row_stride = out_by_columns ? 1 : n + 3;
    const Index column_stride = out_by_columns ? m + 3 : 1;
    std::vector<std::int32_t> sums(static_cast<std::size_t>((m + 3) * (n + 3)), untouched);
    const gemm::Packed packed = gemm::pack(b);
    gemm::multiply(a, packed, gemm::Raw(), sums.data(), row_stride, column_stride, kernel);
    if (!is_same_by_parts(a, packed, gemm::Raw(), sums, untouched, row_stride, column_stride,
                          kernel)) {
        return "is another by parts";
    }

    std::ostringstream text;
    Index written = 0;
    for (Index i = 0; i < m; ++i) {
        for (Index j = 0; j < n; ++j) {
            std::int32_t& sum = sums[static_cast<std::size_t>(i * row_stride + j * column_stride)];
            const std::int64_t expected = gemm::reference_sum(a, b, i, j);
            if (sum != expected) {
                text << m << "x" << n << "x" << a.k << " at (" << i << ", " << j << "): expected "
                     << expected << ", given " << sum;
                return text.str();
            }
            sum = untouched;
            ++written;
        }
    }
    for (const std::int32_t sum : sums) {
        if (sum != untouched) return "wrote outside of the output";
    }
    return text.str();
}

/// The same on random codes.
template <class A, class B>
std::string departure(const Shape& shape, const Layout& layout, const gemm::Kernel& kernel,
                      std::mt19937& generator) {
    Side<A> a(shape.m, shape.k, layout.a_by_columns, layout.zero_points_of_rows, generator);
    Side<B> b(shape.n, shape.k, layout.b_by_columns, layout.zero_points_of_columns, generator);
    if (layout.zero_points_are_canonical) {
        b.operand.zero_point = std::is_signed_v<B> ? 0 : 128;
        b.operand.zero_points = nullptr;
    }
    return departure(a.operand, b.operand, layout.out_by_columns, kernel);
}

/// Every pair of types at every edge of the kernel's tile; returns the first departure.
inline std::string departure_at_edges(const gemm::Kernel& kernel, const std::vector<Index>& ks,
                                      int& cases) {
    std::mt19937 generator(7);
    std::vector<Index> ms;
    for (Index m = 1; m <= kernel.rows + 1; ++m) ms.push_back(m);
    ms.push_back(2 * kernel.rows + 1);
    const Index nr = kernel.columns;
    const std::vector<Index> ns{1, 5, 9, 15, 16, 17, nr - 1, nr, nr + 1, 64, 65};
    unsigned index = 0;
    std::string found;
    const auto run = [&](std::string text) {
        ++cases;
        found = std::move(text);
        return found.empty();
    };
    for (const Index m : ms) {
        for (const Index n : ns) {
            for (const Index k : ks) {
                const Shape shape{m, n, k};
                index += 11;  // visits all layouts
                const Layout layout = Layout::number(index);
                const bool right =
                    run(departure<std::uint8_t, std::int8_t>(shape, layout, kernel, generator)) &&
                    run(departure<std::int8_t, std::int8_t>(shape, layout, kernel, generator)) &&
                    run(departure<std::uint8_t, std::uint8_t>(shape, layout, kernel, generator)) &&
                    run(departure<std::int8_t, std::uint8_t>(shape, layout, kernel, generator));
                if (!right) return found;
            }
        }
    }
    return found;
}

/// Codes and zero points at their ends, which a saturating instruction gets wrong.
template <class A, class B>
std::string departure_at_extremes(const gemm::Kernel& kernel, const Shape& shape, int& cases) {
    std::mt19937 generator(8);
    Side<A> a(shape.m, shape.k, false, false, generator);
    Side<B> b(shape.n, shape.k, false, false, generator);
    for (const int a_code : {int{Limits<A>::min()}, int{Limits<A>::max()}}) {
        for (const int b_code : {int{Limits<B>::min()}, int{Limits<B>::max()}}) {
            for (const int za : {int{Limits<A>::min()}, int{Limits<A>::max()}}) {
                for (const int zb : {int{Limits<B>::min()}, int{Limits<B>::max()}}) {
                    a.fill(static_cast<A>(a_code));
                    b.fill(static_cast<B>(b_code));
                    a.operand.zero_point = za;
                    b.operand.zero_point = zb;
                    ++cases;
                    const std::string found = departure(a.operand, b.operand, false, kernel);
                    if (!found.empty()) return found;
                }
            }
        }
    }
    return {};
}

/// The same for every pair of types.
inline std::string departure_at_extremes(const gemm::Kernel& kernel, const Shape& shape,
                                         int& cases) {
    using u8 = std::uint8_t;
    using s8 = std::int8_t;
    for (const std::string& found : {departure_at_extremes<u8, s8>(kernel, shape, cases),
                                     departure_at_extremes<s8, s8>(kernel, shape, cases),
                                     departure_at_extremes<u8, u8>(kernel, shape, cases),
                                     departure_at_extremes<s8, u8>(kernel, shape, cases)}) {
        if (!found.empty()) return found;
    }
    return {};
}

}  // namespace gemm_cases
