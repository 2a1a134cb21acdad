#include "intact/simd/cache.hpp"

#include <fstream>
#include <string>

#include <doctest/doctest.h>

#include "intact/simd/target.hpp"

using namespace intact;

#if INTACT_X86
namespace {

/// What Linux says of one cache of data, such as 48K; 0 where it says nothing.
std::ptrdiff_t bytes_of_level(int level) {
    for (int index = 0; index < 8; ++index) {
        const std::string folder =
            "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/";
        int given = 0;
        std::string type;
        std::ptrdiff_t kibibytes = 0;
        std::ifstream(folder + "level") >> given;
        std::ifstream(folder + "type") >> type;
        std::ifstream(folder + "size") >> kibibytes;
        if (given == level && type != "Instruction") return kibibytes * 1024;
    }
    return 0;
}

}  // namespace
#endif

TEST_CASE("cache_sizes: plausible, the second level larger than the first") {
    const simd::CacheSizes& sizes = simd::cache_sizes();
    CHECK(8 * 1024 <= sizes.l1);
    CHECK(sizes.l1 <= 1024 * 1024);
    CHECK(sizes.l1 % sizes.l1_ways == 0);
    CHECK(sizes.l1 / sizes.l1_ways >= 512);
    CHECK(sizes.l1 < sizes.l2);
    CHECK(sizes.l2 <= 256 * 1024 * 1024);
}

#if INTACT_X86
TEST_CASE("cache_sizes: those that the system knows") {
    const simd::CacheSizes& sizes = simd::cache_sizes();
    for (const int level : {1, 2}) {
        const std::ptrdiff_t known = bytes_of_level(level);
        CAPTURE(level);
        if (known != 0) CHECK((level == 1 ? sizes.l1 : sizes.l2) == known);
    }
}
#endif
