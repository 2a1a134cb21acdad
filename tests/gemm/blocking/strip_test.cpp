#include "intact/gemm/blocking/strip.hpp"
#include "intact/gemm/kernels/portable.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include "tests/gemm/cases.hpp"

using namespace intact;
using gemm::Index;

namespace {

/// What a strip holds at (row, p), in the number type of its kernel.
int packed(const std::uint8_t* strip, Index stride, const gemm::Kernel& kernel, bool is_signed,
           Index row, Index p) {
    const std::uint8_t* code = strip + row * stride + p * kernel.code_bytes;
    if (kernel.code_bytes == 1) return is_signed ? static_cast<std::int8_t>(*code) : int{*code};
    std::int16_t word = 0;
    std::memcpy(&word, code, sizeof word);
    return word;
}

template <class T>
void check_strips(const gemm::Kernel& kernel, bool by_columns, Index k) {
    std::mt19937 generator(3);
    const gemm_cases::Side<T> side(7, k, by_columns, true, generator);
    const gemm::Operand<T>& a = side.operand;
    const gemm::CanonicalRows rows(a, kernel);
    const Index stride = gemm::strip_stride(k, kernel);
    std::vector<std::uint8_t> strip(static_cast<std::size_t>(5 * stride), 0x55);
    gemm::pack_strip(rows, 2, 5, kernel, strip.data(), stride);
    int wrong = 0;
    for (Index i = 0; i < 5; ++i) {
        std::int64_t sum = 0;
        const auto at = [&](Index p) {
            return packed(strip.data(), stride, kernel, rows.is_signed, i, p);
        };
        for (Index p = 0; p < k; ++p) {
            const int code = a.data[(i + 2) * a.row_stride + p * a.column_stride] + rows.shift;
            sum += code;
            wrong += at(p) != code ? 1 : 0;
        }
        for (Index p = k; p < gemm::round_up(k, kernel.read_k); ++p) wrong += at(p) != 0 ? 1 : 0;
        CHECK(gemm::row_sum(rows, i + 2) == sum);
        CHECK(rows.zero_point_of(i + 2) ==
              side.zero_points[static_cast<std::size_t>(i + 2)] + rows.shift);
    }
    CHECK(wrong == 0);
}

/// The kernels of this machine, and what they would be with other wishes for A.
std::vector<gemm::Kernel> kernels_of_all_signs() {
    std::vector<gemm::Kernel> kernels = gemm_cases::runnable();
    for (const gemm::Signs signs : {gemm::Signs::int8, gemm::Signs::both}) {
        kernels.push_back(gemm::portable::kernel);
        kernels.back().signs = signs;
    }
    return kernels;
}

}  // namespace

TEST_CASE("pack_strip: every code of every row in canonical form, zeros behind, from any layout") {
    for (const gemm::Kernel& kernel : kernels_of_all_signs()) {
        CAPTURE(simd::name(kernel.isa));
        for (const bool by_columns : {false, true}) {
            for (const Index k :
                 {1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 30, 31, 64, 65, 130, 192, 320}) {
                CAPTURE(k);
                check_strips<std::int8_t>(kernel, by_columns, k);
                check_strips<std::uint8_t>(kernel, by_columns, k);
            }
        }
    }
}

TEST_CASE("strip_stride: room for all that a kernel reads, an odd number of cache lines") {
    for (const gemm::Kernel& kernel : gemm::kernels()) {
        for (Index k = 1; k < 5000; k += 13) {
            const Index stride = gemm::strip_stride(k, kernel);
            CHECK(stride >= gemm::round_up(k, kernel.read_k) * kernel.code_bytes);
            CHECK(stride % 128 == 64);
        }
    }
}

