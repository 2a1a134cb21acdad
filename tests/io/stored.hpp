// Saving to and loading from texts, and data to observe.
#pragma once

#include <bit>
#include <cstdint>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "intact/io/calibration.hpp"

namespace stored {

using intact::load;
using intact::save;

template <class X>
std::string saved(const X& x) {
    std::ostringstream stream;
    save(stream, x);
    return stream.str();
}

template <class X>
void load_from(const std::string& bytes, X& x) {
    std::istringstream stream(bytes);
    load(stream, x);
}

template <class X>
X loaded(const std::string& bytes, X x = X()) {
    load_from(bytes, x);
    return x;
}

/// Finite floats of every kind: both zeros, subnormals, a narrow or a wide choice of exponents.
inline std::vector<float> any_values(std::mt19937& random) {
    const std::uint32_t highest = static_cast<std::uint32_t>(random() % 255);
    const std::uint32_t span = static_cast<std::uint32_t>(random() % 40) + 1;
    const bool one_sign = random() % 3 == 0;
    std::vector<float> values(random() % 300 + 1);
    for (float& value : values) {
        const auto word = static_cast<std::uint32_t>(random());
        const std::uint32_t exponent =
            highest - std::min(highest, static_cast<std::uint32_t>(random() % span));
        const std::uint32_t sign = one_sign ? 0 : word & 0x80000000U;
        value = std::bit_cast<float>(sign | exponent << 23 | (word & 0x007fffffU));
    }
    return values;
}

}  // namespace stored
