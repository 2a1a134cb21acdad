// How quantizers are written and read: the codes in use, parameters given by hand, and one observer
// for every scale. Rounding, scheme and criterion are those of the type that reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "intact/io/format.hpp"
#include "intact/quantizers/quantizer.hpp"

namespace intact::io {

namespace detail {

template <class G>
struct GranularityName;
template <>
struct GranularityName<PerTensor> {
    static std::string text() { return "PerTensor"; }
};
template <>
struct GranularityName<PerToken> {
    static std::string text() { return "PerToken"; }
};
template <int Axis>
struct GranularityName<PerChannel<Axis>> {
    static std::string text() { return "PerChannel<" + std::to_string(Axis) + ">"; }
};
template <int Axis, Eigen::Index Size>
struct GranularityName<PerGroup<Axis, Size>> {
    static std::string text() {
        return "PerGroup<" + std::to_string(Axis) + ", " + std::to_string(Size) + ">";
    }
};

inline void write_grid(Writer& to, const Grid& grid) {
    to.integer(grid.qmin);
    to.integer(grid.qmax);
    to.flag(grid.symmetric);
    to.integer(grid.zero_point);
}

/// Limits from the file; what scales there are, those of the type that reads: `grid`.
inline Grid read_grid(Reader& from, Grid grid) {
    grid.qmin = from.integer(-32768, 65535, "the lowest code");
    grid.qmax = from.integer(-32768, 65535, "the highest code");
    grid.symmetric = from.flag();
    grid.zero_point = from.integer(-32768, 65535, "the zero point");
    return grid;
}

}  // namespace detail

template <class T, class S, class G, Stored Watch, class R>
requires Stored<typename Quantizer<T, S, G, Watch, R>::ObserverType>
struct Format<Quantizer<T, S, G, Watch, R>> {
    using Q = Quantizer<T, S, G, Watch, R>;
    using Observer = typename Q::ObserverType;

    static std::string kind() {
        return "Quantizer<" + detail::GranularityName<G>::text() + ", " + Format<Observer>::kind() +
               ">";
    }

    static void write(Writer& to, const Q& quantizer) {
        const auto state = QuantizerState<Q>::of(quantizer);
        detail::write_grid(to, state.grid);
        to.count(state.by_hand.size());
        for (const QuantParams& params : state.by_hand) {
            to.bits(params.scale);
            to.integer(params.zero_point);
        }
        to.count(state.observers.size());
        for (const Observer& observer : state.observers) Format<Observer>::write(to, observer);
    }

    static Q read(Reader& from) {
        QuantizerState<Q> state{
            .grid = detail::read_grid(from, Q().grid()), .by_hand = {}, .observers = {}};
        for (std::size_t rest = from.length(); rest > 0; --rest) {
            const auto scale = from.bits<float>();
            state.by_hand.push_back({scale, from.integer(-32768, 65535, "a zero point")});
        }
        for (std::size_t rest = from.length(); rest > 0; --rest) {
            state.observers.push_back(Format<Observer>::read(from));
        }
        return std::move(state).quantizer();
    }
};

}  // namespace intact::io
