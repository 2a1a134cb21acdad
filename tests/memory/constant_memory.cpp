// Observes a thousand million values and reads the peak memory of the process before and after: it
// does not grow. Also holds each observer to the memory that its header states, by counting what it
// allocates. A program of its own, so that nothing else moves the peak.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <new>
#include <random>
#include <string_view>
#include <vector>

#include <sys/resource.h>

#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/histogram.hpp"
#include "intact/quantizers/aliases.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLOWED_DOWN 1
#endif
#endif

namespace {

using namespace intact;

std::size_t allocated = 0;  // bytes, all told

/// Largest memory that the process ever had, in KiB.
long peak() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

bool failed = false;

void check(std::string_view what, long given, long most) {
    std::cout << what << ": " << given << ", at most " << most << '\n';
    if (given <= most) return;
    std::cout << "FAILED\n";
    failed = true;
}

/// The memory of a histogram, in place and on the heap, whatever it has seen.
template <int Octaves, int BinBits>
void check_state(const char* what) {
    using State = HistogramState<Octaves, BinBits>;
    const std::size_t before = allocated;
    State state;
    for (const float scale : {1.0F, 1e-30F, 1e30F}) {
        state.add(std::vector<float>(1000, scale));
        State other;
        other.add(std::vector<float>(10, -scale));
    }
    const std::size_t of_the_batches = 3 * 1010 * sizeof(float);
    const std::size_t states = 4;  // this one and the three others
    const std::size_t heap = (allocated - before - of_the_batches) / states;
    const long bins = 16L * (Octaves + 1) << BinBits;
    check(what, static_cast<long>(sizeof(State) + heap), bins + 256);
}

/// Shows `n` values to `watch` from one buffer, each time multiplied by another number.
template <class Watch>
void check_peak(const char* what, std::uint64_t n, Watch&& watch) {
    constexpr std::size_t size = 1 << 20;
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> pattern(size);
    for (float& value : pattern) value = normal(random);
    std::vector<float> batch(size);
    long before = 0;
    for (std::uint64_t done = 0; done < n; done += size) {
        const float factor = 1.0F + static_cast<float>(done) * 1e-8F;
        for (std::size_t i = 0; i < size; ++i) batch[i] = pattern[i] * factor;
        watch(batch);
        if (done == 0) before = peak();
    }
    check(what, peak() - before, 1024);
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    allocated += size;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main() {
    check_state<8, 8>("bytes of a histogram for a tensor");
    check_state<8, 5>("bytes of a histogram for a channel");
    check_state<3, 2>("bytes of a small histogram");

#if SLOWED_DOWN
    const std::uint64_t many = 20'000'000;
#else
    const std::uint64_t many = 1'000'000'000;
#endif
    std::cout << "observing " << many << " values\n";
    Histogram<MeanSquaredError> histogram;
    check_peak("KiB that the peak grew, histogram", many,
               [&](const std::vector<float>& batch) { histogram.observe(batch); });
    if (histogram.state().count() < many) failed = true;

    AffineQuantizer<std::uint8_t, PerChannel<0>, Histogram<MeanSquaredError>> channels;
    check_peak(
        "KiB that the peak grew, 16 channels", many / 10, [&](const std::vector<float>& batch) {
            using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
            const auto columns = static_cast<Eigen::Index>(batch.size() / 16);
            channels.observe(Eigen::Map<const Rows>(batch.data(), 16, columns));
        });
    std::cout << (failed ? "NOT as expected\n" : "as expected\n");
    return failed ? 1 : 0;
}
