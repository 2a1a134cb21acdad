#include "intact/observers/eigen_batch.hpp"

#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>
#include <Eigen/Core>
#include <unsupported/Eigen/CXX11/Tensor>

#include "intact/observers/criteria/percentile.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/observers/min_max.hpp"
#include "intact/observers/moving_average.hpp"
#include "intact/observers/skip_non_finite.hpp"
#include "intact/observers/values.hpp"
#include "intact/observers/variants/onnx_runtime_entropy.hpp"
#include "intact/observers/variants/torch_histogram.hpp"

using namespace intact;

namespace {

/// An observer that has seen the elements of a matrix of any kind, column by column.
template <class Watch, class X>
Watch of_elements(const X& x) {
    std::vector<float> values;
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
        for (Eigen::Index i = 0; i < x.rows(); ++i) values.push_back(static_cast<float>(x(i, j)));
    }
    Watch observer;
    observer.observe(values);
    return observer;
}

template <class Watch, class X>
Watch of(const X& x) {
    Watch observer;
    observer.observe(x);
    return observer;
}

}  // namespace

TEST_CASE_TEMPLATE("observe: Eigen objects are one batch", Watch, MinMax, MovingAverage,
                   Histogram<Percentile<>>, Values<>, SkipNonFinite<Histogram<>>,
                   OnnxRuntimeEntropy<>, TorchHistogram<>) {
    const Eigen::MatrixXf x = Eigen::MatrixXf::Random(7, 9);
    const Eigen::Matrix<float, 3, 5, Eigen::RowMajor> rows = Eigen::MatrixXf::Random(3, 5);
    const Eigen::VectorXd wide = Eigen::VectorXd::Random(11);
    CHECK(of<Watch>(x) == of_elements<Watch>(x));
    CHECK(of<Watch>(rows) == of_elements<Watch>(rows));
    CHECK(of<Watch>(wide) == of_elements<Watch>(wide));
    CHECK(of<Watch>(x.row(2)) == of_elements<Watch>(x.row(2)));
    CHECK(of<Watch>(x.block(1, 2, 4, 3)) == of_elements<Watch>(x.block(1, 2, 4, 3)));
    CHECK(of<Watch>((x * 2.0F).transpose()) == of_elements<Watch>(Eigen::MatrixXf(x * 2.0F)));
    CHECK(of<Watch>(x.array().abs()) == of_elements<Watch>(Eigen::MatrixXf(x.cwiseAbs())));
    Eigen::Tensor<float, 3> tensor(7, 3, 3);
    std::copy(x.data(), x.data() + x.size(), tensor.data());
    CHECK(of<Watch>(tensor) == of<Watch>(x));
    CHECK(of<Watch>(Eigen::MatrixXf(0, 4)).empty());
}

TEST_CASE("observe: a block that is not finite is refused, the observer stays as it was") {
    Eigen::MatrixXf x = Eigen::MatrixXf::Random(4, 4);
    Histogram<> observer;
    observer.observe(x);
    const auto before = observer;
    x(2, 2) = NAN;
    CHECK_THROWS_AS(observer.observe(x.block(1, 1, 2, 2)), std::domain_error);
    CHECK(observer == before);
    CHECK_NOTHROW(observer.observe(x.topRows(2)));
}
