// Preparing a network: observers on every edge that integers will run over, and the exceptions of
// the recipe matched to layers.
//
//   auto watched = prepare<MyRecipe>(net);
//   for (const auto& batch : calibration_set) watched(batch);
//
// Errors   std::invalid_argument  an exception for a layer that is not there, or has no weights;
//                                 two layers of one name; a merge with other layers or codes,
//                                 which changes nothing
//          std::domain_error      a batch that makes NaN or infinity; nothing is observed then
// Cost     the float network and one pass of the observer over every edge.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "intact/nn/recipe.hpp"
#include "intact/nn/sequential.hpp"
#include "intact/simd/environment.hpp"

namespace intact {

template <Recipe R>
class Watched {
public:
    using Activations = typename R::Activations;

    Watched(Sequential net, const Exceptions& exceptions)
        : net_(std::move(net)),
          exceptions_(net_.stages().size()),
          edges_(net_.stages().size() + 1) {
        require_distinct_names();
        for (const Exception& exception : exceptions) {
            const std::size_t stage = stage_of(exception);
            require_bits(net_.stages()[stage].name, "weights", exception.weight_bits,
                         code_bits<typename R::Weights::CodeType>);
            require_bits(net_.stages()[stage].name, "activations", exception.activation_bits,
                         code_bits<typename Activations::CodeType>);
            exceptions_[stage] = exception;
        }
        set_edge_bits();
    }

    /// Runs the float network on a batch and observes every edge; returns the float answer.
    template <EigenObject X>
    FeatureMatrix operator()(const X& x) {
        FeatureMatrix last;
        const simd::DefaultEnvironment guard;
        const RealInput input(x);
        std::vector<Activations> edges = edges_;
        net_.run(input.view(), [&](std::size_t i, const nn::FeatureMap<const float>& map) {
            if (observes(i)) observe(i, map, edges[i]);
            if (i == net_.stages().size()) last = nn::to_matrix(map);
        });
        edges_ = std::move(edges);
        return last;
    }

    /// Takes in what the observers of the same layers with the same codes saw elsewhere, whatever
    /// their weights.
    void merge(const Watched& other) {
        require_same_layers(other.net_);
        std::vector<Activations> edges = edges_;
        for (std::size_t i = 0; i < edges.size(); ++i) edges[i].merge(other.edges_[i]);
        edges_ = std::move(edges);
    }

    [[nodiscard]] const Sequential& net() const noexcept { return net_; }

    /// What the recipe says of stage i beyond its defaults.
    [[nodiscard]] const Exception& exception(std::size_t i) const { return exceptions_[i]; }

    /// The quantizer of edge i: 0 is the input, i + 1 the output of stage i.
    [[nodiscard]] const Activations& edge(std::size_t i) const { return edges_[i]; }

    /// The quantizers of all edges; only some observe.
    [[nodiscard]] const std::vector<Activations>& edges() const noexcept { return edges_; }

    /// Puts quantizers that have seen something, from elsewhere, in the place of these.
    void set_edges(std::vector<Activations> edges) {
        const auto same = [](const Activations& a, const Activations& b) {
            return a.grid() == b.grid();
        };
        require(std::equal(edges.begin(), edges.end(), edges_.begin(), edges_.end(), same),
                "Watched::set_edges", "the edges differ, expected ", edges_.size(),
                " with the same codes, given ", edges.size());
        edges_ = std::move(edges);
    }

    /// Whether edge i has a range of its own: activations, poolings and Flatten pass that of their
    /// input.
    [[nodiscard]] bool observes(std::size_t i) const {
        if (R::mode != nn::Mode::static_ranges) return false;
        if (i == 0) return true;
        const nn::Work work = net_.stages()[i - 1].work;
        return work == nn::Work::weighted || work == nn::Work::average_pool;
    }

private:
    /// Shows a quantizer what passes edge i, a row each image or vector.
    void observe(std::size_t i, const nn::FeatureMap<const float>& map, Activations& edge) const {
        using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
        try {
            edge.observe(Eigen::Map<const Rows>(map.data, map.shape.batch, map.shape.image_size()));
        } catch (const std::domain_error& error) {
            fail<std::domain_error>(
                "Watched", i == 0 ? "the input" : "the output of " + net_.stages()[i - 1].name,
                ": ", error.what());
        }
    }

