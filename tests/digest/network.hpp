// A small network in integers, run by the library and computed again from the contract:
// convolution with padding, clamp and pooling, a depthwise one with the clamp at 6, global average,
// linear.
//
// All weights and pixels are short binary fractions, so that the float network which is calibrated
// is exact in any order of summation: its ranges depend on no compiler.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <Eigen/Core>
#include <unsupported/Eigen/CXX11/Tensor>

#include "contract.hpp"
#include "record.hpp"

#include "intact/nn/integer_network.hpp"

namespace network {

using wide::Params;
using Ints = std::vector<std::int64_t>;

inline constexpr int batch = 3;
inline constexpr int in = 2;
inline constexpr int side = 6;
inline constexpr int mid = 5;
inline constexpr int half = 3;  // side after pooling
inline constexpr int last = 2;  // side after the depthwise layer
inline constexpr int out = 4;

/// Integers of a fixed number of fraction bits.
struct Fixed {
    int fraction_bits;
    Ints values;

    Fixed(Random& random, int n, int limit, int bits) : fraction_bits(bits) {
        for (int i = 0; i < n; ++i) values.push_back(random.integer(-limit, limit));
    }
    Fixed(Ints integers, int bits) : fraction_bits(bits), values(std::move(integers)) {}

    [[nodiscard]] float real(std::size_t i) const {
        // No division: under -ffast-math even that by a power of two may be an approximation.
        return std::ldexp(static_cast<float>(values[i]), -fraction_bits);
    }
};

struct Weights {
    Random random{77};
    Fixed pixels{random, batch* in* side* side, 31, 3};
    Fixed kernel{random, mid* in * 9, 17, 4};
    Fixed kernel_bias{random, mid, 100, 7};
    Fixed taps{random, mid * 9, 13, 4};
    Fixed taps_bias{random, mid, 3000, 11};
    Fixed head{random, out* mid, 60, 6};
    Fixed head_bias{random, out, 50, 6};
};

/// Where a 3 x 3 kernel with padding 1 meets an image.
template <class Visit>
void for_each_tap(int image_side, int stride, int y, int x, Visit visit) {
    for (int tap = 0; tap < 9; ++tap) {
        const int row = y * stride - 1 + tap / 3;
        const int column = x * stride - 1 + tap % 3;
        if (0 <= row && row < image_side && 0 <= column && column < image_side) {
            visit(tap, row * image_side + column);
        }
    }
}

/// Sums of the first layer, before clamp and pooling: [batch, mid, side, side].
inline Ints first_sums(const Ints& x, const Ints& w, const Ints& bias) {
    Ints sums;
    for (int n = 0; n < batch; ++n) {
        for (int o = 0; o < mid; ++o) {
            for (int p = 0; p < side * side; ++p) {
                std::int64_t sum = bias[static_cast<std::size_t>(o)];
                for (int c = 0; c < in; ++c) {
                    for_each_tap(side, 1, p / side, p % side, [&](int tap, int pixel) {
                        sum += x[static_cast<std::size_t>((n * in + c) * side * side + pixel)] *
                               w[static_cast<std::size_t>((o * in + c) * 9 + tap)];
                    });
                }
                sums.push_back(sum);
            }
        }
    }
    return sums;
}

/// Largest of each 2 x 2 window: [batch, mid, half, half].
inline Ints pooled(const Ints& x) {
    Ints most;
    for (std::size_t plane = 0; plane < batch * mid; ++plane) {
        for (std::size_t p = 0; p < half * half; ++p) {
            const std::size_t corner = plane * side * side + p / half * 2 * side + p % half * 2;
            most.push_back(
                std::max({x[corner], x[corner + 1], x[corner + side], x[corner + side + 1]}));
        }
    }
    return most;
}

/// Sums of the depthwise layer of stride 2: [batch, mid, last, last].
inline Ints depthwise_sums(const Ints& x, const Ints& w, const Ints& bias) {
    Ints sums;
    for (int plane = 0; plane < batch * mid; ++plane) {
        const int channel = plane % mid;
        for (int p = 0; p < last * last; ++p) {
            std::int64_t sum = bias[static_cast<std::size_t>(channel)];
            for_each_tap(half, 2, p / last, p % last, [&](int tap, int pixel) {
                sum += x[static_cast<std::size_t>(plane * half * half + pixel)] *
                       w[static_cast<std::size_t>(channel * 9 + tap)];
            });
            sums.push_back(sum);
        }
    }
    return sums;
}

/// Sums over the pixels of each channel: [batch, mid].
inline Ints pixel_sums(const Ints& x) {
    Ints sums(batch * mid, 0);
    for (std::size_t i = 0; i < x.size(); ++i) sums[i / (last * last)] += x[i];
    return sums;
}

/// Affine uint8 parameters of the values seen.
inline Params params_of(const Fixed& seen) {
    const auto [least, most] = std::minmax_element(seen.values.begin(), seen.values.end());
    const auto at = [&](auto it) {
        return static_cast<double>(seen.real(static_cast<std::size_t>(it - seen.values.begin())));
    };
    return wide::affine(at(least), at(most), {});
}

/// Weights as symmetric int8 codes, a scale for each of `channels`.
struct CodedWeights {
    Ints codes;
    std::vector<float> scales;

    CodedWeights(const Fixed& real, std::size_t channels) {
        const std::size_t k = real.values.size() / channels;
        for (std::size_t j = 0; j < channels; ++j) {
            std::int64_t amax = 0;
            for (std::size_t i = j * k; i < (j + 1) * k; ++i) {
                amax = std::max(amax, std::abs(real.values[i]));
            }
            const Fixed largest({amax}, real.fraction_bits);
            const Params params =
                wide::symmetric(static_cast<double>(largest.real(0)), {.qmin = -127, .qmax = 127});
            scales.push_back(params.scale);
            for (std::size_t i = j * k; i < (j + 1) * k; ++i) {
                codes.push_back(wide::code_of(real.real(i), params));
            }
        }
    }

