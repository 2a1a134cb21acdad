// Products on the threads of executors: the same results, errors that come through.
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "intact/gemm/eigen_pool.hpp"
#include "intact/gemm/multiply.hpp"
#include "intact/gemm/requantize_sums.hpp"
#include "intact/gemm/thread_team.hpp"
#include "tests/gemm/cases.hpp"

using namespace gemm_cases;

namespace {

template <class X>
void check_runs_each_part_once(X& executor) {
    for (const Index count : {0, 1, 2, 3, 17}) {
        std::vector<std::atomic<int>> runs(static_cast<std::size_t>(count));
        executor.run(count, [&](Index i) { ++runs[static_cast<std::size_t>(i)]; });
        for (const auto& one : runs) CHECK(one == 1);
    }
}

template <class X>
void check_errors_come_through(X& executor) {
    for (const Index bad : {0, 3}) {
        std::atomic<int> runs = 0;
        CHECK_THROWS_WITH_AS(executor.run(4,
                                          [&](Index i) {
                                              ++runs;
                                              if (i == bad) throw std::runtime_error("bad part");
                                          }),
                             "bad part", std::runtime_error);
        CHECK(runs == 4);
    }
    check_runs_each_part_once(executor);
}

/// Shapes that are cut by rows and by columns.
template <class X>
void check_products(X& executor) {
    std::mt19937 generator(31);
    for (const Shape& shape : {Shape{301, 130, 700}, Shape{3, 1500, 4000}, Shape{5, 4, 3}}) {
        const Side<std::int8_t> a(shape.m, shape.k, false, true, generator);
        const Side<std::uint8_t> b(shape.n, shape.k, false, true, generator);
        const gemm::Packed packed = gemm::pack(b.operand);
        const std::vector<double> factors(static_cast<std::size_t>(shape.n), 0x1p-14);
        const gemm::RequantizeSums<std::int8_t> epilogue{.factors = factors.data()};
        const auto size = static_cast<std::size_t>(shape.m * shape.n);
        for (const gemm::Kernel& kernel : runnable()) {
            std::vector<std::int8_t> expected(size);
            std::vector<std::int8_t> given(size);
            gemm::multiply(a.operand, packed, epilogue, expected.data(), shape.n, 1, kernel);
            gemm::multiply_with(executor, a.operand, packed, epilogue, given.data(), shape.n, 1,
                                kernel);
            CHECK(given == expected);
        }
    }
}

}  // namespace

TEST_CASE("ThreadTeam: every part runs once, whatever the number of threads") {
    for (const Index size : {1, 2, 5}) {
        ThreadTeam team(size);
        CHECK(team.size() == size);
        for (int again = 0; again < 50; ++again) check_runs_each_part_once(team);
    }
}

TEST_CASE("ThreadTeam: a thread begins with the part that it had the last time") {
    constexpr std::size_t size = 3;
    ThreadTeam team(size);
    std::vector<std::thread::id> first(size);
    for (int run = 0; run < 20; ++run) {
        std::vector<std::thread::id> ids(size);
        std::atomic<std::size_t> begun = 0;
        team.run(size, [&](Index i) {
            ids[static_cast<std::size_t>(i)] = std::this_thread::get_id();
            ++begun;
            while (begun < size) std::this_thread::yield();  // so that nobody takes two
        });
        if (run == 0) first = ids;
        CHECK(ids == first);
    }
    CHECK(first[0] == std::this_thread::get_id());
}

TEST_CASE("ThreadTeam: an exception leaves run() once all parts are done") {
    ThreadTeam team(3);
    check_errors_come_through(team);
}

TEST_CASE("ThreadTeam: a size below one is refused") {
    CHECK_THROWS_WITH_AS(ThreadTeam(0),
                         "ThreadTeam: the size is out of range, expected at least 1, given 0",
                         std::invalid_argument);
}

TEST_CASE("ThreadTeam: several callers take turns") {
    ThreadTeam team(2);
    std::atomic<int> total = 0;
    std::vector<std::thread> callers;
    for (int caller = 0; caller < 3; ++caller) {
        callers.emplace_back([&] {
            for (int i = 0; i < 100; ++i) team.run(4, [&](Index) { ++total; });
        });
    }
    for (std::thread& caller : callers) caller.join();
    CHECK(total == 1200);
}

TEST_CASE("ThreadTeam: products are the same on one thread and on many") {
    for (const Index size : {1, 2, 3}) {
        ThreadTeam team(size);
        check_products(team);
    }
}

TEST_CASE("EigenPool: parts, errors and products as with a team") {
    Eigen::ThreadPool pool(2);
    EigenPool executor(pool);
    CHECK(executor.size() == 3);
    check_runs_each_part_once(executor);
    check_errors_come_through(executor);
    check_products(executor);
}

TEST_CASE("multiply_with: the errors of a product reach the caller before any thread starts") {
    ThreadTeam team(2);
    std::mt19937 generator(32);
    const Side<std::uint8_t> a(4, 8, false, false, generator);
    const Side<std::int8_t> b(4, 9, false, false, generator);
    std::vector<std::int32_t> sums(16, 7);
    CHECK_THROWS_AS(
        gemm::multiply_with(team, a.operand, gemm::pack(b.operand), gemm::Raw(), sums.data(), 4, 1),
        std::invalid_argument);
    CHECK(sums == std::vector<std::int32_t>(16, 7));
}
