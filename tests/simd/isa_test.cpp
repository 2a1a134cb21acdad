#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
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
    CHECK(std::string(simd::name(simd::Isa::sse41)) == "sse41");
    CHECK(std::string(simd::name(simd::Isa::avx2)) == "avx2");
    CHECK(std::string(simd::name(simd::Isa::neon_i8mm)) == "neon_i8mm");
    CHECK(std::string(simd::name(simd::Isa::avx512_vnni)) == "avx512_vnni");
    CHECK(std::string(simd::name(simd::Isa::amx_int8)) == "amx_int8");
}

TEST_CASE("isa: portable code runs everywhere, and richer sets come with plainer ones") {
    CHECK(simd::supports(simd::Isa::portable));
    const simd::Features& found = simd::features();
    CHECK((!found.amx_int8 || found.avx512_vnni));
    CHECK((!found.avx512_vnni || found.avx512_bw));
    CHECK((!found.avx512_bw || found.avx2));
    CHECK((!found.avx_vnni || found.avx2));
    CHECK((!found.avx2 || found.sse41));
    CHECK((!found.neon_i8mm || found.neon_dotprod));
    CHECK((!found.neon_dotprod || found.neon));
    CHECK_FALSE((found.neon && found.sse41));
}

TEST_CASE("isa: a name leads back to its instruction set") {
    for (const simd::Isa isa : simd::all_isas) {
        if (simd::supports(isa)) CHECK(simd::isa_named(simd::name(isa)) == isa);
    }
}

TEST_CASE("isa: an unknown or missing name is an error that lists the choices") {
    const std::string refusal = "INTACT_ISA: no such instruction set on this machine, expected " +
                                choices() + simd::detail::refused(simd::features()) + ", given ";
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
    CHECK(simd::selected() == (is_named ? simd::isa_named(wanted) : simd::best()));
    CHECK(simd::supports(simd::selected()));
}

TEST_CASE("isa: the best kernel is the first that the limit allows and the machine runs") {
    std::vector<NamedKernel> all;
    for (const simd::Isa isa : simd::all_isas) all.insert(all.begin(), {isa});
    for (const simd::Isa isa : simd::all_isas) {
        const simd::Isa chosen = simd::best_of(all, isa).isa;
        CHECK(simd::supports(chosen));
        CHECK(chosen <= isa);
        if (simd::supports(isa)) CHECK(chosen == isa);
    }
    const std::vector<NamedKernel> few{{simd::Isa::portable}};
    CHECK(simd::best_of(few, simd::best()).isa == simd::Isa::portable);
    const std::vector<NamedKernel> without_sse41{{simd::Isa::avx2}, {simd::Isa::portable}};
    CHECK(simd::best_of(without_sse41, simd::Isa::sse41).isa == simd::Isa::portable);
}

TEST_CASE("isa: one line says what there is and what is used") {
    const std::string line = simd::describe();
    const std::string refused = simd::detail::refused(simd::features());
    CHECK(line.starts_with("instruction sets: " + choices() + refused + "; used: "));
    CHECK(line.find(std::string("used: ") + simd::name(simd::selected())) != std::string::npos);
    const bool has_tiles = simd::selected() == simd::Isa::amx_int8;
    CHECK((line.find(", for small products avx512_vnni (") != std::string::npos) == has_tiles);
}

TEST_CASE("isa: a permission for tiles that the system does not give is named") {
    simd::Features found;
    CHECK(std::string_view(simd::detail::refused(found)).empty());
    found.is_amx_refused = true;
    CHECK(std::string_view(simd::detail::refused(found)) ==
          " (amx_int8 too, but the system gives no permission)");
}