    /// Refuses to merge what layers of another kind or name gave.
    void require_same_layers(const Sequential& other) const {
        const char* const where = "Watched::merge";
        const auto& layers = net_.layers();
        const auto& given = other.layers();
        require(layers.size() == given.size(), where, "the networks differ, expected ",
                layers.size(), " layers, given ", given.size());
        for (std::size_t i = 0; i < layers.size(); ++i) {
            require(layers[i].index() == given[i].index(), where, "layer ", i,
                    " differs, expected ", nn::kind(layers[i]), ", given ", nn::kind(given[i]));
        }
        for (std::size_t i = 0; i < net_.stages().size(); ++i) {
            const std::string& name = net_.stages()[i].name;
            const std::string& other_name = other.stages()[i].name;
            require(name == other_name, where, "the layers differ, expected \"", name,
                    "\", given \"", other_name, "\"");
        }
    }

    /// Names are how exceptions and reports speak of layers: each stands for one.
    void require_distinct_names() const {
        const auto& stages = net_.stages();
        for (auto stage = stages.begin(); stage != stages.end(); ++stage) {
            const auto twin = std::find_if(stages.begin(), stage, [&](const nn::Stage& earlier) {
                return earlier.name == stage->name;
            });
            require(twin == stage, "prepare", "two layers have one name, expected one each, given ",
                    stage->name, " for ", twin->layer, " and ", stage->layer);
        }
    }

    static void require_bits(const std::string& layer, const char* what, int bits, int most) {
        require(bits == 0 || (2 <= bits && bits <= most), "prepare", "no such width for the ", what,
                " of ", layer, ", expected 2 to ", most, " bits, given ", bits);
    }

    /// The stage that an exception speaks of.
    [[nodiscard]] std::size_t stage_of(const Exception& exception) const {
        const auto& stages = net_.stages();
        const auto* name = std::get_if<std::string>(&exception.layer);
        const auto matches = [&](const nn::Stage& stage) {
            return name != nullptr ? stage.name == *name
                                   : stage.layer == std::get<std::size_t>(exception.layer);
        };
        const auto found = std::find_if(stages.begin(), stages.end(), matches);
        if (found == stages.end() || found->work != nn::Work::weighted) {
            std::string choices;
            for (const nn::Stage& stage : stages) {
                if (stage.work != nn::Work::weighted) continue;
                choices += (choices.empty() ? "" : ", ") + stage.name + " (" +
                           std::to_string(stage.layer) + ")";
            }
            const std::string given =
                name != nullptr ? *name : std::to_string(std::get<std::size_t>(exception.layer));
            fail("prepare", "an exception names no layer with weights, expected one of ", choices,
                 ", given ", given);
        }
        return static_cast<std::size_t>(found - stages.begin());
    }

    /// A layer with fewer bits for what it reads narrows the edge that its input comes from.
    void set_edge_bits() {
        for (std::size_t i = 0; i < exceptions_.size(); ++i) {
            if (exceptions_[i].activation_bits == 0) continue;
            std::size_t edge = i;
            while (edge > 0 && !observes(edge) && R::mode == nn::Mode::static_ranges) --edge;
            edges_[edge] = Activations::of_bits(exceptions_[i].activation_bits);
        }
    }

    Sequential net_;
    std::vector<Exception> exceptions_;  // one a stage
    std::vector<Activations> edges_;     // one an edge; only some observe
};

/// A network with observers, for calibration; the exceptions default to those of the recipe.
template <Recipe R>
[[nodiscard]] Watched<R> prepare(Sequential net, const Exceptions& exceptions = R::exceptions()) {
    return Watched<R>(std::move(net), exceptions);
}

}  // namespace intact