TEST_CASE("CanonicalRows: read in place only where they lie as the kernel wants them") {
    gemm::Kernel kernel = gemm::portable::kernel;
    const auto lies = [&kernel]<class T>(const gemm::Operand<T>& a) {
        return gemm::CanonicalRows(a, kernel).lies_as_strip(kernel);
    };
    const std::vector<std::uint8_t> codes(64);
    const gemm::Operand<std::uint8_t> whole{
        .data = codes.data(), .rows = 2, .k = 8, .row_stride = 8};
    CHECK(lies(whole));
    gemm::Operand<std::uint8_t> short_group = whole;
    short_group.k = 7;
    CHECK_FALSE(lies(short_group));
    short_group.rows = 1000;  // with a gap between rows
    CHECK_FALSE(lies(short_group));
    short_group.row_stride = 7;
    CHECK(lies(short_group));
    short_group.k = short_group.row_stride = 2;
    CHECK(lies(short_group));
    short_group.k = short_group.row_stride = 1;  // the last row but one would run out
    CHECK_FALSE(lies(short_group));
    short_group.k = short_group.row_stride = 7;
    short_group.rows = 9;  // hardly worth it
    CHECK_FALSE(lies(short_group));
    gemm::Operand<std::uint8_t> by_columns = whole;
    by_columns.column_stride = 2;
    CHECK_FALSE(lies(by_columns));
    gemm::Operand<std::uint8_t> crowded = whole;
    crowded.row_stride = 1 << 20;
    kernel.rows = 64;
    CHECK(lies(crowded));
    crowded.rows = 12;
    CHECK_FALSE(lies(crowded));
    kernel.rows = gemm::portable::kernel.rows;

    const std::vector<std::int8_t> signed_codes(64);
    gemm::Operand<std::int8_t> signed_whole{
        .data = signed_codes.data(), .rows = 2, .k = 8, .row_stride = 8};
    CHECK_FALSE(lies(signed_whole));
    kernel.flips = true;
    CHECK(lies(signed_whole));
    CHECK(gemm::take_strip(gemm::CanonicalRows(signed_whole, kernel), 0, 2, kernel, nullptr, false)
              .in_place.flip == 128);
    CHECK(gemm::take_strip(gemm::CanonicalRows(whole, kernel), 0, 2, kernel, nullptr, false)
              .in_place.flip == 0);
    kernel.flips = false;
    kernel.signs = gemm::Signs::both;
    CHECK(lies(signed_whole));
    CHECK(lies(whole));
    kernel.signs = gemm::Signs::int8;
    CHECK(lies(signed_whole));
    CHECK_FALSE(lies(whole));
    kernel.read_rows = 4;
    CHECK_FALSE(lies(signed_whole));
    kernel.read_rows = 1;
    kernel.read_k = 16;
    CHECK_FALSE(lies(signed_whole));
    signed_whole.k = 7;
    signed_whole.row_stride = 7;
    signed_whole.rows = 1000;
    CHECK_FALSE(lies(signed_whole));
}

TEST_CASE("CanonicalRows: rows that push each other out of the first level are packed") {
    const simd::CacheSizes& caches = simd::cache_sizes();
    const Index way = caches.l1 / caches.l1_ways;
    gemm::Kernel kernel = gemm::portable::kernel;
    const std::vector<std::uint8_t> codes(64);
    gemm::Operand<std::uint8_t> a{.data = codes.data(), .rows = 9, .k = 64};
    const auto lies = [&](Index row_stride) {
        a.row_stride = row_stride;
        return gemm::CanonicalRows(a, kernel).lies_as_strip(kernel);
    };
    kernel.columns = 2 * gemm::panel_columns;
    kernel.rows = caches.l1_ways - 2;
    CHECK(lies(way));
    ++kernel.rows;
    CHECK_FALSE(lies(way));
    CHECK_FALSE(lies(3 * way));
    CHECK(lies(way / 2));
    CHECK(lies(way + 64));
    a.rows = 8;
    CHECK(lies(way));
}

TEST_CASE(
    "CanonicalRows: long rows a power of two apart are packed for tiles that pass over panels") {
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.passes_panels = true;
    const std::vector<std::uint8_t> codes(64);
    gemm::Operand<std::uint8_t> a{.data = codes.data(), .rows = 32, .k = 2048};
    bool packs_long = false;
    const auto lies = [&](Index row_stride) {
        a.row_stride = row_stride;
        return gemm::CanonicalRows(a, kernel, packs_long).lies_as_strip(kernel);
    };
    CHECK(lies(3072));
    CHECK(lies(4096));
    packs_long = true;
    CHECK(lies(3072));
    CHECK_FALSE(lies(4096));
    CHECK_FALSE(lies(2048));
    a.k = 2044;
    CHECK(lies(2048));
    a.k = 2048;
    a.rows = 8;
    CHECK(lies(2048));
}

