// Broadcasting as NumPy and ONNX do it: axes are aligned at the last one, those of size 1 repeat.
#pragma once

#include <cstdint>
#include <vector>

namespace golden {

using Shape = std::vector<std::int64_t>;

/// For each element of a tensor of shape `out`, in row-major order, the number of the element of a
/// tensor of shape `in` that stands for it.
inline std::vector<std::int64_t> broadcast(const Shape& in, const Shape& out) {
    std::vector<std::int64_t> numbers{0};
    std::int64_t stride = 1;
    std::int64_t axes_done = 0;
    const auto rank_in = static_cast<std::int64_t>(in.size());
    for (auto axis = static_cast<std::int64_t>(out.size()); axis-- > 0; ++axes_done) {
        const bool exists = axes_done < rank_in;
        const std::int64_t size =
            exists ? in[static_cast<std::size_t>(rank_in - 1 - axes_done)] : 1;
        std::vector<std::int64_t> wider;
        for (std::int64_t i = 0; i < out[static_cast<std::size_t>(axis)]; ++i) {
            for (const std::int64_t number : numbers) {
                wider.push_back(number + (size == 1 ? 0 : i * stride));
            }
        }
        numbers = wider;
        stride *= size;
    }
    return numbers;
}

/// All axes but the last two: a stack of matrices.
inline Shape stack_of(const Shape& shape) { return {shape.begin(), shape.end() - 2}; }

}  // namespace golden
