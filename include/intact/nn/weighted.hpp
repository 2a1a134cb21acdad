// Runs a layer with weights over a batch: columns, product, pooling, a few images at a time so that
// what lies between them stays in the second-level cache.
//
// Float and integer layers differ in the product alone:
//
//   product(group, columns, rows, to, row_stride)   outputs of one group for `rows` pixels
//   depthwise(image, in, y, x, to)                   all channels of one output pixel
#pragma once

#include <algorithm>

#include "intact/nn/max_pool.hpp"
#include "intact/nn/stage.hpp"

namespace intact::nn {

/// Bytes of columns that one piece of work may have.
inline constexpr Index piece_bytes = 192 * 1024;

/// Reads the taps of one output pixel: visit(tap, pixel) for those inside the image.
template <class T, class Visit>
void for_each_tap(const Geometry& geometry, const Shape& in, const T* image, Index y, Index x,
                  Visit&& visit) {
    const auto& [stride, padding, dilation, groups] = geometry.options;
    for (Index ky = 0; ky < geometry.height; ++ky) {
        const Index row = y * stride - padding + ky * dilation;
        if (row < 0 || row >= in.height) continue;
        for (Index kx = 0; kx < geometry.width; ++kx) {
            const Index column = x * stride - padding + kx * dilation;
            if (column < 0 || column >= in.width) continue;
            visit(ky * geometry.width + kx, image + (row * in.width + column) * in.channels);
        }
    }
}

/// Whether a product runs depthwise layers; one that does not is never given any.
template <class Product, class In, class Out>
concept has_depthwise = requires(const Product& product, const In* image, const Shape& in,
                                 Out* to) {
    product.depthwise(image, in, Index{}, Index{}, to);
};

/// Runs a weighted stage from `in` to `out` (shape: stage.output(in.shape)).
template <class In, class Out, class Product>
void run_weighted(const Stage& stage, const FeatureMap<const In>& in, In pad, Out* out,
                  Product&& product) {
    const Geometry& geometry = stage.geometry;
    const Shape made = geometry.output(in.shape);
    const Shape pooled = stage.pool.output(made);
    const bool pools = stage.pool.pools();
    const Index row_bytes = geometry.k() * static_cast<Index>(sizeof(In));
    const Index fitting = std::max<Index>(1, piece_bytes / (row_bytes * made.pixels()));
    const Index images = geometry.is_linear ? in.shape.batch : std::min(fitting, in.shape.batch);

    for (Index first = 0; first < in.shape.batch; first += images) {
        const Index count = std::min(images, in.shape.batch - first);
        const Index rows = count * made.pixels();
        Out* to = pools ? scratch<Out, 0>(rows * made.channels) : out + first * made.image_size();
        if (geometry.is_depthwise()) {
            if constexpr (has_depthwise<Product, In, Out>) {
                for (Index p = 0; p < rows; ++p) {
                    const Index pixel = p % made.pixels();
                    product.depthwise(in.image(first + p / made.pixels()), in.shape,
                                      pixel / made.width, pixel % made.width,
                                      to + p * made.channels);
                }
            }
        } else if (geometry.in_place()) {
            product(0, in.image(first), rows, to, made.channels);
        } else {
            In* unrolled = scratch<In, 1>(rows * geometry.k());
            for (Index group = 0; group < geometry.options.groups; ++group) {
                for (Index i = 0; i < count; ++i) {
                    columns(geometry, in.shape, made, in.image(first + i), group, pad,
                            unrolled + i * made.pixels() * geometry.k());
                }
                product(group, unrolled, rows, to + group * geometry.group_outputs(),
                        made.channels);
            }
        }
        for (Index i = 0; pools && i < count; ++i) {
            max_pool(stage.pool, made, pooled, to + i * made.image_size(),
                     out + (first + i) * pooled.image_size());
        }
    }
}

}  // namespace intact::nn
