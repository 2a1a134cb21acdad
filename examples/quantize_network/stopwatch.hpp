// Processor time of running a network, per image.
//
// Units    microseconds of processor time: a busy machine disturbs it less than the clock on the
//          wall, and on an idle one both agree, since everything here runs on one thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <vector>

#include "examples/quantize_network/dataset.hpp"

namespace example {

/// The images that speed is measured on.
inline constexpr std::size_t timed_images = 64;

/// Processor time that this program has used so far, in microseconds.
[[nodiscard]] inline double processor_microseconds() {
    return static_cast<double>(std::clock()) * (1e6 / CLOCKS_PER_SEC);
}

/// The first `timed_images` images of a set, in batches of `batch`.
[[nodiscard]] inline std::vector<Batch> timed_batches(const Dataset& set, std::size_t batch) {
    std::vector<Batch> batches;
    for (std::size_t first = 0; first < timed_images; first += batch) {
        batches.push_back(set.batch(first, batch));
    }
    return batches;
}

/// Microseconds an image: all batches over and over for `least` microseconds, after once
/// unmeasured.
template <class Run>
[[nodiscard]] double microseconds_per_image(const std::vector<Batch>& batches, Run&& run,
                                            double least = 15000.0) {
    const auto once = [&] {
        float kept = 0.0F;
        for (const Batch& batch : batches) kept += run(batch)(0, 0);
        volatile float seen = kept;  // so that no run can be left out
        (void)seen;
    };
    once();
    double images = 0.0;
    double spent = 0.0;
    const double start = processor_microseconds();
    do {
        once();
        images += static_cast<double>(timed_images);
        spent = processor_microseconds() - start;
    } while (spent < least);
    return spent / images;
}

/// The middle one of the sorted values, the mean of both in the middle of an even number.
[[nodiscard]] inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2.0;
}

}  // namespace example
