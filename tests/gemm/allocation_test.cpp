// Counts every allocation of the program, to see that products in steady state make none.
#include <atomic>
#include <cstdlib>
#include <new>

#include <doctest/doctest.h>

#include "intact/gemm/bound_output.hpp"
#include "intact/gemm/eigen_pool.hpp"
#include "intact/gemm/product.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "intact/gemm/thread_team.hpp"
#include "intact/gemm/workspace.hpp"
#include "tests/gemm/cases.hpp"

namespace {

std::atomic<long> allocations = 0;

void* counted(void* memory) {
    ++allocations;
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

// No more than was asked for, so that sanitizers see what is read beyond.
[[gnu::noinline]] void* operator new(std::size_t size) {
    return counted(std::malloc(size == 0 ? 1 : size));
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    void* memory = nullptr;
    const auto unit = static_cast<std::size_t>(alignment);
    return counted(posix_memalign(&memory, unit, size == 0 ? 1 : size) == 0 ? memory : nullptr);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}

using namespace gemm_cases;

TEST_CASE("Workspace: the second product of a size allocates nothing, nor does a smaller one") {
    std::mt19937 generator(12);
    const Side<std::int8_t> a(60, 130, true, true, generator);  // by columns: rows are packed
    const Side<std::uint8_t> b(90, 130, false, true, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    const std::vector<double> factors(90, 0x1p-12);
    const gemm::RequantizeSums<std::uint8_t> epilogue{.factors = factors.data()};
    std::vector<std::uint8_t> codes(60 * 90);
    auto smaller = a.operand;
    smaller.rows = 7;
    for (const gemm::Kernel& kernel : runnable()) {
        CAPTURE(simd::name(kernel.isa));
        gemm::Workspace workspace;
        const long before = allocations;
        gemm::multiply(a.operand, packed, epilogue, codes.data(), 1, 60, kernel, workspace);
        CHECK(allocations > before);
        const long warm = allocations;
        gemm::multiply(a.operand, packed, epilogue, codes.data(), 1, 60, kernel, workspace);
        gemm::multiply(smaller, packed, epilogue, codes.data(), 90, 1, kernel, workspace);
        CHECK(allocations == warm);
    }
}

TEST_CASE("Workspace: what is given lies on a cache line, and only growth allocates") {
    gemm::Workspace workspace;
    CHECK(workspace.bytes() == 0);
    const auto* first = workspace.reserve<std::int32_t>(100);
    CHECK(reinterpret_cast<std::uintptr_t>(first) % 64 == 0);
    CHECK(workspace.bytes() == 400);
    const long warm = allocations;
    CHECK(workspace.reserve<char>(399) == reinterpret_cast<const char*>(first));
    CHECK(workspace.bytes() == 400);
    CHECK(allocations == warm);
}

TEST_CASE("Workspace: its size is known beforehand, of any shape, layout and output") {
    std::mt19937 generator(14);
    unsigned layout = 0;
    for (const Shape& shape : {Shape{500, 90, 130}, Shape{1, 90, 130}, Shape{1, 40, 9000},
                               Shape{4, 300, 70}, Shape{33, 65, 129}, Shape{7, 5, 13},
                               Shape{64, 64, 64}, Shape{130, 600, 20}, Shape{17, 16, 5000}}) {
        CAPTURE(shape.m);
        CAPTURE(shape.k);
        const bool by_columns = (++layout & 1U) != 0;
        const Side<std::int8_t> a(shape.m, shape.k, by_columns, true, generator);
        const Side<std::int8_t> b(shape.n, shape.k, false, true, generator);
        const gemm::Packed packed = gemm::pack(b.operand);
        std::vector<std::int32_t> sums(static_cast<std::size_t>(shape.m * shape.n));
        std::vector<std::uint8_t> codes(sums.size());
        const std::vector<double> factors(static_cast<std::size_t>(shape.n), 0x1p-9);
        const gemm::RequantizeSums<std::uint8_t> to_codes{.factors = factors.data()};
        for (const gemm::Kernel& kernel : runnable()) {
            CAPTURE(simd::name(kernel.isa));
            gemm::Workspace workspace;
            (void)workspace.reserve<char>(gemm::workspace_bytes(a.operand, packed, kernel));
            const std::size_t bytes = workspace.bytes();
            const long before = allocations;
            gemm::multiply(a.operand, packed, gemm::Raw(), sums.data(), shape.n, 1, kernel,
                           workspace);
            gemm::multiply(a.operand, packed, to_codes, codes.data(), 1, shape.m, kernel,
                           workspace);
            CHECK(allocations == before);
            CHECK(workspace.bytes() == bytes);
        }
    }
}

namespace {

/// Allocations of 20 products on the threads of an executor, once its threads have run one.
template <class X>
long allocations_on(X& executor) {
    std::mt19937 generator(15);
    const Side<std::int8_t> a(600, 300, false, false, generator);
    const Side<std::int8_t> b(90, 300, false, false, generator);
    const gemm::Packed packed = gemm::pack(b.operand);
    std::vector<std::int32_t> sums(600 * 90);
    const auto product = [&] {
        gemm::multiply_with(executor, a.operand, packed, gemm::Raw(), sums.data(), 90, 1);
    };
    // Which thread takes which part is not fixed: each warms up its own workspace first.
    std::atomic<int> started = 0;
    executor.run(2, [&](Index) {
        ++started;
        while (started < 2) std::this_thread::yield();
        (void)gemm::thread_workspace().reserve<char>(1 << 20);
    });
    product();
    const long before = allocations;
    for (int i = 0; i < 20; ++i) product();
    return allocations - before;
}

}  // namespace

TEST_CASE("Workspace: products on several threads allocate nothing once each has run one") {
    intact::ThreadTeam team(2);
    CHECK(allocations_on(team) == 0);
    Eigen::ThreadPool pool(1);
    intact::EigenPool threads(pool);
    CHECK(allocations_on(threads) == 0);
}

TEST_CASE("Workspace: a product with a bound output to memory of the caller allocates nothing") {
    using Codes = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic>;
    using Weights = Eigen::Matrix<std::int8_t, Eigen::Dynamic, Eigen::Dynamic>;
    const Quantized<std::uint8_t, PerTensor, Codes> x8(Codes::Constant(40, 120, 7), {{0.02F, 117}},
                                                       {.qmin = 0, .qmax = 255});
    const auto packed = pack(Quantized<std::int8_t, PerTensor, Weights>(
        Weights::Constant(90, 120, -3), {{0.01F, 0}}, {.qmin = -128, .qmax = 127}));
    const Eigen::VectorXf bias = Eigen::VectorXf::LinSpaced(90, -1.0F, 1.0F);
    const auto to_codes = bind(Requantize<std::uint8_t>({0.05F, 3}, bias), x8, packed);
    const auto to_reals = bind(Dequantize(bias), x8, packed);
    Eigen::MatrixXf y(40, 90);
    auto y8 = multiply(x8, packed, to_codes);
    multiply(x8, packed, to_reals, y);
    const long before = allocations;
    multiply(x8, packed, to_codes, y8);
    multiply(x8, packed, to_reals, y);
    CHECK(allocations == before);
}
