#include <array>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

#include "intact/core/tensor_view.hpp"
#include "tests/comparisons.hpp"

using namespace intact;

namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Tensor3 = Eigen::Tensor<float, 3>;
using Tensor3ByRows = Eigen::Tensor<float, 3, Eigen::RowMajor>;

/// Element of a view of two axes.
float element(const TensorView<const float>& view, Index i, Index j) {
    return view.data[i * view.strides[0] + j * view.strides[1]];
}

/// Whether `x` is read where it lies, and reads as itself.
template <class X>
bool is_read_in_place(const X& x) {
    const RealInput input(x);
    const auto& view = input.view();
    bool same = view.rank == 2 && view.shape[0] == x.rows() && view.shape[1] == x.cols();
    for (Index i = 0; same && i < x.rows(); ++i) {
        for (Index j = 0; j < x.cols(); ++j) same &= element(view, i, j) == x.coeff(i, j);
    }
    return same && view.data == x.data();
}

/// Whether `x` reads as the float matrix `expected`.
template <class X>
bool reads_as(const X& x, const Eigen::MatrixXf& expected) {
    const RealInput input(x);
    const auto& view = input.view();
    bool same = view.shape[0] == expected.rows() && view.shape[1] == expected.cols();
    for (Index i = 0; same && i < expected.rows(); ++i) {
        for (Index j = 0; j < expected.cols(); ++j) same &= element(view, i, j) == expected(i, j);
    }
    return same;
}

Eigen::MatrixXf counted(Index rows, Index cols) {
    Eigen::MatrixXf x(rows, cols);
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i);
    return x;
}

}  // namespace

TEST_CASE("tensor view: matrices, maps, references and blocks are read in place") {
    const Eigen::MatrixXf columns = counted(5, 7);
    const RowMajor rows = columns;
    const Eigen::ArrayXXf array = columns.array();
    const Eigen::VectorXf vector = counted(6, 1);
    const Eigen::RowVectorXf row_vector = counted(1, 6);
    CHECK(is_read_in_place(columns));
    CHECK(is_read_in_place(rows));
    CHECK(is_read_in_place(array));
    CHECK(is_read_in_place(vector));
    CHECK(is_read_in_place(row_vector));
    CHECK(is_read_in_place(columns.block(1, 2, 3, 4)));
    CHECK(is_read_in_place(rows.block(1, 2, 3, 4)));
    CHECK(is_read_in_place(columns.row(2)));
    CHECK(is_read_in_place(rows.col(3)));
    CHECK(is_read_in_place(vector.head(2)));
    CHECK(is_read_in_place(row_vector.segment(1, 4)));
    CHECK(is_read_in_place(row_vector.tail<3>()));

    using Strides = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
    const Eigen::Map<const Eigen::MatrixXf, 0, Strides> map(columns.data(), 2, 3, Strides(10, 2));
    CHECK(is_read_in_place(map));
    const Eigen::Ref<const Eigen::MatrixXf> ref = columns.leftCols(3);
    CHECK(is_read_in_place(ref));
}

TEST_CASE("tensor view: a transpose is read in place, with its axes exchanged") {
    const Eigen::MatrixXf x = counted(5, 7);
    const auto transposed = x.transpose();
    const RealInput input(transposed);
    CHECK(input.view().data == x.data());
    CHECK(reads_as(transposed, x.transpose().eval()));
}

TEST_CASE("tensor view: expressions and other scalar types are rounded to float32 once") {
    const Eigen::MatrixXf x = counted(4, 3);
    CHECK(reads_as(x * 2.0F, x + x));
    CHECK(reads_as(x.array() + 1.0F, (x.array() + 1.0F).matrix()));
    CHECK(reads_as(x.cast<double>().eval(), x));
    CHECK(reads_as(x.cast<Eigen::half>().eval(), x));
    CHECK(reads_as(x.cast<Eigen::bfloat16>().eval(), x));
    CHECK(reads_as(x.cast<int>().eval(), x));
    const Eigen::MatrixXd third = Eigen::MatrixXd::Constant(2, 2, 1.0 / 3.0);
    CHECK(reads_as(third, Eigen::MatrixXf::Constant(2, 2, 1.0F / 3.0F)));
}

