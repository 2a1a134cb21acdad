// How far quantized values are from the real ones.
//
//   mse(x, y)                mean of (x - y)^2
//   sqnr_db(x, y)            10 log10(sum x^2 / sum (x - y)^2); infinite where nothing differs
//   cosine_similarity(x, y)  sum x y / sqrt(sum x^2 sum y^2); 1 where both are all zero
//   max_abs_error(x, y)      largest |x - y|
//
// NaN where a difference is NaN.
//
// Shapes   any two Eigen objects of one shape, of any storage order; x is the reference.
// Errors   std::invalid_argument  shapes that differ, or nothing to measure
// Cost     one pass in double precision, in row-major order whatever the storage.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "intact/core/exact.hpp"
#include "intact/core/tensor_view.hpp"

namespace intact {

namespace detail {

struct ErrorSums {
    double count = 0.0;
    double signal = 0.0;   // sum x^2
    double other = 0.0;    // sum y^2
    double product = 0.0;  // sum x y
    double error = 0.0;    // sum (x - y)^2
    double largest = 0.0;  // max |x - y|

    void add(double x, double y) {
        count += 1.0;
        signal = exactly(signal + exactly(x * x));
        other = exactly(other + exactly(y * y));
        product = exactly(product + exactly(x * y));
        const double difference = exactly(x - y);
        error = exactly(error + exactly(difference * difference));
        largest = std::max(largest, std::abs(difference));
    }

    [[nodiscard]] double sqnr_db() const {
        if (error == 0.0) return std::numeric_limits<double>::infinity();
        return 10.0 * std::log10(signal / error);
    }

    [[nodiscard]] double max_abs_error() const { return std::isnan(error) ? error : largest; }
};

inline void add_all(ErrorSums& sums, const TensorView<const float>& x,
                    const TensorView<const float>& y, int axis, const float* at_x,
                    const float* at_y) {
    if (axis == x.rank) {
        sums.add(static_cast<double>(*at_x), static_cast<double>(*at_y));
        return;
    }
    const auto i = static_cast<std::size_t>(axis);
    for (Index step = 0; step < x.shape[i]; ++step) {
        add_all(sums, x, y, axis + 1, at_x + step * x.strides[i], at_y + step * y.strides[i]);
    }
}

/// Adds the differences of y from x to the sums of earlier batches.
template <EigenObject X, EigenObject Y>
void add_errors(ErrorSums& sums, const X& x, const Y& y, const char* where) {
    const RealInput a(x);
    const RealInput b(y);
    require(a.view().same_shape(b.view()), where, "the shapes differ, expected ",
            shape_text(a.view()), ", given ", shape_text(b.view()));
    if (a.view().size() > 0) add_all(sums, a.view(), b.view(), 0, a.view().data, b.view().data);
}

template <EigenObject X, EigenObject Y>
ErrorSums error_sums(const X& x, const Y& y, const char* where) {
    ErrorSums sums;
    add_errors(sums, x, y, where);
    require(sums.count > 0.0, where, "there is nothing to measure, expected at least one value");
    return sums;
}

}  // namespace detail

/// Mean squared error of y against x.
template <EigenObject X, EigenObject Y>
[[nodiscard]] double mse(const X& x, const Y& y) {
    const auto sums = detail::error_sums(x, y, "mse");
    return sums.error / sums.count;
}

/// Signal-to-quantization-noise ratio of y against x in decibels.
template <EigenObject X, EigenObject Y>
[[nodiscard]] double sqnr_db(const X& x, const Y& y) {
    return detail::error_sums(x, y, "sqnr_db").sqnr_db();
}

/// Cosine of the angle between x and y as vectors.
template <EigenObject X, EigenObject Y>
[[nodiscard]] double cosine_similarity(const X& x, const Y& y) {
    const auto sums = detail::error_sums(x, y, "cosine_similarity");
    if (sums.signal == 0.0 && sums.other == 0.0) return 1.0;
    if (sums.signal == 0.0 || sums.other == 0.0) return 0.0;
    return sums.product / (std::sqrt(sums.signal) * std::sqrt(sums.other));
}

/// Largest absolute difference of y from x.
template <EigenObject X, EigenObject Y>
[[nodiscard]] double max_abs_error(const X& x, const Y& y) {
    return detail::error_sums(x, y, "max_abs_error").max_abs_error();
}

}  // namespace intact
