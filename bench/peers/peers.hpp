// The products of other libraries, each in a shared library of its own: what they inline stays out
// of our program, whatever they are compiled with.
//
// A function gives an empty Run where the peer has no such product. The problem must outlive it.
#pragma once

#include <string>

#include "bench/layer.hpp"
#include "bench/problem.hpp"
#include "bench/race.hpp"

#define INTACT_PEER __attribute__((visibility("default")))

namespace bench {

/// Eigen's float product; its weights are not packed beforehand, Eigen has no way to.
INTACT_PEER Run eigen_native(const Problem& problem);  ///< compiled with -march=native
INTACT_PEER Run eigen_sse41(const Problem& problem);   ///< compiled with -msse4.1
INTACT_PEER Run eigen_avx2(const Problem& problem);    ///< compiled with -mavx2 -mfma

/// A depthwise convolution in float, channel by channel products of Eigen's arrays; builds as
/// above.
INTACT_PEER Run eigen_native(const Layer& layer);
INTACT_PEER Run eigen_sse41(const Layer& layer);
INTACT_PEER Run eigen_avx2(const Layer& layer);

/// Caps oneDNN to one of our instruction sets, and to one thread. Before its first product.
INTACT_PEER void cap_onednn(const std::string& isa);
/// oneDNN's matmul, weights packed in the layout it asks for, scales for each column. Puts the name
/// of the implementation that it chose into `implementation`.
INTACT_PEER Run onednn(const Problem& problem, Kind kind, std::string& implementation);
INTACT_PEER std::string onednn_version();

/// gemmlowp's AVX2 product of uint8 with uint8; it packs weights at each call.
INTACT_PEER Run gemmlowp(const Problem& problem, Kind kind);

}  // namespace bench
