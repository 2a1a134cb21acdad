// Convolutions of golden arrays as integer products, the plain way: every patch becomes a row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "golden.hpp"
#include "products.hpp"

namespace golden {

/// Shapes and steps of an ONNX convolution in two dimensions; one dimension is an image of
/// height 1.
struct Convolution {
    explicit Convolution(const Row& row) {
        std::vector<std::int64_t> x = row.input("x").shape();
        std::vector<std::int64_t> w = row.input("w").shape();
        std::vector<std::int64_t> pads = list(row, "pads");
        std::vector<std::int64_t> strides = list(row, "strides");
        std::vector<std::int64_t> dilations = list(row, "dilations");
        const bool is_flat = x.size() == 3;
        if (pads.empty()) pads.assign(is_flat ? 2 : 4, 0);
        if (strides.empty()) strides.assign(is_flat ? 1 : 2, 1);
        if (dilations.empty()) dilations.assign(is_flat ? 1 : 2, 1);
        if (is_flat) {
            x.insert(x.begin() + 2, 1);
            w.insert(w.begin() + 2, 1);
            pads = {0, pads[0], 0, pads[1]};
            strides.insert(strides.begin(), 1);
            dilations.insert(dilations.begin(), 1);
        }
        if (x.size() != 4 || w.size() != 4 || pads.size() != 4)
            broken("unknown shape of x, w, pads");
        groups = row.has_param("group") ? row.integer("group") : 1;
        batch = x[0], channels = x[1], height = x[2], width = x[3];
        out_channels = w[0], kernel_height = w[2], kernel_width = w[3];
        top = pads[0], left = pads[1];
        stride_y = strides[0], stride_x = strides[1];
        dilation_y = dilations[0], dilation_x = dilations[1];
        const Index reach_y = dilation_y * (kernel_height - 1) + 1;
        const Index reach_x = dilation_x * (kernel_width - 1) + 1;
        out_height = (height + pads[0] + pads[2] - reach_y) / stride_y + 1;
        out_width = (width + pads[1] + pads[3] - reach_x) / stride_x + 1;
    }

    Index groups, batch, channels, height, width, out_channels, kernel_height, kernel_width;
    Index top, left, stride_y, stride_x, dilation_y, dilation_x, out_height, out_width;

    /// Length of the sums.
    [[nodiscard]] Index k() const { return channels / groups * kernel_height * kernel_width; }
    [[nodiscard]] Index pixels() const { return out_height * out_width; }

    /// Patches [pixels, k] of one group of one image; what lies outside is the code of real zero.
    template <class T>
    [[nodiscard]] std::vector<T> patches(const std::vector<T>& x, Index image, Index group,
                                         std::int32_t zero_point) const {
        std::vector<T> rows;
        const Index group_channels = channels / groups;
        for (Index pixel = 0; pixel < pixels(); ++pixel) {
            for (Index c = 0; c < group_channels; ++c) {
                const Index plane = image * channels + group * group_channels + c;
                for (Index i = 0; i < kernel_height * kernel_width; ++i) {
                    const Index row =
                        pixel / out_width * stride_y - top + i / kernel_width * dilation_y;
                    const Index column =
                        pixel % out_width * stride_x - left + i % kernel_width * dilation_x;
                    const bool inside = 0 <= row && row < height && 0 <= column && column < width;
                    const Index at = (plane * height + row) * width + column;
                    rows.push_back(inside ? x[static_cast<std::size_t>(at)]
                                          : static_cast<T>(zero_point));
                }
            }
        }
        return rows;
    }

    /// Output [batch, out_channels, pixels]; epilogue_of(first channel) serves one group's
    /// channels.
    template <class A, class B, class EpilogueOf>
    auto outputs(const std::vector<A>& x, std::int32_t zero_x, const std::vector<B>& w,
                 const ZeroPoints& zero_w, EpilogueOf&& epilogue_of,
                 const intact::gemm::Kernel& kernel) const {
        using Output = typename decltype(epilogue_of(Index{}))::Output;
        std::vector<Output> out(static_cast<std::size_t>(batch * out_channels * pixels()));
        const Index group_outputs = out_channels / groups;
        for (Index image = 0; image < batch; ++image) {
            for (Index group = 0; group < groups; ++group) {
                const std::vector<A> rows = patches(x, image, group, zero_x);
                const Index first = group * group_outputs;
                ZeroPoints zero = zero_w;
                if (zero.all.size() > 1) {
                    zero.all.assign(zero_w.all.begin() + first,
                                    zero_w.all.begin() + first + group_outputs);
                }
                const auto weights = rows_operand(w.data() + first * k(), group_outputs, k(), zero);
                intact::gemm::multiply(rows_operand(rows.data(), pixels(), k(), {{zero_x}}),
                                       intact::gemm::pack(weights), epilogue_of(first),
                                       out.data() + (image * out_channels + first) * pixels(), 1,
                                       pixels(), kernel);
            }
        }
        return out;
    }

private:
    static std::vector<std::int64_t> list(const Row& row, const std::string& key) {
        std::vector<std::int64_t> numbers;
        if (!row.has_param(key)) return numbers;
        for (const std::string& part : split(row.param(key), ',')) {
            numbers.push_back(std::stoll(part));
        }
        return numbers;
    }
};

}  // namespace golden
