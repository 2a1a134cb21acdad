#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "intact/simd/isa.hpp"

using namespace intact;

namespace {

/// The names of what this machine runs, as the library lists them.
std::string choices() {
    std::string list;
    for (const simd::Isa isa : simd::all_isas) {
        if (!simd::supports(isa)) continue;
        if (!list.empty()) list += ", ";
        list += simd::name(isa);
    }
    return list;
}

struct NamedKernel {
    simd::Isa isa;
};

}  // namespace

TEST_CASE("isa: every instruction set has its name") {
    CHECK(std::string(simd::name(simd::Isa::portable)) == "portable");
    CHECK(std::string(simd::name(simd::Isa::avx2)) == "avx2");
    CHECK(std::string(simd::name(simd::Isa::avx512_vnni)) == "avx512_vnni");
}

TEST_CASE("isa: portable code runs everywhere, and each set includes those before it") {
    CHECK(simd::supports(simd::Isa::portable));
    bool supported = true;
    for (const simd::Isa isa : simd::all_isas) {
        CHECK_FALSE((simd::supports(isa) && !supported));
        supported = simd::supports(isa);
    }
}

#if INTACT_X86
TEST_CASE("isa: agrees with the compiler's own detection") {
    __builtin_cpu_init();
    const bool avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    const bool vnni =
        __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
        __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
        __builtin_cpu_supports("avx512vnni") != 0;
    CHECK(simd::supports(simd::Isa::avx2) == avx2);
    CHECK(simd::supports(simd::Isa::avx512_vnni) == (avx2 && vnni));
}
#endif

TEST_CASE("isa: a name leads back to its instruction set") {
    for (const simd::Isa isa : simd::all_isas) {
        if (simd::supports(isa)) CHECK(simd::isa_named(simd::name(isa)) == isa);
    }
}

TEST_CASE("isa: an unknown or missing name is an error that lists the choices") {
    const std::string refusal =
        "INTACT_ISA: no such instruction set on this machine, expected " + choices() + ", given ";
    for (const char* wanted : {"sse9", "", "AVX2", "avx2 ", "portabl"}) {
        CHECK_THROWS_WITH_AS((void)simd::isa_named(wanted), (refusal + wanted).c_str(),
                             std::runtime_error);
    }
    for (const simd::Isa isa : simd::all_isas) {
        if (simd::supports(isa)) continue;
        CHECK_THROWS_WITH_AS((void)simd::isa_named(simd::name(isa)),
                             (refusal + simd::name(isa)).c_str(), std::runtime_error);
    }
}

TEST_CASE("isa: the selected one is the best, unless INTACT_ISA names another") {
    const char* wanted = std::getenv("INTACT_ISA");
    const bool is_named = wanted != nullptr && *wanted != '\0';
    CHECK(simd::selected() == (is_named ? simd::isa_named(wanted) : simd::detail::find_best()));
    CHECK(simd::supports(simd::selected()));
}

TEST_CASE("isa: the best kernel is the first that the limit allows") {
    const std::array<NamedKernel, 3> all{
        {{simd::Isa::avx512_vnni}, {simd::Isa::avx2}, {simd::Isa::portable}}};
    for (const simd::Isa isa : simd::all_isas) CHECK(simd::best_of(all, isa).isa == isa);

    const std::vector<NamedKernel> few{{simd::Isa::avx2}, {simd::Isa::portable}};
    CHECK(simd::best_of(few, simd::Isa::avx512_vnni).isa == simd::Isa::avx2);
    CHECK(simd::best_of(few, simd::Isa::portable).isa == simd::Isa::portable);
}

TEST_CASE("isa: one line says what there is and what is used") {
    const std::string line = simd::describe();
    CHECK(line.starts_with("instruction sets: " + choices() + "; used: "));
    CHECK(line.find(std::string("used: ") + simd::name(simd::selected())) != std::string::npos);
}
