// Error measures against their formulas in long double, and at the ends of what they can measure.
#include "intact/metrics/error_measures.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>

#include <doctest/doctest.h>

using namespace intact;
using Eigen::MatrixXf;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

MatrixXf sample(std::uint32_t state, float size) {
    MatrixXf x(13, 7);
    for (Index i = 0; i < x.size(); ++i) {
        state = state * 1664525U + 1013904223U;
        x.data()[i] = (static_cast<float>(state >> 8) * 0x1p-24F - 0.4F) * size;
    }
    return x;
}

/// Sums of the formulas in long double.
struct Sums {
    long double signal = 0, other = 0, product = 0, error = 0, largest = 0;

    Sums(const MatrixXf& x, const MatrixXf& y) {
        for (Index i = 0; i < x.size(); ++i) {
            const auto a = static_cast<long double>(x.data()[i]);
            const auto b = static_cast<long double>(y.data()[i]);
            signal += a * a;
            other += b * b;
            product += a * b;
            error += (a - b) * (a - b);
            largest = std::max(largest, std::abs(a - b));
        }
    }
};

void check_close(double value, long double expected) {
    CHECK(std::abs(static_cast<long double>(value) - expected) <= 1e-13L * std::abs(expected));
}

}  // namespace

TEST_CASE("Error measures: equal their formulas") {
    const MatrixXf x = sample(1, 5.0F);
    const MatrixXf y = x + sample(2, 0.01F);
    const Sums sums(x, y);
    check_close(mse(x, y), sums.error / 91);
    check_close(sqnr_db(x, y), 10 * std::log10(sums.signal / sums.error));
    check_close(cosine_similarity(x, y), sums.product / std::sqrt(sums.signal * sums.other));
    CHECK(max_abs_error(x, y) == static_cast<double>(sums.largest));
    // Known by hand.
    const Eigen::RowVector2f a(3, 4);
    const Eigen::RowVector2f b(3, 2);
    CHECK(mse(a, b) == 2.0);
    CHECK(max_abs_error(a, b) == 2.0);
    check_close(sqnr_db(a, b), 10 * std::log10(25.0L / 4.0L));
    check_close(cosine_similarity(a, b), 17 / (5 * std::sqrt(13.0L)));
}

TEST_CASE("Error measures: x is the reference, its storage order does not matter") {
    const MatrixXf x = sample(3, 1.0F);
    const MatrixXf y = sample(4, 2.0F);
    CHECK(sqnr_db(x, y) != sqnr_db(y, x));
    const Eigen::Matrix<float, 13, 7, Eigen::RowMajor> rows = y;
    CHECK(mse(x, rows) == mse(x, y));
    CHECK(sqnr_db(x, rows) == sqnr_db(x, y));
    CHECK(cosine_similarity(Eigen::Matrix<float, 13, 7, Eigen::RowMajor>(x), rows) ==
          cosine_similarity(x, y));
    CHECK(mse(x, y.transpose().transpose()) == mse(x, y));
    CHECK(mse(x.cast<double>(), y * 1.0F) == mse(x, y));
    MatrixXf large = MatrixXf::Constant(20, 20, 100.0F);
    large.block(2, 3, 13, 7) = y;
    CHECK(max_abs_error(x, large.block(2, 3, 13, 7)) == max_abs_error(x, y));
}

TEST_CASE("Error measures: equal values, zeros, opposite values") {
    const MatrixXf x = sample(5, 1.0F);
    const MatrixXf zero = MatrixXf::Zero(13, 7);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK(mse(x, x) == 0.0);
    CHECK(max_abs_error(x, x) == 0.0);
    CHECK(sqnr_db(x, x) == infinity);
    CHECK(sqnr_db(zero, zero) == infinity);
    CHECK(sqnr_db(zero, x) == -infinity);
    check_close(sqnr_db(x, zero) + 1.0, 1.0L);  // nothing of the signal is left: 0 dB
    check_close(cosine_similarity(x, x), 1.0L);
    check_close(cosine_similarity(x, -x), -1.0L);
    CHECK(cosine_similarity(zero, zero) == 1.0);
    CHECK(cosine_similarity(zero, x) == 0.0);
    CHECK(cosine_similarity(x, zero) == 0.0);
}

TEST_CASE("Error measures: the largest floats do not overflow, the smallest do not vanish") {
    constexpr float largest = std::numeric_limits<float>::max();
    constexpr float least = std::numeric_limits<float>::denorm_min();
    const Eigen::RowVector2f x(largest, -largest);
    check_close(mse(x, -x),
                4.0L * static_cast<long double>(largest) * static_cast<long double>(largest));
    CHECK(max_abs_error(x, -x) == 2.0 * static_cast<double>(largest));
    check_close(cosine_similarity(x, x), 1.0L);
    const Eigen::RowVector2f tiny(least, 0.0F);
    CHECK(mse(tiny, Eigen::RowVector2f(0.0F, 0.0F)) > 0.0);
    check_close(cosine_similarity(tiny, tiny), 1.0L);
}

TEST_CASE("Error measures: NaN anywhere shows in every one") {
    for (const Index at : {Index{0}, Index{50}, Index{90}}) {
        const MatrixXf x = sample(6, 1.0F);
        MatrixXf y = x;
        y.data()[at] = not_a_number;
        y.data()[at == 0 ? 1 : 0] += 1.0F;
        CHECK(std::isnan(mse(x, y)));
        CHECK(std::isnan(sqnr_db(x, y)));
        CHECK(std::isnan(cosine_similarity(x, y)));
        CHECK(std::isnan(max_abs_error(x, y)));
    }
}

TEST_CASE("Error measures: other shapes and nothing at all are refused") {
    const MatrixXf x = sample(7, 1.0F);
    CHECK_THROWS_AS((void)mse(x, x.leftCols(6)), std::invalid_argument);
    CHECK_THROWS_AS((void)sqnr_db(x, x.transpose()), std::invalid_argument);
    CHECK_THROWS_AS((void)cosine_similarity(MatrixXf(0, 3), MatrixXf(0, 3)), std::invalid_argument);
    CHECK_THROWS_AS((void)max_abs_error(MatrixXf(3, 0), MatrixXf(3, 0)), std::invalid_argument);
    const Eigen::Tensor<float, 3> tensor(13, 7, 1);
    CHECK_THROWS_AS((void)mse(x, tensor), std::invalid_argument);
}
