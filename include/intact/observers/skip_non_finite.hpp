// Lets an observer pass over NaN and infinities, which it would refuse, and counts them.
//
// Errors   std::invalid_argument   another number of weights than of values
//          std::overflow_error     a merge to 2^64 values or more
// Cost     that of the observer, plus a copy of a batch that holds such values
//
//   SkipNonFinite<MinMax> observer;
//   observer.observe(batch);
//   if (observer.nan_count() > 0) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "intact/core/number.hpp"
#include "intact/observers/counts.hpp"
#include "intact/observers/eigen_batch.hpp"
#include "intact/observers/observer.hpp"

namespace intact {

template <Observer Watcher>
class SkipNonFinite {
public:
    /// The form for many channels.
    using PerChannel = SkipNonFinite<ChannelObserver<Watcher>>;

    /// Tells a quantizer that it need not refuse such values itself.
    static constexpr bool accepts_non_finite = true;

    static constexpr int most_code_bits = intact::most_code_bits<Watcher>;

    SkipNonFinite() = default;

    /// An observer that goes on from what another one saw and skipped.
    SkipNonFinite(Watcher watcher, std::uint64_t nans, std::uint64_t infinities)
        : watcher_(std::move(watcher)), nan_count_(nans), infinity_count_(infinities) {}

    /// Shows the finite values of `batch` to the observer, in one batch.
    void observe(std::span<const float> batch) {
        if (batch.empty()) return;
        if (elementwise::min_max(batch).non_finite == 0) {
            watcher_.observe(batch);
            return;
        }
        std::vector<float> finite;
        finite.reserve(batch.size());
        const Skipped skipped =
            visit_finite(batch, [&](std::size_t i) { finite.push_back(batch[i]); });
        watcher_.observe(finite);
        count(skipped);
    }

    /// The same for an Eigen object.
    void observe(const EigenObject auto& x) { observe(EigenBatch(x).values()); }

    /// The same, each value as many times as its weight says. The weight of a skipped value is
    /// skipped with it: whatever it is, 0 too, the value counts once among those skipped.
    void observe(std::span<const float> batch,
                 std::span<const std::uint32_t> weights) requires WeightedObserver<Watcher> {
        detail::require_weights(batch, weights, "SkipNonFinite");
        if (batch.empty()) return;
        if (elementwise::min_max(batch).non_finite == 0) {
            watcher_.observe(batch, weights);
            return;
        }
        std::vector<float> finite;
        std::vector<std::uint32_t> own;
        finite.reserve(batch.size());
        own.reserve(batch.size());
        const Skipped skipped = visit_finite(batch, [&](std::size_t i) {
            finite.push_back(batch[i]);
            own.push_back(weights[i]);
        });
        watcher_.observe(finite, own);
        count(skipped);
    }

    /// Adds what another observer saw and skipped.
    void merge(const SkipNonFinite& other) requires MergeableObserver<Watcher> {
        const char* const where = "SkipNonFinite";
        const std::uint64_t nans = detail::sum_of_counts(nan_count_, other.nan_count_, where);
        const std::uint64_t infinities =
            detail::sum_of_counts(infinity_count_, other.infinity_count_, where);
        watcher_.merge(other.watcher_);
        nan_count_ = nans;
        infinity_count_ = infinities;
    }

    /// Whether no finite value was seen.
    [[nodiscard]] bool empty() const { return watcher_.empty(); }

    /// The range that the observer chooses from the finite values.
    [[nodiscard]] Range range(const Grid& grid) const { return watcher_.range(grid); }

    /// Number of NaNs skipped.
    [[nodiscard]] std::uint64_t nan_count() const noexcept { return nan_count_; }

    /// Number of infinities skipped, of both signs.
    [[nodiscard]] std::uint64_t infinity_count() const noexcept { return infinity_count_; }

    /// The observer of the finite values.
    [[nodiscard]] const Watcher& watcher() const noexcept { return watcher_; }

    friend bool operator==(const SkipNonFinite&, const SkipNonFinite&) = default;

private:
    struct Skipped {
        std::uint64_t nans = 0;
        std::uint64_t infinities = 0;
    };

    /// Calls visit(i) for every index of a finite value; counts the others.
    template <class Visit>
    static Skipped visit_finite(std::span<const float> batch, Visit&& visit) {
        Skipped skipped;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            if (!is_non_finite(batch[i])) {
                visit(i);
            } else {
                ++(is_nan(batch[i]) ? skipped.nans : skipped.infinities);
            }
        }
        return skipped;
    }

    void count(const Skipped& skipped) noexcept {
        nan_count_ += skipped.nans;
        infinity_count_ += skipped.infinities;
    }

    Watcher watcher_;
    std::uint64_t nan_count_ = 0;
    std::uint64_t infinity_count_ = 0;
};

}  // namespace intact
