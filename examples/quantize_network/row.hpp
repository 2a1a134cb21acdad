// One line of the results: what one way to quantize a network costs and gains.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

namespace example {

/// The four kinds of row, so that pictures can mark them apart.
enum class Kind { float32, weight_only, dynamic_ranges, static_ranges };

[[nodiscard]] constexpr const char* name(Kind kind) {
    switch (kind) {
        case Kind::float32:
            return "float32";
        case Kind::weight_only:
            return "weight-only";
        case Kind::dynamic_ranges:
            return "dynamic";
        case Kind::static_ranges:
            break;
    }
    return "static";
}

/// Every table starts with the float32 row; the others are compared with it.
struct Row {
    Kind kind = Kind::float32;
    std::string name;        ///< "static, min-max"
    double accuracy = 0.0;   ///< share of right answers, 0 to 1
    double agreement = 1.0;  ///< share of answers that are the float network's, 0 to 1
    double sqnr_db = std::numeric_limits<double>::infinity();  ///< of the network's outputs
    std::size_t bytes = 0;               ///< weights, scales and biases as stored
    double microseconds_batch_1 = 0.0;   ///< for one image, in batches of 1
    double microseconds_batch_64 = 0.0;  ///< for one image, in batches of 64
};

}  // namespace example
