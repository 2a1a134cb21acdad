// The AMX kernel on emulated tiles, which also note what a processor would refuse.
#include <atomic>
#include <cstring>
#include <thread>

#include <doctest/doctest.h>

#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/kernels/portable.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "intact/gemm/thread_team.hpp"
#include "tests/gemm/cases.hpp"
#include "tests/gemm/code_cases.hpp"
#include "tests/gemm_emulated/kernels.hpp"
#include "tests/gemm_emulated/tiles.hpp"

using namespace gemm_cases;
using gemm_emulated::Tiles;

namespace {

constexpr const char* label = "amx_int8_emulated";

Counts& counts() {
    static Counts counts;
    return counts;
}

/// A configuration of eight tiles of that shape, as LDTILECFG reads it.
struct Config {
    explicit Config(int rows, int row_bytes) {
        bytes[0] = 1;
        for (int tile = 0; tile < Tiles::count; ++tile) {
            bytes[16 + 2 * tile] = static_cast<std::uint8_t>(row_bytes);
            bytes[48 + tile] = static_cast<std::uint8_t>(rows);
        }
    }
    std::uint8_t bytes[64] = {};
};

/// Sums as they are, by way of tiles of its own, after which it gives the configuration back.
struct WithTiles : gemm::Raw {
    void store(gemm::Sums<std::int32_t> sums, const gemm::Piece& piece, Output* out,
               Index stride) const {
        std::uint8_t theirs[64];
        Tiles::of_thread().store_config(theirs);
        Tiles::of_thread().load_config(Config(1, 4).bytes);
        Tiles::of_thread().load_config(theirs);
        Raw::store(sums, piece, out, stride);
    }
};

/// Whether the outputs of the kernel, by rows or by columns, are those of plain C++.
template <class A, gemm::Epilogue E, class T = typename E::Output>
bool gives_the_same(const gemm::Operand<A>& a, const gemm::Packed& packed, const E& epilogue,
                    bool by_columns) {
    const Index row_stride = by_columns ? 1 : 1024;  // sums that far apart are not stored directly
    const Index column_stride = by_columns ? a.rows : 1;
    std::vector<T> expected(static_cast<std::size_t>(a.rows * 1024), T{7});
    std::vector<T> outputs = expected;
    gemm::multiply(a, packed, epilogue, expected.data(), row_stride, column_stride,
                   gemm::portable::kernel);
    gemm::multiply(a, packed, epilogue, outputs.data(), row_stride, column_stride,
                   gemm_emulated::amx_int8());
    counts().add(label, 1);
    return outputs == expected;
}

/// 53 rows of k codes without gaps, of which all but the last 5 are read in place.
template <class T>
void check_rows_apart(Index k, Index n) {
    std::mt19937 generator(12);
    Side<T> a(53, k - 1, false, false, generator);  // rows are k codes apart
    const Side<std::int8_t> b(n, k, false, false, generator);
    a.operand.k = k;
    a.operand.row_stride = k;
    const gemm::Kernel& kernel = gemm_emulated::amx_int8();
    REQUIRE(gemm::CanonicalRows(a.operand, kernel).lies_as_strip(kernel));
    CHECK(departure(a.operand, b.operand, false, kernel) == "");
    const std::vector<double> factors(static_cast<std::size_t>(n), 0x1p-14);
    const gemm::RequantizeSums<std::uint8_t> codes{.factors = factors.data(), .zero_point = 3};
    const gemm::Packed packed = gemm::pack(b.operand);
    CHECK(gives_the_same(a.operand, packed, codes, false));
    const auto last_rows = static_cast<std::size_t>(16 * gemm::strip_stride(k, kernel));
    const std::size_t bytes = gemm::workspace_bytes(a.operand, packed, kernel);
    CHECK((bytes > last_rows) == (k == 2048 && n >= 768));
    CHECK(Tiles::of_thread().take_fault() == "");
    counts().add(label, 1);
}

}  // namespace

TEST_CASE("Kernel amx_int8, emulated: equals the definition at every edge of its tile") {
    int cases = 0;
    const int before = Tiles::of_thread().products();
    CHECK(departure_at_edges(gemm_emulated::amx_int8(), {1, 4, 63, 64, 65, 130}, cases) == "");
    CHECK(Tiles::of_thread().take_fault() == "");
    CHECK(Tiles::of_thread().products() > before + cases);
    counts().add(label, cases);
}

