// Large arrays in large pages, where the system gives them.
//
// A processor looks up the place of every page, and its prefetchers stop at the end of one. Weights
// of 16 MiB are 4096 pages of 4 KiB or 8 large ones: products of few rows, which do little but read
// them, took 4 to 30 % less time on Zen 4. What starts on a large page may take 2 MiB more of the
// address space, not of the memory.
//
// Source   Linux, madvise(2), MADV_HUGEPAGE; elsewhere nothing happens.
#pragma once

#include <cstddef>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace intact::simd {

/// Of x86-64, and of AArch64 where the small ones have 4 KiB.
inline constexpr std::size_t large_page_bytes = std::size_t{2} << 20;

/// Asks that memory which starts on a large page, and which nobody has touched, come in large pages
/// as far as it fills them; the rest stays in small ones and takes no more than it needs.
inline void ask_for_large_pages([[maybe_unused]] void* memory,
                                [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(MADV_HUGEPAGE)
    const std::size_t whole = bytes / large_page_bytes * large_page_bytes;
    if (whole != 0) madvise(memory, whole, MADV_HUGEPAGE);  // refused: then the pages are small
#endif
}

}  // namespace intact::simd
