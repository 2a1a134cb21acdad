// Whatever Eigen holds: the same values give the same codes, and values that lie in memory as
// float32 are read where they lie.
#include <array>
#include <type_traits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "intact/quantizers/aliases.hpp"

using namespace intact;
using Eigen::Dynamic;
using Eigen::MatrixXf;

namespace {

using Rows = Eigen::Matrix<float, Dynamic, Dynamic, Eigen::RowMajor>;

/// 6 x 9 values, no two alike.
const MatrixXf& sample() {
    static const MatrixXf made = [] {
        MatrixXf x(6, 9);
        for (Index i = 0; i < x.size(); ++i) {
            x(i / 9, i % 9) = static_cast<float>((i * 37) % 54) * 0.37F - 7.3F;
        }
        return x;
    }();
    return made;
}

template <class X>
bool in_place(const X& x) {
    return RealInput(x).view().data == x.data();
}

/// Codes in row-major order, whatever the storage.
template <class Codes>
std::vector<int> listed(const Codes& codes) {
    std::vector<int> list;
    const auto view = view_of(codes);
    Walk(view, view, PerTensor(), true).for_each_run([&](const Run& run) {
        for (Index i = 0; i < run.count; ++i) {
            const auto at = static_cast<std::size_t>(run.logical + i * run.logical_stride);
            if (list.size() <= at) list.resize(at + 1);
            list[at] = view.data[run.source + i * run.source_stride];
        }
    });
    return list;
}

template <class Q>
std::vector<int> codes_of(const auto& x) {
    Q quantizer;
    quantizer.observe(x);
    return listed(quantizer.quantize(x).codes());
}

/// x gives the codes of `same`, for one scale, one a row, one a column, groups and random rounding.
template <class X, class Same>
void check_same(const X& x, const Same& same) {
    using Random = Stochastic<9>;
    CHECK(codes_of<AffineQuantizer<std::uint8_t>>(x) ==
          codes_of<AffineQuantizer<std::uint8_t>>(same));
    CHECK(codes_of<SymmetricQuantizer<std::int8_t, PerChannel<0>>>(x) ==
          codes_of<SymmetricQuantizer<std::int8_t, PerChannel<0>>>(same));
    CHECK(codes_of<SymmetricQuantizer<std::int8_t, PerChannel<1>>>(x) ==
          codes_of<SymmetricQuantizer<std::int8_t, PerChannel<1>>>(same));
    using Groups = AffineQuantizer<Int<4>, PerGroup<1, 4>, MinMax, Random>;
    CHECK(codes_of<Groups>(x) == codes_of<Groups>(same));
    using Chance = AffineQuantizer<Int<4>, PerTensor, MinMax, Random>;
    CHECK(codes_of<Chance>(x) == codes_of<Chance>(same));
    Chance chance;
    chance.observe(x);
    CHECK(listed(chance.quantize(x).codes()) == codes_of<Chance>(same));
    const auto fake = chance.fake_quantize(x);
    const auto back = chance.quantize(x).dequantize();
    CHECK(std::equal(fake.data(), fake.data() + fake.size(), back.data()));
}

/// The same codes and reals from a column-major matrix as from a row-major one.
template <class Q>
void check_layouts(const MatrixXf& columns) {
    const Rows rows = columns;
    const Q quantizer;
    const auto by_columns = quantizer.quantize_dynamic(columns);
    const auto by_rows = quantizer.quantize_dynamic(rows);
    CHECK(by_columns.params() == by_rows.params());
    CHECK(by_columns.codes() == by_rows.codes());
    CHECK(by_columns.dequantize() == by_rows.dequantize());
    Q watching;
    if constexpr (!std::is_same_v<typename Q::GranularityType, PerToken>) watching.observe(columns);
    CHECK(watching.fake_quantize(columns) == by_rows.dequantize());
}

}  // namespace

TEST_CASE("Quantizer: a column-major matrix of any size gives what a row-major one gives") {
    using Random = Stochastic<9>;
    for (const auto& [rows, columns] :
         {std::pair{70, 300}, {33, 129}, {32, 128}, {31, 1}, {2, 500}, {1, 70}, {100, 3}}) {
        const MatrixXf x = MatrixXf::Random(rows, columns);
        check_layouts<AffineQuantizer<std::uint8_t, PerToken>>(x);
        check_layouts<SymmetricQuantizer<std::int8_t, PerChannel<0>>>(x);
        check_layouts<SymmetricQuantizer<std::int8_t, PerChannel<1>>>(x);
        check_layouts<AffineQuantizer<std::int16_t, PerChannel<0>>>(x);
        check_layouts<SymmetricQuantizer<Int<4>, PerGroup<1, 32>>>(x);
        check_layouts<SymmetricQuantizer<Int<4>, PerGroup<0, 32>>>(x);
        check_layouts<AffineQuantizer<std::uint8_t, PerChannel<0>, MinMax, Random>>(x);
    }
}

