// Any Eigen object as a pointer with a shape and strides: what the rest of the library works on.
//
// Taken in place: Matrix, Array, Map, Ref, Block, transposes (all with float scalars), Tensor and
// TensorMap, row- and column-major. Anything else (an expression, another scalar type) is evaluated
// once into float32.
//
// Shapes   a matrix has the shape [rows, cols], vectors included; a tensor its own dimensions.
//          Strides count elements. The logical order of a tensor is row-major, wherever it lies.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <ostream>
#include <type_traits>
#include <utility>

#include <Eigen/Core>
#include <unsupported/Eigen/CXX11/Tensor>

#include "intact/core/error.hpp"

namespace intact {

using Index = Eigen::Index;

inline constexpr int max_rank = 8;

/// A tensor in somebody else's memory.
template <class T>
struct TensorView {
    T* data = nullptr;
    int rank = 0;
    std::array<Index, max_rank> shape{};
    std::array<Index, max_rank> strides{};

    [[nodiscard]] Index size() const noexcept {
        Index product = 1;
        for (int axis = 0; axis < rank; ++axis) product *= shape[static_cast<std::size_t>(axis)];
        return product;
    }

    /// The same tensor, to be read only.
    operator TensorView<const T>() const noexcept requires(!std::is_const_v<T>) {
        return {data, rank, shape, strides};
    }

    [[nodiscard]] bool same_shape(const auto& other) const noexcept {
        return rank == other.rank && shape == other.shape;
    }
};

/// One number an axis, for messages: "[2, 3, 4]" once it is written.
struct AxesText {
    std::array<Index, max_rank> numbers{};
    int rank = 0;

    friend std::ostream& operator<<(std::ostream& out, const AxesText& text) {
        out << "[";
        for (int axis = 0; axis < text.rank; ++axis) {
            out << (axis == 0 ? "" : ", ") << text.numbers[static_cast<std::size_t>(axis)];
        }
        return out << "]";
    }
};

/// The shape, for messages.
template <class T>
[[nodiscard]] constexpr AxesText shape_text(const TensorView<T>& view) noexcept {
    return {view.shape, view.rank};
}

/// Where the element of a row-major index is, for messages.
template <class T>
[[nodiscard]] constexpr AxesText position_text(const TensorView<T>& view, Index logical) noexcept {
    AxesText text{{}, view.rank};
    for (auto axis = static_cast<std::size_t>(view.rank); axis-- > 0;) {
        text.numbers[axis] = logical % view.shape[axis];
        logical /= view.shape[axis];
    }
    return text;
}

namespace detail {

/// Takes segments too: head() and tail() give a VectorBlock, whose DenseBase is that of its Block.
template <class Derived>
void takes_dense(const Eigen::DenseBase<Derived>&);

template <class X>
concept EigenDense = requires(const X& x) {
    takes_dense(x);
};

template <class X>
concept EigenTensor = std::is_base_of_v<Eigen::TensorBase<X, Eigen::ReadOnlyAccessors>, X>;

/// A tensor that lies in memory: Tensor, TensorFixedSize, TensorMap.
template <class X>
concept StoredTensor = EigenTensor<X> && requires(const X& x) {
    {x.data()};
    {x.dimensions()};
};

template <EigenTensor X>
inline constexpr int tensor_rank = Eigen::internal::traits<X>::NumDimensions;

template <EigenTensor X>
inline constexpr int tensor_layout = Eigen::internal::traits<X>::Layout;

/// Fills the strides of data without gaps.
template <class T>
void set_dense_strides(TensorView<T>& view, bool row_major) {
    Index stride = 1;
    for (int i = 0; i < view.rank; ++i) {
        const auto axis = static_cast<std::size_t>(row_major ? view.rank - 1 - i : i);
        view.strides[axis] = stride;
        stride *= view.shape[axis];
    }
}

template <EigenTensor X>
auto tensor_shape(const X& x) {
    if constexpr (StoredTensor<X>) {
        return x.dimensions();
    } else {
        const Eigen::TensorEvaluator<const X, Eigen::DefaultDevice> evaluator(
            x, Eigen::DefaultDevice());
        return evaluator.dimensions();
    }
}

/// View without memory of a tensor of this shape.
template <class T, EigenTensor X>
TensorView<T> shaped_like(const X& x) {
    constexpr int rank = tensor_rank<X>;
    static_assert(rank <= max_rank, "intact: a tensor has at most 8 axes");
    TensorView<T> view{.data = nullptr, .rank = rank, .shape = {}, .strides = {}};
    // Shapes fixed at compile time are indexed by another type than the others: constants fit both.
    [&]<std::size_t... Axis>(const auto& shape, std::index_sequence<Axis...>) {
        ((view.shape[Axis] = static_cast<Index>(shape[Axis])), ...);
    }
    (tensor_shape(x), std::make_index_sequence<static_cast<std::size_t>(rank)>());
    return view;
}

}  // namespace detail

/// Dense Eigen objects and tensors, stored or not.
template <class X>
concept EigenObject = detail::EigenDense<X> || detail::EigenTensor<X>;

/// View of an Eigen object that lies in memory (its scalar type decides T).
template <class X>
[[nodiscard]] auto view_of(X& x) {
    using Plain = std::remove_const_t<X>;
    using T = std::remove_pointer_t<decltype(x.data())>;
    if constexpr (detail::EigenDense<Plain>) {
        TensorView<T> view{.data = x.data(), .rank = 2, .shape = {}, .strides = {}};
        view.shape[0] = x.rows();
        view.shape[1] = x.cols();
        view.strides[0] = x.rowStride();
        view.strides[1] = x.colStride();
        return view;
    } else {
        auto view = detail::shaped_like<T>(x);
        view.data = x.data();
        detail::set_dense_strides(view, detail::tensor_layout<Plain> == Eigen::RowMajor);
        return view;
    }
}

namespace detail {

/// x itself where it lies in memory, else its values, for what reads them more than once.
template <EigenObject X>
[[nodiscard]] decltype(auto) evaluated(const X& x) {
    constexpr bool lies_in_memory = [] {
        if constexpr (EigenTensor<X>) {
            return StoredTensor<X>;
        } else {
            return (Eigen::internal::traits<X>::Flags & Eigen::DirectAccessBit) != 0;
        }
    }();
    if constexpr (lies_in_memory) {
        return (x);
    } else if constexpr (EigenTensor<X>) {
        return Eigen::Tensor<typename X::Scalar, tensor_rank<X>, tensor_layout<X>>(x);
    } else {
        return typename X::PlainObject(x.derived());
    }
}

}  // namespace detail

/// The float32 values of any Eigen object: in place where they lie so, else evaluated once.
class RealInput {
public:
    /// Not inlined, so that a caller's floating-point environment guard covers the conversion.
    template <EigenObject X>
    [[gnu::noinline]] explicit RealInput(const X& x) {
        using Scalar = typename X::Scalar;
        if constexpr (detail::EigenDense<X>) {
            if constexpr (std::is_same_v<Scalar, float> &&
                          (Eigen::internal::traits<X>::Flags & Eigen::DirectAccessBit) != 0 &&
                          requires { x.derived().data(); }) {
                view_ = view_of(x.derived());
            } else {
                using Values = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
                float* values = allocate(x.size());
                Eigen::Map<Values>(values, x.rows(), x.cols()) =
                    x.derived().template cast<float>().array();
                view_ = {.data = values, .rank = 2, .shape = {x.rows(), x.cols()}, .strides = {}};
                detail::set_dense_strides(view_, true);
            }
        } else if constexpr (detail::StoredTensor<X> &&
                             std::is_same_v<std::remove_const_t<Scalar>, float>) {
            view_ = view_of(x);
        } else {
            constexpr int layout = detail::tensor_layout<X>;
            using Values = Eigen::Tensor<float, detail::tensor_rank<X>, layout>;
            view_ = detail::shaped_like<const float>(x);
            std::array<Index, static_cast<std::size_t>(detail::tensor_rank<X>)> shape{};
            std::copy_n(view_.shape.begin(), shape.size(), shape.begin());
            float* values = allocate(view_.size());
            Eigen::TensorMap<Values>(values, shape) = x.template cast<float>();
            view_.data = values;
            detail::set_dense_strides(view_, layout == Eigen::RowMajor);
        }
    }