TEST_CASE("Kernel amx_int8, emulated: strips, blocks and pieces of k meet without a seam") {
    std::mt19937 generator(9);
    unsigned layout = 0;
    for (const Shape& shape : {Shape{49, 129, 20}, Shape{13, 33, 1025}, Shape{1, 80, 1030},
                               Shape{600, 70, 40}, Shape{150, 70, 600}, Shape{140, 40, 2100}}) {
        layout += 13;
        CHECK(departure<std::uint8_t, std::int8_t>(shape, Layout::number(layout),
                                                   gemm_emulated::amx_int8(), generator) == "");
        CHECK(departure<std::int8_t, std::uint8_t>(shape, Layout::number(layout + 7),
                                                   gemm_emulated::amx_int8(), generator) == "");
        CHECK(Tiles::of_thread().take_fault() == "");
        counts().add(label, 2);
    }
    // Steps whose sums go straight to the output, behind others whose epilogue they run.
    const Layout by_rows = Layout::number(32);
    CHECK(departure<std::uint8_t, std::int8_t>({600, 70, 40}, by_rows, gemm_emulated::amx_int8(),
                                               generator) == "");
    CHECK(departure<std::int8_t, std::int8_t>({49, 129, 20}, by_rows, gemm_emulated::amx_int8(),
                                              generator) == "");
    counts().add(label, 2);
}

TEST_CASE("Kernel amx_int8, emulated: extreme codes and zero points do not saturate") {
    int cases = 0;
    CHECK(departure_at_extremes(gemm_emulated::amx_int8(), {33, 33, 260}, cases) == "");
    CHECK(Tiles::of_thread().take_fault() == "");
    counts().add(label, cases);
}

TEST_CASE("Kernel amx_int8, emulated: reads whole tiles of rows in place, of any length") {
    check_rows_apart<std::int8_t>(128, 33);
    check_rows_apart<std::uint8_t>(131, 64);
    check_rows_apart<std::int8_t>(1024, 96);
    check_rows_apart<std::uint8_t>(2048, 96);
    check_rows_apart<std::uint8_t>(2048, 770);  // to codes they are packed
}

TEST_CASE("Kernel amx_int8, emulated: codes are the definition's, at every edge and tie") {
    int cases = 0;
    CHECK(departure_to_codes(gemm_emulated::amx_int8(), cases) == "");
    CHECK(Tiles::of_thread().take_fault() == "");
    counts().add(label, cases);
}

TEST_CASE("Kernel amx_int8, emulated: sums may wrap on the way to a sum that fits") {
    std::mt19937 generator(10);
    const Index k = gemm::largest_k(128, 128);
    Side<std::int8_t> a(2, k, false, false, generator);
    Side<std::int8_t> b(2, k, false, false, generator);
    a.operand.zero_point = 0;
    b.operand.zero_point = 0;
    a.fill(-128);
    b.fill(-128);
    CHECK(departure(a.operand, b.operand, false, gemm_emulated::amx_int8()) == "");
    counts().add(label, 1);
}

TEST_CASE("Kernel amx_int8, emulated: no terms leave what the columns start from") {
    std::mt19937 generator(11);
    CHECK(departure<std::uint8_t, std::int8_t>({20, 20, 0}, Layout(), gemm_emulated::amx_int8(),
                                               generator) == "");
    CHECK(Tiles::of_thread().take_fault() == "");
}

TEST_CASE("Kernel amx_int8, emulated: epilogues run among products and disturb none") {
    std::mt19937 generator(15);
    const std::vector<float> scales(200, 0.01F);
    const std::vector<double> factors(200, 0x1.8p-13);
    const gemm::RequantizeSums<std::uint8_t> codes{.factors = factors.data(), .zero_point = 120};
    const gemm::DequantizeSums reals{.scales = scales.data()};
    for (const Shape& shape : {Shape{200, 200, 70}, Shape{97, 40, 0}, Shape{33, 33, 1},
                               Shape{150, 100, 1500}, Shape{17, 70, 300}}) {
        const Side<std::int8_t> a(shape.m, shape.k, false, true, generator);
        const Side<std::int8_t> b(shape.n, shape.k, false, true, generator);
        const gemm::Packed packed = gemm::pack(b.operand);
        for (const bool by_columns : {false, true}) {
            CHECK(gives_the_same(a.operand, packed, codes, by_columns));
            CHECK(gives_the_same(a.operand, packed, reals, by_columns));
            CHECK(gives_the_same(a.operand, packed, gemm::Raw(), by_columns));
            CHECK(gives_the_same(a.operand, packed, WithTiles(), by_columns));
        }
    }
    CHECK(Tiles::of_thread().take_fault() == "");
}

