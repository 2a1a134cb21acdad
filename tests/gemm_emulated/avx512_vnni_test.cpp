#include <doctest/doctest.h>

#include "tests/gemm/cases.hpp"
#include "tests/gemm/code_cases.hpp"
#include "tests/gemm_emulated/kernels.hpp"

using namespace gemm_cases;

namespace {

constexpr const char* label = "avx512_vnni_emulated";

Counts& counts() {
    static Counts counts;
    return counts;
}

std::vector<gemm::Kernel> forms() { return forms_of(gemm_emulated::avx512_vnni()); }

}  // namespace

TEST_CASE("Kernel avx512_vnni, emulated: equals the definition at every edge of its tile") {
    for (const gemm::Kernel& kernel : forms()) {
        int cases = 0;
        CHECK(departure_at_edges(kernel, {1, 3, 4, 5, 8, 67}, cases) == "");
        counts().add(label, cases);
    }
}

TEST_CASE("Kernel avx512_vnni, emulated: blocks and pieces of k meet without a seam") {
    std::mt19937 generator(9);
    unsigned layout = 0;
    for (const Shape& shape :
         {Shape{49, 129, 20}, Shape{13, 33, 1025}, Shape{1, 80, 1030}, Shape{1, 70000, 36}}) {
        layout += 13;
        for (const gemm::Kernel& kernel : forms()) {
            CHECK(departure<std::uint8_t, std::int8_t>(shape, Layout::number(layout), kernel,
                                                       generator) == "");
            counts().add(label, 1);
        }
    }
}

TEST_CASE("Kernel avx512_vnni, emulated: 8-bit outputs equal the exact product, rounded once") {
    for (const gemm::Kernel& kernel : forms()) {
        int cases = 0;
        CHECK(departure_to_codes(kernel, cases) == "");
        counts().add(label, cases);
    }
}

TEST_CASE("Kernel avx512_vnni, emulated: extreme codes and zero points do not saturate") {
    for (const gemm::Kernel& kernel : forms()) {
        int cases = 0;
        CHECK(departure_at_extremes(kernel, {13, 33, 260}, cases) == "");
        counts().add(label, cases);
    }
}

TEST_CASE("Kernel avx512_vnni, emulated: it is the kernel that this library dispatches to") {
    const gemm::Kernel& emulated = gemm_emulated::avx512_vnni();
    const gemm::Kernel& native = gemm::kernels()[1];
    CHECK(native.isa == simd::Isa::avx512_vnni);
    CHECK(emulated.isa == native.isa);
    CHECK(emulated.rows == native.rows);
    CHECK(emulated.columns == native.columns);
    CHECK(emulated.code_bytes == native.code_bytes);
    CHECK((emulated.multiply != native.multiply));
    CHECK((emulated.multiply_to_codes != native.multiply_to_codes));
    CHECK((emulated.multiply_to_codes != nullptr));
    CHECK(forms().size() == 2);
    CHECK_FALSE(forms().back().flips);
}
