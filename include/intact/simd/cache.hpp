// The data caches of this machine, read once at run time; usual ones where the system does not say.
#pragma once

#include <cstddef>

#if defined(__linux__)
#include <unistd.h>
#endif

namespace intact::simd {

/// Of one core, in bytes.
struct CacheSizes {
    std::ptrdiff_t l1 = 32 * 1024;
    std::ptrdiff_t l1_ways = 8;  ///< lines that it keeps of those a multiple of l1 / l1_ways apart
    std::ptrdiff_t l2 = 512 * 1024;
};

[[nodiscard]] inline const CacheSizes& cache_sizes() noexcept {
    static const CacheSizes sizes = [] {
        CacheSizes found;
#if defined(_SC_LEVEL1_DCACHE_SIZE) && defined(_SC_LEVEL2_CACHE_SIZE)
        const long l1 = sysconf(_SC_LEVEL1_DCACHE_SIZE);
        const long l2 = sysconf(_SC_LEVEL2_CACHE_SIZE);
        if (l1 >= 8 * 1024) found.l1 = l1;
        const long l1_ways = sysconf(_SC_LEVEL1_DCACHE_ASSOC);
        if (l1_ways >= 1 && l1_ways <= 64) found.l1_ways = l1_ways;
        if (l2 >= 64 * 1024) found.l2 = l2;
#endif
        return found;
    }();
    return sizes;
}

}  // namespace intact::simd
