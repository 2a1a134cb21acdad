// Counts the bytes that the program asks for, to see that observing does not copy what was seen;
// and lets memory run out, to see that nothing changes then.
#include <atomic>
#include <cstdlib>
#include <new>
#include <random>

#include <doctest/doctest.h>

#include "intact/observers/criteria/mean_squared_error.hpp"
#include "intact/observers/skip_non_finite.hpp"
#include "intact/observers/values.hpp"
#include "intact/quantizers/aliases.hpp"
#include "intact/quantizers/importance.hpp"

namespace {

std::atomic<std::size_t> bytes = 0;
std::atomic<long> left = -1;  // allocations until memory runs out; below 0: it does not

void* counted(void* memory, std::size_t size) {
    bytes += size;
    const bool runs_out = left >= 0 && left-- == 0;
    if (memory == nullptr || runs_out) {
        std::free(memory);
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

// No more than was asked for, so that sanitizers see what is read beyond.
[[gnu::noinline]] void* operator new(std::size_t size) {
    return counted(std::malloc(size == 0 ? 1 : size), size);
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    void* memory = nullptr;
    const auto unit = static_cast<std::size_t>(alignment);
    const bool done = posix_memalign(&memory, unit, size == 0 ? 1 : size) == 0;
    return counted(done ? memory : nullptr, size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

using namespace intact;

namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Bytes asked for while a new quantizer observes `batches` different batches of `rows` x 500.
template <class Q>
std::size_t bytes_to_observe(int batches, Eigen::Index rows) {
    std::mt19937 random(1);
    Rows batch(rows, 500);
    Q quantizer;
    const std::size_t before = bytes;
    for (int i = 0; i < batches; ++i) {
        for (float& x : batch.reshaped()) x = static_cast<float>(static_cast<int>(random()));
        quantizer.observe(batch);
    }
    return bytes - before;
}

/// Twice the batches may cost twice the bytes and one step more of sorting; if each batch copied
/// all before, it were four times.
template <class Q>
void check_growth(Eigen::Index rows) {
    const std::size_t some = bytes_to_observe<Q>(400, rows);
    const std::size_t twice = bytes_to_observe<Q>(800, rows);
    CAPTURE(some);
    CAPTURE(twice);
    CHECK(2 * twice < 5 * some);
    const std::size_t values = 800 * 500 * static_cast<std::size_t>(rows);
    CHECK(twice < 250 * values);  // with copies of all 4 * 800 / 2 bytes for each value
}

}  // namespace

TEST_CASE("Quantizer: observing all values does not copy those seen before") {
    using All = Values<MeanSquaredError>;
    check_growth<AffineQuantizer<std::uint8_t, PerTensor, All>>(1);
    check_growth<SymmetricQuantizer<std::int8_t, PerChannel<0>, All>>(5);
    check_growth<AffineQuantizer<std::uint8_t, PerTensor, SkipNonFinite<All>>>(1);
}

TEST_CASE("Quantizer: where memory runs out, nothing is observed") {
    const auto check = [](auto quantizer, auto observe) {
        for (int i = 0; i < 5; ++i) quantizer.observe(Rows(Rows::Random(3, 331)));
        const auto before = quantizer.observers();
        int failures = 0;
        for (bool done = false; !done; ++failures) {
            left = failures;
            try {
                observe(quantizer);
                done = true;
            } catch (const std::bad_alloc&) {
            }
            left = -1;
            REQUIRE((quantizer.observers() == before) == !done);
        }
        CHECK(failures > 3);
    };
    const Rows few = Rows::Random(3, 5);
    const Rows many = Rows::Random(3, 2000);
    for (const Rows& x : {few, many}) {
        const auto plain = [&](auto& quantizer) { quantizer.observe(x); };
        const auto weighted = [&](auto& quantizer) {
            quantizer.observe(x, Importance<0>({3, 0, 2}));
        };
        check(AffineQuantizer<std::uint8_t, PerTensor, Values<>>(), plain);
        check(AffineQuantizer<std::uint8_t, PerTensor, Values<>>(), weighted);
        check(SymmetricQuantizer<std::int8_t, PerChannel<0>, Values<>>(), plain);
        check(SymmetricQuantizer<std::int8_t, PerChannel<0>, Values<>>(), weighted);
    }
}

TEST_CASE("Quantizer: batches that others copied in between are not copied either") {
    using Q = AffineQuantizer<std::uint8_t, PerTensor, Values<>>;
    Q quantizer;
    quantizer.observe(Rows(Rows::Random(100, 1000)));
    (void)quantizer.params();  // all in order
    const std::size_t before = bytes;
    const Q copy = quantizer;
    CHECK(bytes - before < 1000);
    quantizer.observe(Rows(Rows::Random(1, 1)));
    CHECK(bytes - before < 10000);
    CHECK(copy.observers()[0].view().count == 100000);
    CHECK(quantizer.observers()[0].view().count == 100001);
}

TEST_CASE("Quantizer: codes written to those of an earlier tensor need no memory") {
    const Rows x = Rows::Random(30, 50);
    AffineQuantizer<std::uint8_t> quantizer;
    quantizer.observe(x);
    auto x8 = quantizer.quantize(x);
    const Rows other = 0.5F * x;
    const std::size_t before = bytes;
    quantizer.quantize(other, x8);
    CHECK(bytes == before);
    CHECK(x8.codes() == quantizer.quantize(other).codes());
}
