// Which part of the range deserves the codes? Data with one outlier, quantized with the range that
// each criterion chooses: what the usual values gain is what the outlier loses.
#include <iomanip>
#include <iostream>
#include <random>

#include <intact/intact.hpp>

namespace {

constexpr Eigen::Index usual_count = 100000;

/// What one choice of range costs.
struct Outcome {
    double all_db = 0.0;    // all values, the outlier included
    double usual_db = 0.0;  // all but the outlier
};

template <class Observer>
Outcome try_out(const char* name, const Eigen::RowVectorXf& x) {
    intact::AffineQuantizer<std::uint8_t, intact::PerTensor, Observer> quantizer;
    quantizer.observe(x);
    const Eigen::RowVectorXf y = quantizer.fake_quantize(x);
    const Outcome outcome{intact::sqnr_db(x, y),
                          intact::sqnr_db(x.head(usual_count), y.head(usual_count))};
    std::cout << std::setw(12) << name << std::setw(10) << quantizer.params().front().scale
              << std::setw(10) << y.minCoeff() << std::setw(10) << y.maxCoeff() << std::setw(10)
              << outcome.all_db << std::setw(10) << outcome.usual_db << '\n';
    return outcome;
}

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n';
    std::mt19937 generator(1);
    std::normal_distribution<float> normal;
    Eigen::RowVectorXf x =
        Eigen::RowVectorXf::NullaryExpr(usual_count + 1, [&] { return normal(generator); });
    x(usual_count) = 20.0F;  // the others lie between -5 and 5

    std::cout << std::setprecision(3) << std::fixed
              << "   criterion      step       min       max    dB all  dB usual\n";
    const Outcome min_max = try_out<intact::MinMax>("min-max", x);
    const Outcome percentile = try_out<intact::Histogram<intact::Percentile<>>>("99.99 %", x);
    const Outcome entropy = try_out<intact::Histogram<intact::Entropy>>("entropy", x);
    const Outcome squared_error =
        try_out<intact::Histogram<intact::MeanSquaredError>>("least MSE", x);

    // Percentile drops the outlier and serves the usual values best. The squared error of all
    // values is smallest for the criterion of that name. Entropy keeps the outlier here: it does
    // not accept more than 1.5 times the squared error of min-max.
    bool ok = percentile.usual_db > min_max.usual_db + 3.0;
    for (const Outcome& other : {min_max, percentile, entropy}) {
        ok &= squared_error.all_db > other.all_db - 0.1;
    }
    std::cout << (ok ? "as expected\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
