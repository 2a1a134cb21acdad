// Scratch memory of a product: grows to the largest product seen, then never allocates again.
//
// One workspace serves one product at a time; each thread has its own by default, so several
// threads may multiply at once.
#pragma once

#include <cstddef>

#include "intact/gemm/aligned_vector.hpp"
#include "intact/gemm/kernel.hpp"

namespace intact::gemm {

class Workspace {
public:
    /// Bytes that `count` values of T take, up to a whole cache line.
    template <class T>
    [[nodiscard]] static constexpr std::size_t bytes(Index count) noexcept {
        const std::size_t exact = static_cast<std::size_t>(count) * sizeof(T);
        return (exact + cache_line_bytes - 1) / cache_line_bytes * cache_line_bytes;
    }

    /// Starts a product that will take `bytes` in all; what was taken before is void.
    void begin(std::size_t bytes) {
        if (memory_.size() < bytes) memory_.resize(bytes);
        used_ = 0;
    }

    /// The next `count` values, on a cache line of their own. T is a plain number.
    template <class T>
    [[nodiscard]] T* take(Index count) noexcept {
        void* start = memory_.data() + used_;
        used_ += bytes<T>(count);
        return static_cast<T*>(start);
    }

private:
    AlignedVector<std::byte> memory_;
    std::size_t used_ = 0;  // bytes
};

/// The workspace of the calling thread.
[[nodiscard]] inline Workspace& thread_workspace() {
    thread_local Workspace workspace;
    return workspace;
}

}  // namespace intact::gemm