TEST_CASE("Quantizer: matrices, arrays, maps, blocks, transposes and expressions agree") {
    const MatrixXf& x = sample();
    const Rows rows = x;
    check_same(rows, x);
    check_same(Eigen::ArrayXXf(x.array()), x);
    check_same(Rows(x.transpose()).transpose(), x);
    check_same(2.0F * (x * 0.5F), x);
    check_same(x.cwiseMax(-100.0F).array(), x);

    MatrixXf large = MatrixXf::Constant(20, 30, 99.0F);
    large.block(3, 5, 6, 9) = x;
    check_same(large.block(3, 5, 6, 9), x);
    check_same(large.middleRows(3, 6).middleCols(5, 9), x);
    check_same(Eigen::Ref<const MatrixXf>(large.block(3, 5, 6, 9)), x);

    std::vector<float> spread(6 * 9 * 3, 55.0F);
    using Strided = Eigen::Map<MatrixXf, 0, Eigen::Stride<Dynamic, Dynamic>>;
    Strided map(spread.data(), 6, 9, Eigen::Stride<Dynamic, Dynamic>(18, 3));
    map = x;
    check_same(map, x);
    check_same(map.transpose().transpose(), x);
    check_same(Eigen::Map<const Rows>(rows.data(), 6, 9), x);
    check_same(Eigen::Matrix<float, 6, 9>(x), x);
    check_same(x(Eigen::seqN(0, 6), Eigen::seqN(0, 9, Eigen::fix<1>)), x);
    check_same(large(Eigen::seqN(3, 6, Eigen::fix<1>), Eigen::seqN(5, 9)), x);
    const Eigen::Matrix<float, 12, 9> doubled = x.replicate(2, 1);
    check_same(doubled(Eigen::seqN(0, 3, Eigen::fix<2>), Eigen::all),
               MatrixXf(doubled(std::vector<int>{0, 2, 4}, Eigen::all)));
    std::vector<int> order{0, 1, 2, 3, 4, 5};
    check_same(x(order, Eigen::all), x);
}

TEST_CASE("Quantizer: float values that lie in memory are not copied") {
    const MatrixXf& x = sample();
    CHECK(in_place(x));
    CHECK(in_place(Rows(x)));
    CHECK(in_place(x.block(1, 2, 3, 4)));
    CHECK(in_place(x.transpose()));
    CHECK(in_place(x.array()));
    CHECK(in_place(x.row(2)));
    CHECK(in_place(x.col(2).segment(1, 3)));
    CHECK(in_place(Eigen::Ref<const MatrixXf>(x)));
    CHECK(in_place(Eigen::Map<const MatrixXf, 0, Eigen::InnerStride<2>>(x.data(), 3, 9)));
    CHECK(in_place(Eigen::Vector3f(1, 2, 3)));
    CHECK(in_place(x.diagonal()));

    Eigen::Tensor<float, 3> tensor(2, 3, 4);
    CHECK(in_place(tensor));
    CHECK(in_place(Eigen::TensorMap<Eigen::Tensor<float, 3>>(tensor.data(), 2, 3, 4)));
    CHECK(in_place(Eigen::TensorMap<const Eigen::Tensor<float, 2>>(tensor.data(), 6, 4)));
    Eigen::TensorFixedSize<float, Eigen::Sizes<2, 3>> fixed;
    CHECK(in_place(fixed));
}

TEST_CASE("Quantizer: vectors have two axes, and keep their shape") {
    const Eigen::VectorXf column = sample().col(4);
    const Eigen::RowVectorXf row = column.transpose();
    AffineQuantizer<std::uint8_t> quantizer;
    quantizer.observe(column);
    const Eigen::Matrix<std::uint8_t, Dynamic, 1> a = quantizer.quantize(column).codes();
    const Eigen::Matrix<std::uint8_t, 1, Dynamic> b = quantizer.quantize(row).codes();
    CHECK(a.transpose() == b);
    SymmetricQuantizer<std::int8_t, PerChannel<0>> each;
    each.observe(column);
    CHECK(each.params().size() == 6);
    SymmetricQuantizer<std::int8_t, PerChannel<1>> all;
    all.observe(column);
    CHECK(all.params().size() == 1);
    using Fixed = Eigen::Matrix<float, 2, 3, Eigen::RowMajor>;
    const Fixed fixed = sample().topLeftCorner<2, 3>();
    using Made = std::remove_cvref_t<decltype(quantizer.quantize(fixed).codes())>;
    CHECK(std::is_same_v<Made, Eigen::Matrix<std::uint8_t, 2, 3, Eigen::RowMajor>>);
}

