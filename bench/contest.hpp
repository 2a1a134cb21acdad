// One shape, everybody: our product, the peak of the instructions at the clock that it leaves
// behind, the peers' products, Eigen's in float and a loop that reads the weights, timed in turns
// in this one process.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/bandwidth.hpp"
#include "bench/ours.hpp"
#include "bench/peak.hpp"
#include "bench/peers/eigen.hpp"
#include "bench/peers/peers.hpp"
#include "bench/results.hpp"
#include "intact/gemm/aligned_vector.hpp"

namespace bench {

/// Products with so few rows are bound by reading the weights, if those are not small.
inline constexpr std::ptrdiff_t few_rows = 16;
inline constexpr std::size_t many_bytes = 1 << 18;

class Contest {
public:
    Contest(const intact::gemm::Kernel& kernel, const Effort& effort, bool has_peers)
        : kernel_(kernel), effort_(effort), has_peers_(has_peers) {
        if (has_peers) cap_peers();
    }

    [[nodiscard]] Result run(const Shape& shape) {
        const Problem problem(shape);
        Result result{.isa = intact::simd::name(kernel_.isa), .shape = shape};
        Race race;
        std::vector<std::size_t> numbers;  // in the race, one an entry
        const auto enter = [&](const std::string& who, Kind kind, Run run) {
            if (!run) return;
            bool is_exact = true;
            if (kind == Kind::u8_s32 || kind == Kind::s8_s32) {
                run();
                is_exact = problem.is_exact(kind);
            } else if (const Entry* sums = result.find(who, sums_of(kind))) {
                is_exact = sums->is_exact;
            }
            result.entries.push_back({who, kind, 0, is_exact});
            numbers.push_back(race.add(std::move(run)));
        };
        const OurProducts ours(problem, intact::gemm::best_kernel(shape.m, shape.n, shape.k));
        for (const Kind kind : int8_kinds) enter(us, kind, ours.of(kind));
        // Products lower the clock, for milliseconds more than the bare instructions do.
        const Peak peak = int8_peak(kernel_.isa);
        const std::size_t peak_number = race.add(peak.run != nullptr ? Run(peak.run) : Run([] {}));
        if (has_peers_) enter_peers(problem, enter);
        const bool reads = shape.m <= few_rows && problem.w.bytes() >= many_bytes;
        const intact::gemm::AlignedVector<char> weights(reads ? problem.w.bytes() : 0);
        const std::size_t read_number =
            race.add([&] { read_memory(weights.data(), weights.size(), kernel_.isa); });

        race.run(effort_);
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            result.entries[i].rate = shape.operations() / race.seconds(numbers[i]);
        }
        if (peak.run != nullptr) result.peak = peak.operations / race.seconds(peak_number);
        if (reads) {
            result.read_rate = static_cast<double>(problem.w.bytes()) / race.seconds(read_number);
        }
        return result;
    }

    /// What oneDNN ran, and for how many products.
    [[nodiscard]] const std::map<std::string, int>& implementations() const noexcept {
        return implementations_;
    }

private:
    void cap_peers() const {
#if INTACT_HAS_ONEDNN
        cap_onednn(intact::simd::name(kernel_.isa));
#endif
    }

    template <class Enter>
    void enter_peers(const Problem& problem, const Enter& enter) {
#if INTACT_HAS_ONEDNN
        for (const Kind kind : int8_kinds) {
            std::string implementation;
            enter("oneDNN", kind, onednn(problem, kind, implementation));
            ++implementations_[implementation];
        }
#endif
#if INTACT_HAS_GEMMLOWP
        if (kernel_.isa >= intact::simd::Isa::avx2) {
            for (const Kind kind : int8_kinds) enter("gemmlowp", kind, gemmlowp(problem, kind));
        }
#endif
        enter("Eigen", Kind::f32, eigen(problem, kernel_.isa));
    }

    const intact::gemm::Kernel& kernel_;
    Effort effort_;
    bool has_peers_;
    std::map<std::string, int> implementations_;
};

}  // namespace bench