    [[nodiscard]] Ints bias(const Fixed& real, const Params& x) const {
        Ints steps;
        for (std::size_t j = 0; j < scales.size(); ++j) {
            steps.push_back(wide::bias_steps(real.real(j), x.scale, scales[j]));
        }
        return steps;
    }
};

inline Ints levels(const Ints& codes, const Params& params) {
    Ints less_zero = codes;
    for (std::int64_t& code : less_zero) code -= params.zero_point;
    return less_zero;
}

/// Codes of sums [batch, mid, pixels] with a clamp below at 0, and above at 6 where asked for.
inline Ints requantized(const Ints& sums, const CodedWeights& w, const Params& x, const Params& y,
                        bool at_six) {
    Params limits = y;
    limits.qmin = std::max(limits.qmin, y.zero_point);
    if (at_six) limits.qmax = wide::code_of(6.0F, y);
    const std::size_t pixels = sums.size() / (batch * mid);
    Ints codes;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const float s_w = w.scales[i / pixels % mid];
        codes.push_back(
            wide::code_of_sum(sums[i], wide::multiplier(x.scale, s_w, y.scale), limits));
    }
    return codes;
}

/// The answers as bits of float32, [batch, out].
inline std::vector<std::uint32_t> answers(const Weights& net) {
    // The float network, in integers: what each edge sees.
    Ints first = pooled(first_sums(net.pixels.values, net.kernel.values, net.kernel_bias.values));
    for (std::int64_t& x : first) x = std::max<std::int64_t>(x, 0);
    Ints second = depthwise_sums(first, net.taps.values, net.taps_bias.values);
    for (std::int64_t& x : second) x = std::clamp<std::int64_t>(x, 0, 6 << 11);
    const Params x0 = params_of(net.pixels);
    const Params x1 = params_of({first, 7});
    const Params x2 = params_of({second, 11});
    const Params x3 = params_of({pixel_sums(second), 13});

    const CodedWeights w1(net.kernel, mid);
    const CodedWeights w2(net.taps, mid);
    const CodedWeights w3(net.head, out);
    Ints codes;
    for (std::size_t i = 0; i < net.pixels.values.size(); ++i) {
        codes.push_back(wide::code_of(net.pixels.real(i), x0));
    }
    codes = requantized(first_sums(levels(codes, x0), w1.codes, w1.bias(net.kernel_bias, x0)), w1,
                        x0, x1, false);
    codes = pooled(codes);
    codes = requantized(depthwise_sums(levels(codes, x1), w2.codes, w2.bias(net.taps_bias, x1)), w2,
                        x1, x2, true);
    const wide::Real steps = wide::product(wide::of(x3.scale), wide::of(std::int64_t{last * last}));
    const wide::Real mean =
        wide::rounded(wide::rounded(wide::quotient(wide::of(x2.scale), steps), 53), 31);
    codes = pixel_sums(levels(codes, x2));
    for (std::int64_t& code : codes) code = wide::code_of_sum(code, mean, x3);

    const Ints x = levels(codes, x3);
    std::vector<std::uint32_t> bits;
    for (std::size_t n = 0; n < batch; ++n) {
        for (std::size_t j = 0; j < out; ++j) {
            std::int64_t sum = 0;
            for (std::size_t c = 0; c < mid; ++c) sum += x[n * mid + c] * w3.codes[j * mid + c];
            bits.push_back(
                wide::real_bits_of_sum(sum, x3.scale, w3.scales[j], net.head_bias.real(j)));
        }
    }
    return bits;
}

inline Eigen::Tensor<float, 4, Eigen::RowMajor> tensor(const Fixed& from, int a, int b, int c,
                                                       int d) {
    Eigen::Tensor<float, 4, Eigen::RowMajor> to(a, b, c, d);
    for (Eigen::Index i = 0; i < to.size(); ++i) {
        to.data()[i] = from.real(static_cast<std::size_t>(i));
    }
    return to;
}

inline Eigen::VectorXf vector(const Fixed& from) {
    Eigen::VectorXf to(static_cast<Eigen::Index>(from.values.size()));
    for (Eigen::Index i = 0; i < to.size(); ++i) to[i] = from.real(static_cast<std::size_t>(i));
    return to;
}

/// The answers of the library and of the contract.
inline void record(Record& record) {
    using namespace intact;
    using Recipe =
        StaticRecipe<SymmetricQuantizer<std::int8_t, PerChannel<0>>, AffineQuantizer<std::uint8_t>>;
    const Weights net;
    Eigen::MatrixXf head(out, mid);
    for (int j = 0; j < out; ++j) {
        for (int c = 0; c < mid; ++c)
            head(j, c) = net.head.real(static_cast<std::size_t>(j * mid + c));
    }
    auto watched = prepare<Recipe>(sequential(
        Conv2d(tensor(net.kernel, mid, in, 3, 3), vector(net.kernel_bias), {.padding = 1}), Relu(),
        MaxPool2d(2),
        Conv2d(tensor(net.taps, mid, 1, 3, 3), vector(net.taps_bias),
               {.stride = 2, .padding = 1, .groups = mid}),
        Relu6(), GlobalAveragePool(), Linear(head, vector(net.head_bias))));
    const auto pixels = tensor(net.pixels, batch, in, side, side);
    watched(pixels);
    const FeatureMatrix y = convert(watched)(pixels);
    const std::vector<std::uint32_t> expected = answers(net);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        record.add(y.data()[i], expected[i]);
    }
}

}  // namespace network
