// Write an observer of your own: any struct with observe(), empty() and range() works in every
// quantizer. This one takes mean +- 3 standard deviations and so ignores rare outliers.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>
#include <span>

#include <intact/intact.hpp>

namespace {

class ThreeSigma {
public:
    /// Adds the values of a batch; an empty one changes nothing.
    void observe(std::span<const float> batch) {
        for (const float value : batch) {
            const auto x = static_cast<double>(value);
            count_ += 1.0;
            const double from_old_mean = x - mean_;
            mean_ += from_old_mean / count_;
            squares_ += from_old_mean * (x - mean_);
            min_ = std::min(min_, x);
            max_ = std::max(max_, x);
        }
    }

    bool empty() const { return count_ == 0.0; }

    /// Never wider than the data; `grid` says which codes there are, and whether 0 is their middle.
    intact::Range range(const intact::Grid& grid) const {
        intact::require<std::logic_error>(!empty(), "ThreeSigma", "no range, expected a value");
        const double reach = 3.0 * std::sqrt(squares_ / count_);
        return intact::spanned(std::max(mean_ - reach, min_), std::min(mean_ + reach, max_), grid);
    }

private:
    double count_ = 0.0;
    double mean_ = 0.0;
    double squares_ = 0.0;  // sum of (x - mean)^2
    double min_ = 0.0;      // with 0, which every scheme can express
    double max_ = 0.0;
};

static_assert(intact::Observer<ThreeSigma>);
static_assert(!intact::MergeableObserver<ThreeSigma>, "it has no merge()");

}  // namespace

int main() {
    std::cout << intact::simd::describe() << '\n';
    // 10,000 values about 1, and a single one far outside.
    std::mt19937 generator(1);
    std::normal_distribution<float> about_one(1.0F, 0.5F);
    Eigen::RowVectorXf x =
        Eigen::RowVectorXf::NullaryExpr(10001, [&] { return about_one(generator); });
    x(10000) = 200.0F;
    const auto usual = x.head(10000);

    intact::AffineQuantizer<std::uint8_t> min_max;
    intact::AffineQuantizer<std::uint8_t, intact::PerTensor, ThreeSigma> three_sigma;
    min_max.observe(x);
    three_sigma.observe(x);

    const double min_max_db = intact::sqnr_db(usual, min_max.fake_quantize(usual));
    const double three_sigma_db = intact::sqnr_db(usual, three_sigma.fake_quantize(usual));
    std::cout << "min-max:     step " << min_max.params().front().scale << ", " << min_max_db
              << " dB on the usual values\n"
              << "three sigma: step " << three_sigma.params().front().scale << ", "
              << three_sigma_db << " dB, but 200 reads as " << three_sigma.fake_quantize(x)(10000)
              << '\n';

    const bool ok = three_sigma_db > min_max_db + 10.0;
    std::cout << (ok ? "as expected\n" : "NOT as expected\n");
    return ok ? 0 : 1;
}
