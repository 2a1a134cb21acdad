#include "intact/gemm/blocking/store_piece.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include <doctest/doctest.h>

#include "intact/gemm/add_residual_to_sums.hpp"
#include "intact/gemm/dequantize_sums.hpp"
#include "intact/gemm/requantize_sums.hpp"

using namespace intact;
using gemm::Index;

namespace {

struct NotInterleaved : gemm::Raw {};

/// A step of 7 x 5 sums at row 3, column 2 of 12 x 9 outputs.
struct Step {
    Step() { std::iota(sums.begin(), sums.end(), 100); }

    /// The outputs after some rows at a time.
    [[nodiscard]] std::vector<std::int32_t> stored(bool by_columns, Index rows_at_a_time) const {
        std::vector<std::int32_t> outputs(12 * 9, -1);
        const gemm::Output<std::int32_t> out{outputs.data(), by_columns ? 1 : 9,
                                             by_columns ? 12 : 1};
        const gemm::Raw raw;
        gemm::detail::Pending<std::int32_t, gemm::Raw> pending(raw, out);
        pending.set({sums.data(), 8}, {3, 2, 7, 5});
        const gemm::Errand errand = pending.errand();
        CHECK(errand.rows == 7);
        for (Index row = 0; row < errand.rows; row += rows_at_a_time) {
            errand.run(errand.work, row, std::min(rows_at_a_time, errand.rows - row));
        }
        return outputs;
    }

    std::vector<std::int32_t> sums = std::vector<std::int32_t>(7 * 8);
};

}  // namespace

TEST_CASE("Pending: an errand stores its rows, however many at a time, and nothing else") {
    const Step step;
    for (const bool by_columns : {false, true}) {
        for (const Index rows_at_a_time : {1, 2, 4, 7}) {
            const std::vector<std::int32_t> outputs = step.stored(by_columns, rows_at_a_time);
            for (Index i = 0; i < 12; ++i) {
                for (Index j = 0; j < 9; ++j) {
                    const bool is_inside = i >= 3 && i < 10 && j >= 2 && j < 7;
                    const Index at = by_columns ? i + 12 * j : 9 * i + j;
                    const auto expected =
                        is_inside ? static_cast<std::int32_t>(100 + 8 * (i - 3) + j - 2) : -1;
                    CHECK(outputs[static_cast<std::size_t>(at)] == expected);
                }
            }
        }
    }
}

TEST_CASE("Pending: what waits is stored once") {
    std::vector<std::int32_t> outputs(4, -1);
    const std::vector<std::int32_t> sums{1, 2, 3, 4};
    const gemm::Output<std::int32_t> out{outputs.data(), 2, 1};
    const gemm::Raw raw;
    gemm::detail::Pending<std::int32_t, gemm::Raw> pending(raw, out);
    pending.store();
    CHECK(outputs == std::vector<std::int32_t>(4, -1));
    pending.set({sums.data(), 2}, {0, 0, 2, 2});
    CHECK(pending.is_there());
    pending.store();
    CHECK(outputs == sums);
    CHECK_FALSE(pending.is_there());
    pending.set({sums.data(), 2}, {0, 0, 2, 2});
    pending.drop();
    outputs.assign(4, -1);
    pending.store();
    CHECK(outputs == std::vector<std::int32_t>(4, -1));
}

TEST_CASE("InterleavedEpilogue: the library's own, but not what derives from them") {
    using Codes = gemm::RequantizeSums<std::int8_t>;
    CHECK(gemm::InterleavedEpilogue<gemm::Raw>);
    CHECK(gemm::InterleavedEpilogue<Codes>);
    CHECK(gemm::InterleavedEpilogue<gemm::DequantizeSums>);
    CHECK(gemm::InterleavedEpilogue<gemm::AddResidualToSums<std::int8_t, Codes>>);
    CHECK_FALSE(gemm::InterleavedEpilogue<NotInterleaved>);
    CHECK_FALSE(gemm::InterleavedEpilogue<gemm::AddResidualToSums<std::int8_t, NotInterleaved>>);
}
