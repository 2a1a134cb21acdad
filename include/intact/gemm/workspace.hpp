// Scratch memory of a product: grows to the largest product seen, then never allocates again.
//
// One workspace serves one product at a time; each thread has its own by default, so several
// threads may multiply at once.
//
// Shapes   gemm::workspace_bytes (multiply.hpp) says beforehand how many bytes a product takes
// Errors   std::bad_alloc  from reserve(); what was held before stays
// Cost     one allocation each time it grows; rows that are read in place take next to none
//
//   gemm::Workspace workspace;
//   (void)workspace.reserve<char>(gemm::workspace_bytes(a, packed, kernel));
//   gemm::multiply(a, packed, epilogue, out, n, 1, kernel, workspace);   // allocates nothing
#pragma once

#include <cstddef>

#include "intact/gemm/aligned_vector.hpp"

namespace intact::gemm {

class Workspace {
public:
    /// Room for `count` values of T, a plain number, on a cache line of its own; what was given
    /// before is void.
    template <class T>
    [[nodiscard]] T* reserve(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (memory_.size() < bytes) memory_.resize(bytes);
        void* start = memory_.data();
        return static_cast<T*>(start);
    }

    /// Bytes held.
    [[nodiscard]] std::size_t bytes() const noexcept { return memory_.size(); }

private:
    AlignedVector<std::byte> memory_;
};

/// The workspace of the calling thread.
[[nodiscard]] inline Workspace& thread_workspace() {
    thread_local Workspace workspace;
    return workspace;
}

}  // namespace intact::gemm
