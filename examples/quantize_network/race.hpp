// Times the forms of one network against its float form, round by round: what disturbs the machine
// for a while disturbs one round of all of them, and the medians pass over it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "examples/quantize_network/integer_form.hpp"
#include "examples/quantize_network/opponent.hpp"
#include "examples/quantize_network/progress.hpp"
#include "examples/quantize_network/stopwatch.hpp"

namespace example {

/// Fills in the times of `rows`: the first is the float network, the others those of `forms`.
/// Returns whether the float network was the program compiled for this processor.
inline bool race(const std::string& network, const intact::Sequential& net, const Dataset& set,
                 const std::vector<IntegerForm>& forms, std::vector<Row>& rows) {
    constexpr std::size_t rounds = 9;
    const std::vector<Batch> single = timed_batches(set, 1);
    const std::vector<Batch> together = timed_batches(set, timed_images);
    const bool has_opponent = time_opponent(network).has_value();
    std::vector<std::vector<double>> batch_1(rows.size());
    std::vector<std::vector<double>> batch_64(rows.size());
    Progress progress("speed of the " + network + " network", rounds);
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto own = has_opponent ? time_opponent(network) : std::nullopt;
        if (own) {
            batch_1[0].push_back(own->batch_1);
            batch_64[0].push_back(own->batch_64);
        } else if (!has_opponent) {
            batch_1[0].push_back(microseconds_per_image(single, net));
            batch_64[0].push_back(microseconds_per_image(together, net));
        }
        for (std::size_t i = 0; i < forms.size(); ++i) {
            batch_1[i + 1].push_back(microseconds_per_image(single, forms[i].run));
            batch_64[i + 1].push_back(microseconds_per_image(together, forms[i].run));
        }
        progress.advance_to(round + 1);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (batch_1[i].empty()) continue;
        rows[i].microseconds_batch_1 = median(batch_1[i]);
        rows[i].microseconds_batch_64 = median(batch_64[i]);
    }
    return has_opponent;
}

}  // namespace example
