// The part around the kernels with a kernel that asks for all that the contract allows: rows and k
// in whole tiles, either type of A, and that checks what it is given.
#include <cstdint>
#include <cstring>

#include <doctest/doctest.h>

#include "intact/gemm/blocking/part.hpp"
#include "intact/gemm/kernels/portable.hpp"
#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

int broken_promises = 0;

int code_at(const gemm::Block& block, Index i, Index p) {
    const std::uint8_t code = block.strip[i * block.strip_stride + p];
    return block.is_signed ? static_cast<std::int8_t>(code) : int{code};
}

/// Reads 16 rows and 64 codes along k at a time and writes all 16 rows of sums.
template <gemm::Signs Asked>
void demanding_multiply(const gemm::Block& block) {
    if (Asked == gemm::Signs::int8 && !block.is_signed) ++broken_promises;
    if (Asked == gemm::Signs::uint8 && block.is_signed) ++broken_promises;
    if (block.rows < 1 || block.panel_count < 1) ++broken_promises;
    if (reinterpret_cast<std::uintptr_t>(block.panels) % 64 != 0) ++broken_promises;
    const Index rows = gemm::round_up(block.rows, 16);
    const Index k = gemm::round_up(block.groups * gemm::group, 64);
    for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < block.panel_count * gemm::panel_columns; ++j) {
            const std::int8_t* column = block.panels + j / 16 * block.panel_stride + j % 16 * 4;
            std::int32_t& to = block.sums[i * block.sums_stride + j];
            auto sum = static_cast<std::uint32_t>(block.start != nullptr ? block.start[j] : to);
            for (Index p = 0; p < k; ++p) {
                sum +=
                    static_cast<std::uint32_t>(code_at(block, i, p) * column[p / 4 * 64 + p % 4]);
            }
            to = static_cast<std::int32_t>(sum);
        }
    }
}

template <gemm::Signs Asked>
gemm::Kernel demanding() {
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.rows = 32;
    kernel.columns = 32;
    kernel.read_rows = 16;
    kernel.read_k = 64;
    kernel.signs = Asked;
    kernel.multiply = demanding_multiply<Asked>;
    kernel.pack_rows = [](const std::uint8_t* codes, Index row_stride, Index rows, Index count,
                          std::uint8_t flip, std::uint8_t* strip, Index strip_stride) {
        for (Index i = 0; i < rows; ++i) {
            for (Index p = 0; p < gemm::round_up(count, 64); ++p) {
                strip[i * strip_stride + p] =
                    p < count ? static_cast<std::uint8_t>(codes[i * row_stride + p] ^ flip) : 0;
            }
        }
    };
    return kernel;
}

template <gemm::Signs Asked>
void check_contract() {
    std::mt19937 generator(21);
    const gemm::Kernel kernel = demanding<Asked>();
    unsigned layout = 0;
    broken_promises = 0;
    for (const Index m : {1, 15, 16, 17, 33, 64, 300}) {
        for (const Index n : {1, 16, 17, 64, 65, 100}) {
            for (const Index k : {1, 63, 64, 65, 1100}) {
                layout += 11;
                const Layout one = Layout::number(layout);
                const Shape shape{m, n, k};
                CHECK(departure<std::int8_t, std::int8_t>(shape, one, kernel, generator) == "");
                CHECK(departure<std::uint8_t, std::uint8_t>(shape, one, kernel, generator) == "");
            }
        }
    }
    CHECK(broken_promises == 0);
}

}  // namespace

TEST_CASE("Kernel contract: one that takes any A in whole tiles") {
    check_contract<gemm::Signs::both>();
}

TEST_CASE("Kernel contract: one that takes int8 only") { check_contract<gemm::Signs::int8>(); }

TEST_CASE("Kernel contract: one that takes uint8 only, in whole tiles") {
    check_contract<gemm::Signs::uint8>();
}
