// Counts every allocation of the program, to see that products in steady state make none.
#include <atomic>
#include <cstdlib>
#include <new>

#include <doctest/doctest.h>

#include "intact/gemm/requantize_sums.hpp"
#include "intact/gemm/workspace.hpp"
#include "tests/gemm/cases.hpp"

namespace {

std::atomic<long> allocations = 0;

void* allocate(std::size_t size, std::size_t alignment) {
    ++allocations;
    const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
    void* memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
    return allocate(size, alignof(std::max_align_t));
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
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
    const Side<std::int8_t> a(60, 130, false, true, generator);
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
