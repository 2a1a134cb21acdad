// Kullback-Leibler divergence of two histograms as ONNX Runtime's entropy calibrator computes it:
// empty bins count 10^-4, which the others lack, both are divided by their sums, and float32 sums
// decide between candidates that lie close together.
//
// Cost     O(bins); a logarithm for each pair of counts that differs from those before
// Source   smooth_distribution of ONNX Runtime 1.12 and scipy.stats.entropy 1.10 on float32
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "intact/core/exact.hpp"
#include "intact/observers/logarithm.hpp"
#include "intact/observers/variants/numpy_sums.hpp"

namespace intact::detail {

class OnnxRuntimeDivergence {
public:
    /// What one histogram loses against `reference`, bin by bin; the largest float where one of
    /// them cannot be smoothed.
    [[nodiscard]] float operator()(std::span<const std::uint64_t> reference,
                                   std::span<const std::uint64_t> other) {
        if (!smooth(reference, p_) || !smooth(other, q_)) return std::numeric_limits<float>::max();
        ++round_;
        for (std::size_t i = 0; i < p_.size(); ++i) {
            const std::size_t place = (reference[i] * 61 + other[i]) % known_.size();
            Term& term = known_[place];
            if (term.round != round_ || term.p != p_[i] || term.q != q_[i]) {
                term = {round_, p_[i], q_[i], relative(p_[i], q_[i])};
            }
            terms_[i] = term.value;
        }
        return numpy_sum(terms_);
    }

private:
    /// A term already known in this round.
    struct Term {
        std::uint64_t round = 0;
        float p = 0.0F;
        float q = 0.0F;
        float value = 0.0F;
    };

    /// p ln(p / q).
    static float relative(float p, float q) noexcept {
        const auto own = static_cast<double>(p);
        const double ratio = exact_quotient(own, static_cast<double>(q));
        return static_cast<float>(exactly(own * natural_logarithm(ratio)));
    }

    /// Makes probabilities of counts; false where they would not be positive.
    bool smooth(std::span<const std::uint64_t> counts, std::vector<float>& shares) {
        constexpr double epsilon = 0.0001;
        const auto empty = static_cast<double>(std::count(counts.begin(), counts.end(), 0U));
        const double filled = static_cast<double>(counts.size()) - empty;
        if (epsilon * empty >= filled) return false;
        const auto taken = static_cast<float>(exact_quotient(exactly(epsilon * empty), filled));
        shares.resize(counts.size());
        terms_.resize(counts.size());
        for (std::size_t i = 0; i < counts.size(); ++i) {
            shares[i] = counts[i] == 0 ? static_cast<float>(epsilon)
                                       : float_sum(static_cast<float>(counts[i]), -taken);
        }
        const float sum = numpy_sum(shares);
        for (float& share : shares) share = exact_quotient(share, sum);
        return true;
    }

    std::vector<float> p_;
    std::vector<float> q_;
    std::vector<float> terms_;
    std::array<Term, 4096> known_{};
    std::uint64_t round_ = 0;
};

}  // namespace intact::detail
