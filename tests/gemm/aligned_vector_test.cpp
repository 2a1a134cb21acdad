#include "intact/gemm/aligned_vector.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

#include <doctest/doctest.h>

using namespace intact;

TEST_CASE("AlignedVector: its storage starts on a cache line, whatever its size") {
    for (std::size_t size = 1; size < 200; size += 7) {
        gemm::AlignedVector<std::int8_t> codes(size, 3);
        gemm::AlignedVector<std::int64_t> sums(size, -1);
        sums.push_back(5);
        CHECK(reinterpret_cast<std::uintptr_t>(codes.data()) % gemm::cache_line_bytes == 0);
        CHECK(reinterpret_cast<std::uintptr_t>(sums.data()) % gemm::cache_line_bytes == 0);
        CHECK(codes.back() == 3);
        CHECK(sums[size - 1] == -1);
    }
}

TEST_CASE("AlignedVector: a large one starts on a large page, and grows onto one") {
    gemm::AlignedVector<std::int32_t> numbers(100, 7);
    numbers.resize(simd::large_page_bytes / sizeof(std::int32_t) + 5, 8);
    CHECK(reinterpret_cast<std::uintptr_t>(numbers.data()) % simd::large_page_bytes == 0);
    CHECK(numbers[99] == 7);
    CHECK(numbers[100] == 8);
    CHECK(numbers.back() == 8);
    numbers.resize(10);
    numbers.shrink_to_fit();
    CHECK(numbers == gemm::AlignedVector<std::int32_t>(10, 7));
}

TEST_CASE("AlignedVector: moves and copies like any vector") {
    gemm::AlignedVector<int> numbers{1, 2, 3};
    const int* place = numbers.data();
    const gemm::AlignedVector<int> copy = numbers;
    const gemm::AlignedVector<int> moved = std::move(numbers);
    CHECK(copy == moved);
    CHECK(moved.data() == place);
    CHECK(copy.data() != place);
}
