#include "intact/gemm/dispatch.hpp"

#include <doctest/doctest.h>

using namespace intact;

TEST_CASE("tiles_pay: tiles pay where their products outweigh setting them up") {
    using gemm::detail::tiles_pay;
    CHECK_FALSE(tiles_pay(7, 5, 13));
    CHECK_FALSE(tiles_pay(1, 1024, 1024));
    CHECK_FALSE(tiles_pay(1, 4096, 11008));
    CHECK_FALSE(tiles_pay(64, 64, 0));
    CHECK_FALSE(tiles_pay(0, 64, 64));
    CHECK(tiles_pay(16, 4096, 4096));
    CHECK(tiles_pay(33, 65, 129));
    CHECK(tiles_pay(64, 64, 64));
    CHECK(tiles_pay(4096, 4096, 4096));
}

TEST_CASE("best_kernel: for a size it is the best one, or a plainer one of this machine") {
    for (const gemm::Index rows : {1, 7, 64, 1000}) {
        const gemm::Kernel& kernel = gemm::best_kernel(rows, 64, 64);
        CHECK(simd::supports(kernel.isa));
        CHECK(kernel.isa <= gemm::best_kernel().isa);
        if (gemm::best_kernel().isa != simd::Isa::amx_int8) {
            CHECK(kernel.isa == gemm::best_kernel().isa);
        }
    }
}

TEST_CASE("best_kernel: takes the forms for shared pipes only where they are shared") {
    const bool shares = !simd::features().has_spare_vector_pipes;
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        if (!simd::supports(kernel.isa)) continue;
        const gemm::Kernel best = gemm::detail::best_up_to(kernel.isa);
        CHECK(best.flips == (kernel.flips && !shares));
        const bool has_form = kernel.multiply_sharing != nullptr;
        CHECK((best.multiply == (shares && has_form ? kernel.multiply_sharing : kernel.multiply)));
        const bool has_codes_form = kernel.multiply_to_codes_sharing != nullptr;
        CHECK(
            (best.multiply_to_codes == (shares && has_codes_form ? kernel.multiply_to_codes_sharing
                                                                 : kernel.multiply_to_codes)));
    }
}
