#include <array>
#include <stdexcept>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "intact/quantizers/aliases.hpp"
#include "intact/quantizers/quantizer_state.hpp"

using namespace intact;

TEST_CASE("QuantizerState: a quantizer is made again, with parameters by hand or without") {
    using Q = SymmetricQuantizer<std::int8_t, PerChannel<0>>;
    Q quantizer = Q::of_bits(5);
    quantizer.observe(Eigen::MatrixXf::Random(3, 7));
    const auto params = quantizer.params();
    auto state = QuantizerState<Q>::of(quantizer);
    CHECK(state.by_hand.empty());
    CHECK(state.quantizer().params() == params);
    CHECK(state.quantizer().grid() == quantizer.grid());

    quantizer.set_params({{2.0F, 0}});
    state = QuantizerState<Q>::of(quantizer);
    CHECK(state.quantizer().params() == std::vector<QuantParams>{{2.0F, 0}});
    CHECK(std::move(state).quantizer().observers() == quantizer.observers());
}

TEST_CASE("QuantizerState: what no quantizer of the type holds is refused") {
    using Q = AffineQuantizer<std::uint8_t>;
    const auto state = QuantizerState<Q>::of(Q());
    auto wrong = state;
    wrong.grid.qmin = -1;
    CHECK_THROWS_AS((void)wrong.quantizer(), std::invalid_argument);
    wrong = state;
    wrong.observers.resize(1);
    CHECK_THROWS_AS((void)wrong.quantizer(), std::invalid_argument);
    wrong = state;
    MinMax seen;
    seen.observe(std::array{1.0F});
    wrong.observers.assign(2, seen);
    CHECK_THROWS_AS((void)wrong.quantizer(), std::invalid_argument);
    wrong = state;
    wrong.by_hand = {{1.0F, 256}};
    CHECK_THROWS_AS((void)wrong.quantizer(), std::invalid_argument);

    using Tokens = AffineQuantizer<std::uint8_t, PerToken>;
    auto tokens = QuantizerState<Tokens>::of(Tokens());
    CHECK_NOTHROW((void)tokens.quantizer());
    tokens.observers.resize(1);
    CHECK_THROWS_AS((void)tokens.quantizer(), std::invalid_argument);
}
