// Peers allocate in each call; giving the memory back to the system each time is no part of what is
// measured.
#pragma once

#if defined(__linux__)
#include <malloc.h>
#endif

namespace bench {

/// Once, at the start of a program.
inline void keep_memory() {
#if defined(__GLIBC__)
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
#endif
}

}  // namespace bench