TEST_CASE("take_strip: rows fewer than the kernel reads at a time are packed behind the others") {
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.rows = kernel.read_rows = 16;
    constexpr Index k = 12;
    std::vector<std::uint8_t> codes(37 * k);
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i * 7);
    gemm::Operand<std::uint8_t> a{.data = codes.data(), .rows = 37, .k = k, .row_stride = k};
    const gemm::CanonicalRows rows(a, kernel);
    std::vector<std::uint8_t> memory(gemm::strip_bytes(rows, a.rows, kernel));
    CHECK(std::ssize(memory) == 16 * gemm::strip_stride(k, kernel));
    const gemm::Strip strip = gemm::take_strip(rows, 0, 37, kernel, memory.data(), false);
    CHECK(strip.rows() == 37);
    CHECK(strip.in_place.rows == 32);
    CHECK(strip.in_place.codes == codes.data());
    CHECK(strip.packed.rows == 5);
    CHECK(strip.from(20).rows == 12);
    CHECK(strip.from(20).codes == codes.data() + 20 * k);
    CHECK(gemm::pack_upto(rows, 0, strip, 0, 32, kernel) == 0);
    CHECK(memory == std::vector<std::uint8_t>(memory.size()));
    CHECK(gemm::pack_upto(rows, 0, strip, 0, 33, kernel) == 37);  // a call for one is not worth it
    for (Index i = 0; i < 37; ++i) {
        const gemm::StripRows from = strip.from(i);
        CHECK(std::memcmp(from.codes, codes.data() + i * k, k) == 0);
        CHECK(from.stride == (i < 32 ? k : gemm::strip_stride(k, kernel)));
    }
    const gemm::Strip few = gemm::take_strip(rows, 32, 37, kernel, memory.data(), false);
    CHECK(few.in_place.rows == 0);
    std::ranges::fill(memory, 0);
    CHECK(gemm::pack_upto(rows, 32, few, 0, 5, kernel) == 5);
    CHECK(std::memcmp(few.from(4).codes, codes.data() + 36 * k, k) == 0);
}

TEST_CASE("pack_upto: the rows of a strip, a part with each call") {
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.signs = gemm::Signs::int8;
    constexpr Index k = 1000;
    constexpr Index first = 3;
    std::vector<std::uint8_t> codes(20 * k);
    for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i * 7);
    const gemm::Operand<std::uint8_t> a{.data = codes.data(), .rows = 20, .k = k, .row_stride = k};
    const gemm::CanonicalRows rows(a, kernel);
    std::vector<std::uint8_t> memory(gemm::strip_bytes(rows, a.rows, kernel));
    const gemm::Strip strip = gemm::take_strip(rows, first, 20, kernel, memory.data(), false);
    REQUIRE(strip.rows() == 17);
    const auto check_packed = [&](Index packed) {
        for (Index i = 0; i < strip.rows(); ++i) {
            const std::uint8_t* const from = strip.from(i).codes;
            const std::uint8_t* const code = codes.data() + (first + i) * k;
            for (Index p = 0; p < k; ++p) REQUIRE(from[p] == (i < packed ? code[p] ^ 128 : 0));
        }
    };
    CHECK(gemm::pack_upto(rows, first, strip, 0, 6, kernel) == 6);
    check_packed(6);
    CHECK(gemm::pack_upto(rows, first, strip, 6, 5, kernel) == 6);
    CHECK(gemm::pack_upto(rows, first, strip, 6, 7, kernel) == 9);  // 4 KiB
    check_packed(9);
    CHECK(gemm::pack_upto(rows, first, strip, 9, 16, kernel) == 16);
    CHECK(gemm::pack_upto(rows, first, strip, 16, 17, kernel) == 17);
    check_packed(17);
}

