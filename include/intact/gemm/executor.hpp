// Executor: who works out the parts of a product, and how it is cut into them.
//
// An executor is a value or an object with
//
//   Index size() const;                 how many parts it runs at a time
//   void run(Index count, const F& f);  calls f(0) ... f(count - 1), each once, in any order and on
//                                       any threads; comes back when all are done
//
// and, if it knows, what it takes to ask another thread: static constexpr Index hand_over_ns.
//
// CallersThread is the plain one; ThreadTeam (thread_team.hpp) and EigenPool (eigen_pool.hpp) have
// threads. No result depends on the executor.
//
// Errors   what f throws leaves run(), once no part runs any more
// Cost     a product is cut only as far as each part takes twice as long as handing it over
//
//   intact::ThreadTeam team(4);
//   intact::multiply(x8, packed, intact::Dequantize(bias), y, team);
#pragma once

#include <algorithm>
#include <concepts>

#include "intact/gemm/blocking/part.hpp"

namespace intact {

namespace detail {

/// What the concept below calls an executor with.
struct AnyTask {
    void operator()(gemm::Index) const {}
};

}  // namespace detail

template <class T>
concept Executor = requires(T& executor, gemm::Index count, const detail::AnyTask& task) {
    { executor.size() } -> std::convertible_to<gemm::Index>;
    executor.run(count, task);
};

/// Runs everything where it is called.
struct CallersThread {
    [[nodiscard]] static constexpr gemm::Index size() noexcept { return 1; }

    template <class F>
    static void run(gemm::Index count, const F& f) {
        for (gemm::Index i = 0; i < count; ++i) f(i);
    }
};

static_assert(Executor<const CallersThread>);

namespace gemm {

/// Nanoseconds that an executor takes to hand over a part.
template <Executor X>
[[nodiscard]] constexpr Index hand_over_ns() noexcept {
    if constexpr (requires { X::hand_over_ns; }) {
        return X::hand_over_ns;
    } else {
        return 10'000;
    }
}

/// A product cut into parts along its longer side, in whole tiles of rows or blocks of columns;
/// along the other one where those divide clearly better.
class Division {
public:
    /// At most `most` parts, each of which takes at least twice as long as handing it over.
    Division(Index m, Index n, Index k, Index most, Index hand_over_ns,
             const Kernel& kernel) noexcept
        : m_(m), n_(n) {
        const double worth =  // operations
            2.0 * static_cast<double>(hand_over_ns) * static_cast<double>(kernel.gops);
        const double work =
            2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
        if (most <= 1 || work < 2.0 * worth) return;
        const auto worthwhile = static_cast<Index>(std::min(work / worth, 1e6));
        const Index tiles = (m + kernel.rows - 1) / kernel.rows;
        const Index blocks = round_up(n, usual_block_columns) / usual_block_columns;
        const Index count = std::min(most, worthwhile);
        by_rows_ = tiles >= blocks;
        const double rows_share = largest_share(m, kernel.rows, tiles, count);
        const double columns_share = largest_share(n, usual_block_columns, blocks, count);
        if (std::min(rows_share, columns_share) < 0.95 * (by_rows_ ? rows_share : columns_share)) {
            by_rows_ = !by_rows_;
        }
        unit_ = by_rows_ ? kernel.rows : usual_block_columns;
        units_ = by_rows_ ? tiles : blocks;
        count_ = std::clamp<Index>(count, 1, std::max<Index>(1, units_));
    }

    [[nodiscard]] Index count() const noexcept { return count_; }

    [[nodiscard]] Part part(Index i) const noexcept {
        if (count_ == 1) return {0, m_, 0, n_};  // divisions take as long as a small product
        const Index end = by_rows_ ? m_ : n_;
        const Index first = std::min(end, units_ * i / count_ * unit_);
        const Index last = std::min(end, units_ * (i + 1) / count_ * unit_);
        if (by_rows_) return {first, last - first, 0, n_};
        return {0, m_, first, last - first};
    }

private:
    /// Of `size` rows or columns, at most, of the part that has most of them.
    [[nodiscard]] static double largest_share(Index size, Index unit, Index units,
                                              Index count) noexcept {
        const Index most = std::min(size, (units + count - 1) / count * unit);
        return static_cast<double>(most) / static_cast<double>(size);
    }

    Index m_;
    Index n_;
    Index unit_ = 1;
    Index units_ = 0;
    Index count_ = 1;
    bool by_rows_ = true;
};

}  // namespace gemm
}  // namespace intact
