// All that a quantizer holds beside its type, for files: taken from one, checked, given to another.
//
//   auto state = QuantizerState<Q>::of(quantizer);
//   Q same = state.quantizer();
//
// Errors   std::invalid_argument  what no quantizer of the type holds
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

#include "intact/core/code.hpp"
#include "intact/core/granularity.hpp"
#include "intact/core/quant_params.hpp"
#include "intact/observers/observer.hpp"

namespace intact {

template <class Q>
struct QuantizerState {
    Grid grid;
    std::vector<QuantParams> by_hand;                 ///< empty: those that the observers ask for
    std::vector<typename Q::ObserverType> observers;  ///< empty before the first batch

    [[nodiscard]] static QuantizerState of(const Q& quantizer) {
        return {quantizer.grid_, quantizer.params_.given(), quantizer.observers_};
    }

    [[nodiscard]] Q quantizer() const& { return QuantizerState(*this).quantizer(); }

    [[nodiscard]] Q quantizer() && {
        using G = typename Q::GranularityType;
        constexpr std::size_t most = std::same_as<G, PerToken> ? 0 : 1;
        constexpr bool fixed = most == 0 || std::same_as<G, PerTensor>;
        const Grid widest = Q().grid_;
        require(is_grid(), "Quantizer", "the codes are not those of its type, expected ",
                CodesText{widest}, " or fewer bits, given ", CodesText{grid});
        require(!fixed || observers.size() <= most, "Quantizer",
                "the number of scales is wrong, expected at most ", most, ", given ",
                observers.size());
        using Watch = typename Q::ObserverType;
        constexpr bool leaves_out =  // NaN and infinities, or values of weight 0
            requires {
            Watch::accepts_non_finite;
        }
        || WeightedObserver<Watch>;
        const auto is_empty = [](const auto& observer) { return observer.empty(); };
        require(leaves_out || std::none_of(observers.begin(), observers.end(), is_empty),
                "Quantizer", "one of ", observers.size(),
                " observers has seen nothing, expected none or all");
        for (const QuantParams& one : by_hand) check(one, grid, "Quantizer");
        Q made;
        made.grid_ = grid;
        made.observers_ = std::move(observers);
        if (!by_hand.empty()) made.params_.set(std::move(by_hand));
        return made;
    }

private:
    /// Whether the type has codes of some width like these.
    [[nodiscard]] bool is_grid() const {
        using Code = typename Q::CodeType;
        for (int bits = 2; bits <= code_bits<Code>; ++bits) {
            if (Q::SchemeType::grid(bits, is_signed_code<Code>) == grid) return true;
        }
        return false;
    }
};

}  // namespace intact
