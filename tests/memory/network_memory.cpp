// Counts every allocation of the program, of whatever kind, to see that a network which a thread
// has run once allocates nothing more but its answer. A program of its own, since Eigen asks
// malloc.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>

#include <errno.h>

#include "intact/nn/integer_network.hpp"
#include "intact/nn/prepare.hpp"
#include "intact/quantizers/quantizer.hpp"

namespace {

std::atomic<long> allocations = 0;

}  // namespace

// What glibc calls its own functions.
extern "C" {
void* __libc_malloc(std::size_t size);                      // NOLINT
void* __libc_calloc(std::size_t count, std::size_t size);   // NOLINT
void* __libc_realloc(void* memory, std::size_t size);       // NOLINT
void* __libc_memalign(std::size_t unit, std::size_t size);  // NOLINT

void* malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    ++allocations;
    return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
    ++allocations;
    return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t unit, std::size_t size) {
    ++allocations;
    return __libc_memalign(unit, size);
}
int posix_memalign(void** memory, std::size_t unit, std::size_t size) {
    ++allocations;
    *memory = __libc_memalign(unit, size);
    return *memory != nullptr ? 0 : ENOMEM;
}
}

namespace {

using namespace intact;
using Images = Eigen::Tensor<float, 4, Eigen::RowMajor>;
using Weights = SymmetricQuantizer<std::int8_t, PerChannel<0>>;
using Activations = AffineQuantizer<std::uint8_t>;

bool failed = false;

void check(const std::string& what, bool holds, long given) {
    std::cout << what << ": " << given << (holds ? "\n" : "  FAILED\n");
    failed = failed || !holds;
}

template <class F>
long allocations_of(F&& f) {
    const long before = allocations;
    f();
    return allocations - before;
}

/// Runs a network on a few images, on more, and on those again.
template <class Network>
void check_network(const std::string& what, const Network& network, const Images& few,
                   const Images& many) {
    (void)network(few);
    const long first = allocations_of([&] { (void)network(many); });
    check(what + ", allocations of the first large batch", first >= 1, first);  // they are counted
    for (const Images* images : {&many, &few, &many}) {
        const long again = allocations_of([&] { (void)network(*images); });
        check(what + ", allocations of a batch", again <= 1, again);
    }
}

Images random_images(Index a, Index b, Index c, Index d) {
    Images images(a, b, c, d);
    images.setRandom();
    return images;
}

/// A convolution of each way to work it out, and what may stand between.
Sequential network() {
    const auto bias = [](Index n) -> Eigen::VectorXf { return Eigen::VectorXf::Random(n); };
    return sequential(Conv2d(random_images(16, 3, 3, 3), bias(16), {.padding = 1}), Relu(),
                      Conv2d(random_images(16, 1, 3, 3), bias(16), {.padding = 1, .groups = 16}),
                      Relu6(), Conv2d(random_images(24, 16, 1, 1), bias(24)), MaxPool2d(2),
                      Conv2d(random_images(24, 12, 3, 3), bias(24), {.stride = 2, .groups = 2}),
                      Relu(), Flatten(),
                      Linear(Eigen::MatrixXf(Eigen::MatrixXf::Random(10, 24 * 5 * 5)), bias(10)));
}

template <class R>
void check_recipe(const std::string& what, const Images& few, const Images& many) {
    auto watched = prepare<R>(network());
    watched(many);
    check_network(what, convert(watched), few, many);
}

}  // namespace

int main() {
    const Images few = random_images(2, 3, 23, 23);
    const Images many = random_images(9, 3, 23, 23);
    check_network("float", network(), few, many);
    check_recipe<StaticRecipe<Weights, Activations>>("static ranges", few, many);
    check_recipe<DynamicRecipe<Weights, Activations>>("dynamic ranges", few, many);
    check_recipe<WeightOnlyRecipe<Weights>>("weights only", few, many);
    std::cout << (failed ? "NOT as expected\n" : "as expected\n");
    return failed ? 1 : 0;
}
