#include "intact/simd/cache.hpp"

#include <doctest/doctest.h>

using namespace intact;

TEST_CASE("cache_sizes: plausible, the second level larger than the first") {
    const simd::CacheSizes& sizes = simd::cache_sizes();
    CHECK(8 * 1024 <= sizes.l1);
    CHECK(sizes.l1 <= 1024 * 1024);
    CHECK(sizes.l1 % sizes.l1_ways == 0);
    CHECK(sizes.l1 / sizes.l1_ways >= 512);
    CHECK(sizes.l1 < sizes.l2);
    CHECK(sizes.l2 <= 256 * 1024 * 1024);
}
