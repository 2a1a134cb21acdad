// The values that observers and criteria are measured on.
#pragma once

#include <cstddef>
#include <random>
#include <vector>

namespace bench {

/// `n` standard normal values, the same at every call.
[[nodiscard]] inline std::vector<float> gaussian(std::size_t n) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> values(n);
    for (float& value : values) value = normal(random);
    return values;
}

}  // namespace bench