TEST_CASE("tensor view: tensors are read in place in either order") {
    Tensor3 columns(2, 3, 4);
    columns.setRandom();
    const RealInput input(columns);
    CHECK(input.view().data == columns.data());
    CHECK(input.view().rank == 3);
    CHECK(text_of(shape_text(input.view())) == "[2, 3, 4]");
    CHECK(input.view().strides[0] == 1);
    CHECK(input.view().strides[1] == 2);
    CHECK(input.view().strides[2] == 6);

    Tensor3ByRows rows(2, 3, 4);
    rows.setRandom();
    const RealInput by_rows(rows);
    CHECK(by_rows.view().data == rows.data());
    CHECK(by_rows.view().strides[0] == 12);
    CHECK(by_rows.view().strides[1] == 4);
    CHECK(by_rows.view().strides[2] == 1);

    const std::vector<float> memory(24);
    const Eigen::TensorMap<const Tensor3ByRows> map(memory.data(), 4, 3, 2);
    const RealInput mapped(map);
    CHECK(mapped.view().data == memory.data());
    CHECK(text_of(shape_text(mapped.view())) == "[4, 3, 2]");
    CHECK(text_of(position_text(mapped.view(), 0)) == "[0, 0, 0]");
    CHECK(text_of(position_text(mapped.view(), 11)) == "[1, 2, 1]");
    CHECK(text_of(position_text(mapped.view(), 23)) == "[3, 2, 1]");
}

TEST_CASE("tensor view: tensor expressions and other scalar types are evaluated once") {
    Tensor3ByRows x(2, 3, 4);
    x.setRandom();
    const auto twice = x * 2.0F;
    const RealInput input(twice);
    const Eigen::Tensor<double, 3, Eigen::RowMajor> wide = x.cast<double>();
    const RealInput narrowed(wide);
    CHECK(input.view().data != x.data());
    CHECK(text_of(shape_text(input.view())) == "[2, 3, 4]");
    bool same = true;
    for (Index i = 0; i < x.size(); ++i) {
        same &= input.view().data[i] == 2.0F * x.data()[i];
        same &= narrowed.view().data[i] == x.data()[i];
    }
    CHECK(same);
}

TEST_CASE("tensor view: sizes, also of what is empty") {
    const Eigen::MatrixXf nothing(0, 5);
    CHECK(view_of(nothing).size() == 0);
    CHECK(text_of(shape_text(view_of(nothing))) == "[0, 5]");
    const Eigen::Tensor<float, 0> scalar;
    CHECK(view_of(scalar).size() == 1);
    CHECK(text_of(shape_text(view_of(scalar))) == "[]");
    CHECK(text_of(position_text(view_of(scalar), 0)) == "[]");
    const Eigen::MatrixXf some(2, 5);
    CHECK(view_of(some).size() == 10);
    CHECK_FALSE(view_of(some).same_shape(view_of(nothing)));
    const RowMajor by_rows(2, 5);
    CHECK(view_of(some).same_shape(view_of(by_rows)));
}

TEST_CASE("tensor view: results have the shape and the order of what they are made from") {
    using Codes = PlainLike<std::int8_t, RowMajor>;
    CHECK((Codes::IsRowMajor == 1));
    CHECK(std::is_same_v<Codes::Scalar, std::int8_t>);
    CHECK(std::is_same_v<PlainLike<std::uint8_t, Tensor3ByRows>,
                         Eigen::Tensor<std::uint8_t, 3, Eigen::RowMajor>>);
    const auto like_block = make_like<std::int8_t>(RowMajor(6, 4).block(0, 0, 2, 3));
    CHECK(like_block.rows() == 2);
    CHECK(like_block.cols() == 3);
    const auto like_tensor = make_like<float>(Tensor3(2, 3, 4));
    CHECK(like_tensor.dimension(0) == 2);
    CHECK(like_tensor.dimension(2) == 4);
}