TEST_CASE("Kernel amx_int8, emulated: several threads at once, each with tiles of its own") {
    std::mt19937 generator(16);
    const Side<std::int8_t> a(600, 200, false, true, generator);
    const Side<std::int8_t> b(90, 200, false, true, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    std::vector<std::int32_t> sums(600 * 90);
    std::vector<std::int32_t> expected(sums);
    gemm::multiply(a.operand, packed, gemm::Raw(), expected.data(), 90, 1, gemm::portable::kernel);
    ThreadTeam team(3);
    gemm::multiply_with(team, a.operand, packed, gemm::Raw(), sums.data(), 90, 1,
                        gemm_emulated::amx_int8());
    CHECK(sums == expected);
    // Which threads take a part of it is not fixed; here each multiplies while the others do.
    std::atomic<int> started = 0;
    std::atomic<int> right = 0;
    team.run(3, [&](Index) {
        ++started;
        while (started < 3) std::this_thread::yield();
        std::vector<std::int32_t> own(600 * 90);
        gemm::multiply(a.operand, packed, gemm::Raw(), own.data(), 90, 1,
                       gemm_emulated::amx_int8());
        const bool is_clean = Tiles::of_thread().take_fault().empty();
        right += is_clean && own == expected && Tiles::of_thread().products() > 0 ? 1 : 0;
    });
    CHECK(right == 3);
    counts().add(label, 1);
}

TEST_CASE("Kernel amx_int8, emulated: leaves tiles as unused as they were") {
    std::mt19937 generator(13);
    Tiles::of_thread().release();
    CHECK(departure<std::uint8_t, std::int8_t>({5, 5, 5}, Layout(), gemm_emulated::amx_int8(),
                                               generator) == "");
    CHECK_FALSE(Tiles::of_thread().is_configured());
}

TEST_CASE("Kernel amx_int8, emulated: a configuration that was in use is in use again") {
    std::mt19937 generator(14);
    const Config theirs(3, 20);
    Tiles::of_thread().load_config(theirs.bytes);
    CHECK(departure<std::uint8_t, std::int8_t>({5, 5, 5}, Layout(), gemm_emulated::amx_int8(),
                                               generator) == "");
    std::uint8_t after[64];
    Tiles::of_thread().store_config(after);
    CHECK(std::memcmp(after, theirs.bytes, sizeof(after)) == 0);
    Tiles::of_thread().release();
    CHECK(Tiles::of_thread().take_fault() == "");
}

TEST_CASE("Kernel amx_int8, emulated: it is the kernel that this library dispatches to") {
    const gemm::Kernel& emulated = gemm_emulated::amx_int8();
    const gemm::Kernel& native = gemm::kernels().front();
    CHECK(native.isa == simd::Isa::amx_int8);
    CHECK(emulated.isa == native.isa);
    CHECK(emulated.rows == native.rows);
    CHECK(emulated.columns == native.columns);
    CHECK(emulated.read_rows == native.read_rows);
    CHECK(emulated.read_k == native.read_k);
    CHECK(emulated.passes_panels == native.passes_panels);
    CHECK(emulated.signs == native.signs);
    CHECK(emulated.runs_errands == native.runs_errands);
    CHECK((emulated.multiply != native.multiply));
    CHECK((emulated.multiply_to_codes != nullptr));
    CHECK((emulated.multiply_to_codes != native.multiply_to_codes));
}

TEST_CASE("Emulated tiles: what a processor refuses") {
    Tiles& tiles = Tiles::of_thread();
    std::uint8_t memory[1024] = {};
    tiles.release();
    tiles.load(0, memory, 64);
    CHECK(tiles.take_fault() == "tileloadd: #UD");
    tiles.multiply(0, 1, 2, true);
    CHECK(tiles.take_fault() == "tdpbssd: #UD");

    tiles.load_config(Config(17, 64).bytes);
    CHECK(tiles.take_fault() == "ldtilecfg: #GP, too large a tile");
    tiles.load_config(Config(0, 64).bytes);
    CHECK(tiles.take_fault() == "ldtilecfg: #GP, half a shape");

    tiles.load_config(Config(16, 64).bytes);
    tiles.multiply(0, 0, 1, false);
    CHECK(tiles.take_fault() == "tdpbusd: #UD");
    tiles.load_config(Config(15, 64).bytes);  // 16 groups along k in A, 15 in B
    tiles.multiply(0, 1, 2, false);
    CHECK(tiles.take_fault() == "tdpbusd: #UD");
    tiles.store(8, memory, 64);
    CHECK(tiles.take_fault() == "tilestored: #UD");
    tiles.release();
}