TEST_CASE("Quantizer: tensors of rank 1 to 5 agree in both orders, with maps and expressions") {
    Eigen::Tensor<float, 5, Eigen::RowMajor> x(2, 3, 2, 3, 2);
    for (Index i = 0; i < x.size(); ++i) {
        x.data()[i] = static_cast<float>((i * 29) % 72) * 0.3F - 9.0F;
    }
    const std::array<int, 5> reversed{4, 3, 2, 1, 0};
    const Eigen::Tensor<float, 5> columns = x.swap_layout().shuffle(reversed);
    REQUIRE(columns(1, 2, 0, 1, 1) == x(1, 2, 0, 1, 1));
    check_same(columns, x);
    check_same(x + x.constant(0.0F), x);
    check_same(Eigen::TensorMap<Eigen::Tensor<float, 5, Eigen::RowMajor>>(x.data(), 2, 3, 2, 3, 2),
               x);

    const std::array<Index, 2> flat_shape{6, 12};
    const Eigen::Tensor<float, 2, Eigen::RowMajor> flat = x.reshape(flat_shape);
    const Rows matrix = Eigen::Map<const Rows>(flat.data(), 6, 12);
    check_same(flat, matrix);
    check_same(x.reshape(flat_shape), matrix);
    check_same(x.slice(std::array<Index, 5>{0, 0, 0, 0, 0}, std::array<Index, 5>{2, 3, 2, 3, 2}),
               x);

    Eigen::Tensor<float, 1> line(7);
    line.setValues({1, -2, 3, -4, 5, -6, 7});
    const Eigen::VectorXf vector = Eigen::Map<Eigen::VectorXf>(line.data(), 7);
    CHECK(codes_of<AffineQuantizer<std::uint8_t>>(line) ==
          codes_of<AffineQuantizer<std::uint8_t>>(vector));
    CHECK(codes_of<SymmetricQuantizer<std::int8_t, PerChannel<0>>>(line) ==
          codes_of<SymmetricQuantizer<std::int8_t, PerChannel<0>>>(vector));
    const auto token = SymmetricQuantizer<std::int8_t, PerToken>().quantize(line);
    CHECK(token.params().size() == 1);

    Eigen::Tensor<float, 0> number;
    number() = 4.0F;
    AffineQuantizer<std::uint8_t> one;
    one.observe(number);
    CHECK(one.quantize(number).codes()() == 255);

    Eigen::TensorFixedSize<float, Eigen::Sizes<2, 3>> fixed;
    fixed.setValues({{1, 2, 3}, {-4, 5, -6}});
    MatrixXf same(2, 3);
    same << 1, 2, 3, -4, 5, -6;
    check_same(fixed, same);
}

TEST_CASE("Quantizer: other number types are rounded to float32 first") {
    const Eigen::MatrixXd exact = MatrixXf(sample()).cast<double>() * 1.0000000123;
    check_same(exact, MatrixXf(exact.cast<float>()));
    check_same(exact.cast<float>(), MatrixXf(exact.cast<float>()));
    const Eigen::Matrix<Eigen::half, Dynamic, Dynamic> half = sample().cast<Eigen::half>();
    check_same(half, MatrixXf(half.cast<float>()));
    const Eigen::Matrix<Eigen::bfloat16, Dynamic, Dynamic> brain = sample().cast<Eigen::bfloat16>();
    check_same(brain, MatrixXf(brain.cast<float>()));
    const Eigen::MatrixXi whole = (sample() * 5.0F).cast<int>();
    check_same(whole, MatrixXf(whole.cast<float>()));
    Eigen::Tensor<double, 2> tensor(6, 9);
    for (Index i = 0; i < 6; ++i) {
        for (Index j = 0; j < 9; ++j) tensor(i, j) = exact(i, j);
    }
    check_same(tensor, MatrixXf(exact.cast<float>()));
}

TEST_CASE("Quantizer: an expression is evaluated once") {
    int calls = 0;
    const auto counted = Rows::NullaryExpr(3, 4, [&calls](Index i, Index j) {
        ++calls;
        return static_cast<float>(i + j);
    });
    (void)AffineQuantizer<std::uint8_t>().quantize_dynamic(counted);
    CHECK(calls == 12);
    (void)SymmetricQuantizer<std::int8_t, PerToken>().quantize(counted);
    CHECK(calls == 24);
    (void)SymmetricQuantizer<std::int8_t, PerToken>().fake_quantize(counted);
    CHECK(calls == 36);
}