TEST_CASE(
    "take_strip: copies of rows stay in the first level where all panels stay in the second") {
    gemm::Kernel kernel = gemm::portable::kernel;
    constexpr Index k = 4096;
    constexpr Index rows = 200;
    const std::vector<std::uint8_t> codes(rows * k);
    gemm::Operand<std::uint8_t> a{.data = codes.data(), .rows = rows, .k = k, .row_stride = k};
    const auto rows_of_strip = [&](bool panels_stay) {
        const gemm::CanonicalRows from(a, kernel);
        std::vector<std::uint8_t> memory(gemm::strip_bytes(from, rows, kernel));
        return gemm::take_strip(from, 0, rows, kernel, memory.data(), panels_stay).rows();
    };
    kernel.signs = gemm::Signs::int8;
    const Index bytes = gemm::strip_stride(k, kernel);
    CHECK(rows_of_strip(false) == gemm::strip_rows(rows, bytes, kernel, false));
    CHECK(rows_of_strip(true) == gemm::strip_rows(rows, bytes, kernel, true));
    CHECK(rows_of_strip(true) < rows_of_strip(false));
    kernel.passes_panels = true;
    CHECK(rows_of_strip(true) == rows_of_strip(false));
    kernel.passes_panels = false;
    kernel.signs = gemm::Signs::uint8;  // read in place
    CHECK(rows_of_strip(true) == rows_of_strip(false));
}

TEST_CASE("rows_in_memory: all codes of the rows and nothing behind, unless much lies between") {
    const gemm::Kernel& kernel = gemm::portable::kernel;
    const std::vector<std::uint8_t> codes(1000);
    gemm::Operand<std::uint8_t> a{.data = codes.data(), .rows = 10, .k = 50, .row_stride = 50};
    const auto piece = [&](Index row, Index rows, Index end) {
        return gemm::rows_in_memory(gemm::CanonicalRows(a, kernel), row, rows, end);
    };
    const auto* const first = reinterpret_cast<const std::int8_t*>(codes.data());
    CHECK(piece(2, 3, 10).data() == first + 100);
    CHECK(piece(2, 3, 10).size() == 150);
    CHECK(piece(8, 3, 10).size() == 100);
    CHECK(piece(10, 3, 10).empty());
    a.row_stride = 99;
    CHECK(piece(2, 3, 10).data() == first + 198);
    CHECK(piece(2, 3, 10).size() == 99 + 99 + 50);
    CHECK(piece(8, 3, 10).size() == 99 + 50);
    for (const Index stride : {100, 0, -50}) {
        a.row_stride = stride;
        CHECK(piece(2, 3, 10).empty());
    }
    a.row_stride = 50;
    a.column_stride = 2;
    CHECK(piece(2, 3, 10).empty());
}

TEST_CASE("CanonicalRows: a kernel that reads single codes takes rows that end within a group") {
    gemm::Kernel kernel = gemm::portable::kernel;
    kernel.read_k = 1;
    const std::vector<std::uint8_t> codes(100);
    gemm::Operand<std::uint8_t> a{.data = codes.data(), .rows = 3, .k = 7, .row_stride = 7};
    const auto rows = [&] { return gemm::CanonicalRows(a, kernel); };
    const auto last_codes_of = [&](Index row, Index end) {
        return gemm::take_strip(rows(), row, end, kernel, nullptr, false).in_place.last_codes;
    };
    CHECK(rows().lies_as_strip(kernel));
    CHECK(last_codes_of(0, 3) == 3);
    CHECK(last_codes_of(2, 3) == 3);
    CHECK(rows().rows_adjoin());
    CHECK(last_codes_of(0, 2) == 4);  // the group ends in the next row
    a.row_stride = 8;
    CHECK_FALSE(rows().rows_adjoin());
    CHECK(last_codes_of(0, 2) == 3);  // behind the row is nothing of ours
    a.k = a.row_stride = 2;
    CHECK_FALSE(rows().rows_adjoin());  // the next row ends before the group does
    CHECK(last_codes_of(0, 2) == 2);
    a.k = a.row_stride = 8;
    CHECK(last_codes_of(0, 3) == 4);
    a.k = 5;
    CHECK(last_codes_of(0, 3) == 1);
    CHECK(rows().lies_as_strip(kernel));
    CHECK(gemm::strip_bytes(rows(), a.rows, kernel) == 0);
    a.column_stride = 2;
    std::vector<std::uint8_t> packed(1000);
    const gemm::Strip strip = gemm::take_strip(rows(), 0, 3, kernel, packed.data(), false);
    CHECK(strip.in_place.rows == 0);
    CHECK(strip.packed.rows == 3);
    CHECK(strip.packed.last_codes == 4);
}
