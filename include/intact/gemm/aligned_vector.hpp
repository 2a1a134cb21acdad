// A std::vector whose storage starts on a cache line, and where it is large, on a large page.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include "intact/simd/large_pages.hpp"

namespace intact::gemm {

inline constexpr std::size_t cache_line_bytes = 64;

template <class T>
struct CacheLineAllocator {
    using value_type = T;

    CacheLineAllocator() = default;
    template <class U>
    CacheLineAllocator(const CacheLineAllocator<U>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        void* const memory = ::operator new(bytes, alignment_of(bytes));
        simd::ask_for_large_pages(memory, bytes);
        return static_cast<T*>(memory);
    }
    void deallocate(T* memory, std::size_t count) noexcept {
        ::operator delete(memory, alignment_of(count * sizeof(T)));
    }

    template <class U>
    bool operator==(const CacheLineAllocator<U>&) const noexcept {
        return true;
    }

private:
    static constexpr std::align_val_t alignment_of(std::size_t bytes) noexcept {
        const bool is_large = bytes >= simd::large_page_bytes;
        return std::align_val_t{is_large ? simd::large_page_bytes : cache_line_bytes};
    }
};

template <class T>
using AlignedVector = std::vector<T, CacheLineAllocator<T>>;

}  // namespace intact::gemm
