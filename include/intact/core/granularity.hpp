// Granularity: which values of a tensor share one scale and zero point.
//
//   PerTensor           all of them
//   PerChannel<Axis>    those with the same index along Axis
//   PerGroup<Axis, N>   runs of N along Axis, one run of parameters for every other index; the last
//                       run may be short
//   PerToken            one row (all indices but the last); ranges come from the data at hand, so
//                       it only exists for dynamic quantization
//
// Shapes   For a tensor of shape [d0, d1, ...] the parameters are held in row-major order of [1],
//          [d_Axis], [d0, ..., ceil(d_Axis / N), ...] and [d0, ..., d_(last-1)].
#pragma once

#include <concepts>
#include <type_traits>

#include <Eigen/Core>

namespace intact {

struct PerTensor {};

template <int Axis>
struct PerChannel {
    static_assert(Axis >= 0, "intact::PerChannel<Axis>: an axis counts from 0");
    static constexpr int axis = Axis;
};

template <int Axis, Eigen::Index Size>
struct PerGroup {
    static_assert(Axis >= 0, "intact::PerGroup<Axis, Size>: an axis counts from 0");
    static_assert(Size > 0, "intact::PerGroup<Axis, Size>: a group holds at least one value");
    static constexpr int axis = Axis;
    static constexpr Eigen::Index size = Size;
};

struct PerToken {};

namespace detail {

template <class T>
inline constexpr bool is_granularity = false;
template <>
inline constexpr bool is_granularity<PerTensor> = true;
template <>
inline constexpr bool is_granularity<PerToken> = true;
template <int Axis>
inline constexpr bool is_granularity<PerChannel<Axis>> = true;
template <int Axis, Eigen::Index Size>
inline constexpr bool is_granularity<PerGroup<Axis, Size>> = true;

template <class T>
inline constexpr bool is_per_group = false;
template <int Axis, Eigen::Index Size>
inline constexpr bool is_per_group<PerGroup<Axis, Size>> = true;

template <class T>
inline constexpr bool is_per_channel = false;
template <int Axis>
inline constexpr bool is_per_channel<PerChannel<Axis>> = true;

}  // namespace detail

template <class T>
concept Granularity = detail::is_granularity<T>;

}  // namespace intact