    [[nodiscard]] const TensorView<const float>& view() const noexcept { return view_; }

private:
    float* allocate(Index size) {
        storage_ = std::make_unique<float[]>(static_cast<std::size_t>(size));
        return storage_.get();
    }

    std::unique_ptr<float[]> storage_;  // empty where the values are taken in place
    TensorView<const float> view_;
};

namespace detail {

template <class T, class X>
struct PlainLike;

template <class T, EigenDense X>
struct PlainLike<T, X> {
    using Type = Eigen::Matrix<T, X::RowsAtCompileTime, X::ColsAtCompileTime,
                               X::IsRowMajor ? Eigen::RowMajor : Eigen::ColMajor>;
    static Type make(const X& x) {
        Type plain;
        plain.resize(x.rows(), x.cols());
        return plain;
    }
};

template <class T, EigenTensor X>
struct PlainLike<T, X> {
    using Type = Eigen::Tensor<T, tensor_rank<X>, tensor_layout<X>>;
    static Type make(const X& x) {
        const auto shape = shaped_like<T>(x).shape;
        typename Type::Dimensions dimensions;
        for (std::size_t axis = 0; axis < dimensions.size(); ++axis) dimensions[axis] = shape[axis];
        return Type(dimensions);
    }
};

}  // namespace detail

/// The matrix or tensor type with scalars T that holds what an X does, in the same order.
template <class T, EigenObject X>
using PlainLike = typename detail::PlainLike<T, X>::Type;

/// An uninitialised PlainLike<T, X> of the size of x.
template <class T, EigenObject X>
[[nodiscard]] PlainLike<T, X> make_like(const X& x) {
    return detail::PlainLike<T, X>::make(x);
}

}  // namespace intact
