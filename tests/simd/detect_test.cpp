// The library's detection against what the operating system and the compiler say.
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "intact/simd/detect.hpp"
#include "tests/emulated.hpp"

using namespace intact;

#if INTACT_X86
namespace {

/// Whether the line `key` of /proc/cpuinfo has the word `flag`.
bool system_says(const std::string& key, const std::string& flag) {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with(key)) continue;
        std::istringstream words(line.substr(line.find(':') + 1));
        for (std::string word; words >> word;) {
            if (word == flag) return true;
        }
        return false;
    }
    return false;
}

}  // namespace

TEST_CASE("detect: agrees with what the operating system lists") {
    if (is_emulated() || !system_says("flags", "sse2")) return;
    const auto has = [](const char* flag) { return system_says("flags", flag); };
    const simd::Features& found = simd::features();
    const bool avx2 = has("avx2") && has("fma");
    const bool avx512 =
        avx2 && has("avx512f") && has("avx512dq") && has("avx512bw") && has("avx512vl");
    CHECK(found.sse41 == has("sse4_1"));
    CHECK(found.avx2 == avx2);
    CHECK(found.avx_vnni == (avx2 && has("avx_vnni")));
    CHECK(found.avx512_bw == avx512);
    CHECK(found.avx512_vnni == (avx512 && has("avx512_vnni")));
    CHECK(found.has_spare_vector_pipes == system_says("vendor_id", "AuthenticAMD"));
    if (found.amx_int8) CHECK((has("amx_tile") && has("amx_int8")));
}

TEST_CASE("detect: agrees with the compiler's own detection") {
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    const bool avx512 =
        __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
        __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
    const bool vnni = __builtin_cpu_supports("avx512vnni") != 0;
    CHECK(simd::features().sse41 == (__builtin_cpu_supports("sse4.1") != 0));
    CHECK(simd::features().avx2 == avx2);
    CHECK(simd::features().avx512_bw == (avx2 && avx512));
    CHECK(simd::features().avx512_vnni == (avx2 && avx512 && vnni));
}
#endif

#if INTACT_ARM
TEST_CASE("detect: every AArch64 has NEON") { CHECK(simd::features().neon); }
#endif
