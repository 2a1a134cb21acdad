#include "intact/metrics/inspection/code_use.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "intact/metrics/error_measures.hpp"
#include "samples.hpp"

using namespace intact;

TEST_CASE("CodeUse: counts, clipped share and errors are those of the definition") {
    // Scale 1, codes -127 to 127: 127.4 rounds to the last code, 128 and 300 lie beyond it.
    SymmetricQuantizer<std::int8_t> quantizer(QuantParams{1.0F, 0});
    Eigen::RowVectorXf x(8);
    x << 0.0F, 0.25F, 1.0F, -1.0F, 127.4F, 128.0F, 300.0F, -130.0F;
    CodeUse use(quantizer.grid());
    use.add(x, quantizer.quantize(x));
    CHECK(use.values() == 8);
    CHECK(use.counts()[127] == 2);
    CHECK(use.counts()[254] == 3);
    CHECK(use.counts()[0] == 1);
    CHECK(use.dead_codes() == 255 - 5);
    CHECK(use.clipped_share() == 3.0 / 8.0);
    CHECK(use.clipping_error() == 1.0 + 173.0 * 173.0 + 9.0);
    CHECK(use.squared_error() == doctest::Approx(use.clipping_error() + 0.0625 + 0.16));
    CHECK(use.sqnr_db() == doctest::Approx(sqnr_db(x, quantizer.quantize(x).dequantize())));
    CHECK(use.levels_for(0.25) == 0.0);
    CHECK(use.levels_for(0.5) == 3.0 / 256.0);  // level 1 of 127, rounded up
    CHECK(use.levels_for(0.9) == 1.0);
}

TEST_CASE("CodeUse: every channel is read with its own scale, whatever the storage order") {
    Eigen::MatrixXf x = sample::gaussian(5, 40);
    x.row(3) *= 100.0F;
    SymmetricQuantizer<std::int8_t, PerChannel<0>> quantizer;
    quantizer.observe(x);
    CodeUse columns(quantizer.grid());
    columns.add(x, quantizer.quantize(x));
    const sample::Rows same = x;
    CodeUse rows(quantizer.grid());
    rows.add(same, quantizer.quantize(same));
    CHECK(rows.counts() == columns.counts());
    CHECK(rows.sqnr_db() == doctest::Approx(columns.sqnr_db()));
    CHECK(rows.sqnr_db() == doctest::Approx(sqnr_db(x, quantizer.quantize(x).dequantize())));
    CHECK(rows.clipped_share() == 0.0);
}

TEST_CASE("CodeUse: batches count as one, and exact codes have no error") {
    AffineQuantizer<std::uint8_t> quantizer(QuantParams{0.5F, 10});
    Eigen::MatrixXf x(1, 3);
    x << -5.0F, 0.5F, 100.0F;
    CodeUse use(quantizer.grid());
    use.add(x.leftCols(1), quantizer.quantize(x.leftCols(1)));
    use.add(x.rightCols(2), quantizer.quantize(x.rightCols(2)));
    CHECK(use.values() == 3);
    CHECK(use.sqnr_db() == std::numeric_limits<double>::infinity());
}
