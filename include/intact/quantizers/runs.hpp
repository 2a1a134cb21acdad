// Whole tensors through the elementwise kernels: the walk cuts them into runs of one scale and zero
// point, and runs that do not lie densely pass through a small buffer; those that lie side by side,
// as the rows of a column-major matrix, many at a time.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <vector>

#include "intact/core/number.hpp"
#include "intact/core/quantized.hpp"
#include "intact/core/rounding.hpp"
#include "intact/core/transpose.hpp"
#include "intact/core/walk.hpp"
#include "intact/elementwise/dequantize.hpp"
#include "intact/elementwise/min_max.hpp"
#include "intact/elementwise/quantize.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

namespace detail {

/// Values of a buffer that a run passes through where it is not dense.
inline constexpr Index piece = 128;

/// Copies the values [first, first + count) of each run of a bundle to rows `stride` apart; a piece
/// at a time, so that what is read together stays in the nearest cache.
template <class T>
void gather(const T* source, const Bundle& bundle, Index first, Index count, T* rows,
            Index stride) {
    const Run& run = bundle.first;
    for (Index done = 0; done < count; done += piece) {
        transpose(source + run.source + (first + done) * run.source_stride,
                  std::min(piece, count - done), bundle.runs, run.source_stride, rows + done,
                  stride);
    }
}

/// Calls visit(parameter, values) once for every parameter; values are taken in place where one run
/// holds all of them.
template <class Visit>
void for_each_parameter(const Walk& walk, const float* data, Visit&& visit) {
    std::vector<float> gathered;
    std::vector<float> rows;
    std::span<const float> in_place;
    Index current = -1;
    const auto finish = [&] {
        if (current < 0) return;
        visit(current, gathered.empty() ? in_place : std::span<const float>(gathered));
        gathered.clear();
        in_place = {};
    };
    walk.for_each_bundle([&](const Bundle& bundle) {
        const Run& run = bundle.first;
        if (bundle.runs > 1) {
            const auto count = static_cast<std::size_t>(run.count);
            rows.resize(std::max(rows.size(), static_cast<std::size_t>(bundle.runs) * count));
            gather(data, bundle, 0, run.count, rows.data(), run.count);
            for (Index r = 0; r < bundle.runs; ++r) {
                visit(run.parameter + r * bundle.parameter_step,
                      std::span<const float>(rows.data() + r * run.count, count));
            }
            return;
        }
        if (run.parameter != current) {
            finish();
            current = run.parameter;
            if (run.source_stride == 1 || run.count == 1) {
                in_place = {data + run.source, static_cast<std::size_t>(run.count)};
                return;
            }
        }
        gathered.insert(gathered.end(), in_place.begin(), in_place.end());
        in_place = {};
        for (Index i = 0; i < run.count; ++i) {
            gathered.push_back(data[run.source + i * run.source_stride]);
        }
    });
    finish();
}

/// Throws std::domain_error if any value is NaN or infinite; says where the first is in the shape.
inline void refuse_non_finite(const TensorView<const float>& values, const char* where) {
    const Walk walk(values, values, PerTensor{}, true);
    Index count = 0;
    Index first = values.size();
    walk.for_each_run([&](const Run& run) {
        for (Index i = 0; i < run.count; ++i) {
            if (!is_non_finite(values.data[run.source + i * run.source_stride])) continue;
            ++count;
            first = std::min(first, run.logical + i * run.logical_stride);
        }
    });
    if (count == 0) return;
    fail<std::domain_error>(where, count, " of ", values.size(),
                            " values are not finite, expected none, the first is at ",
                            position_text(values, first), ", index ", first, " in row-major order");
}

/// Runs `bulk(source, count, target, first_index, parameter)` over the runs of a bundle, by way of
/// rows in a buffer.
template <class From, class To, class Bulk>
void by_rows(const From* source, To* target, const Bundle& bundle, Bulk& bulk) {
    const Run& run = bundle.first;
    std::array<From, most_bundled_runs * piece> gathered;
    std::array<To, most_bundled_runs * piece> made;
    for (Index done = 0; done < run.count; done += piece) {
        const Index count = std::min(piece, run.count - done);
        gather(source, bundle, done, count, gathered.data(), piece);
        for (Index r = 0; r < bundle.runs; ++r) {
            bulk(gathered.data() + r * piece, count, made.data() + r * piece,
                 run.logical + r * bundle.logical_step + done * run.logical_stride,
                 run.parameter + r * bundle.parameter_step);
        }
        transpose(made.data(), bundle.runs, count, piece,
                  target + run.target + done * run.target_stride, run.target_stride);
    }
}

/// The same in place, or for single runs gathering and scattering if need be.
template <class From, class To, class Bulk>
void through_buffer(const From* source, To* target, const Bundle& bundle, Bulk&& bulk) {
    const Run& run = bundle.first;
    if (bundle.runs > 1) {
        by_rows(source, target, bundle, bulk);
        return;
    }
    source += run.source;
    target += run.target;
    if (run.source_stride == 1 && run.target_stride == 1 && run.logical_stride <= 1) {
        bulk(source, run.count, target, run.logical, run.parameter);
        return;
    }
    std::array<From, piece> gathered;
    std::array<To, piece> made;
    const Index step = run.logical_stride > 1 ? 1 : piece;
    for (Index done = 0; done < run.count; done += step) {
        const Index count = std::min(step, run.count - done);
        for (Index i = 0; i < count; ++i) {
            gathered[static_cast<std::size_t>(i)] = source[(done + i) * run.source_stride];
        }
        bulk(gathered.data(), count, made.data(), run.logical + done * run.logical_stride,
             run.parameter);
        for (Index i = 0; i < count; ++i) {
            target[(done + i) * run.target_stride] = made[static_cast<std::size_t>(i)];
        }
    }
}

inline void check_count(const Walk& walk, const std::vector<QuantParams>& params,
                        const TensorView<const float>& values, const char* where) {
    const auto expected = static_cast<std::size_t>(walk.parameters());
    require(params.size() == expected, where, "the number of scales does not fit, expected ",
            expected, " for the shape ", shape_text(values), ", given ", params.size());
}

/// target = codes of source, each run with its own parameters.
template <Rounding R, Granularity G, class Held>
void quantize_runs(const TensorView<const float>& source, const TensorView<Held>& target,
                   const std::vector<QuantParams>& params, const Grid& grid) {
    const Walk walk(source, target, G{}, !ignores_index<R>);
    check_count(walk, params, source, "Quantizer::quantize");
    walk.for_each_bundle([&](const Bundle& bundle) {
        through_buffer(source.data, target.data, bundle,
                       [&](const float* x, Index count, Held* codes, Index index, Index parameter) {
                           elementwise::quantize<R>({x, static_cast<std::size_t>(count)},
                                                    params[static_cast<std::size_t>(parameter)],
                                                    grid, codes, static_cast<std::uint64_t>(index));
                       });
    });
}

/// target = dequantized codes of source.
template <Rounding R, Code T, Granularity G>
void fake_quantize_runs(const TensorView<const float>& source, const TensorView<float>& target,
                        const std::vector<QuantParams>& params, const Grid& grid) {
    const Walk walk(source, target, G{}, !ignores_index<R>);
    check_count(walk, params, source, "Quantizer::fake_quantize");
    std::array<Storage<T>, piece> codes;
    walk.for_each_bundle([&](const Bundle& bundle) {
        through_buffer(source.data, target.data, bundle,
                       [&](const float* x, Index count, float* y, Index index, Index parameter) {
                           const QuantParams& own = params[static_cast<std::size_t>(parameter)];
                           for (Index done = 0; done < count; done += piece) {
                               const auto some =
                                   static_cast<std::size_t>(std::min(piece, count - done));
                               elementwise::quantize<R>({x + done, some}, own, grid, codes.data(),
                                                        static_cast<std::uint64_t>(index + done));
                               elementwise::dequantize(codes.data(), some, own, y + done);
                           }
                       });
    });
}

}  // namespace detail

/// The reals that the codes stand for: fl32(scale * (code - zero_point)).
template <Code T, Granularity G, class Codes>
[[nodiscard]] PlainLike<float, Codes> dequantize_codes(const Quantized<T, G, Codes>& quantized) {
    PlainLike<float, Codes> reals = make_like<float>(quantized.codes());
    const auto source = view_of(quantized.codes());
    const auto target = view_of(reals);
    const Walk walk(source, target, G{}, false);
    walk.for_each_bundle([&](const Bundle& bundle) {
        detail::through_buffer(
            source.data, target.data, bundle,
            [&](const Storage<T>* codes, Index count, float* x, Index /*index*/, Index parameter) {
                elementwise::dequantize(codes, static_cast<std::size_t>(count),
                                        quantized.params()[static_cast<std::size_t>(parameter)], x);
            });
    });
    return reals;
}

}  // namespace intact
