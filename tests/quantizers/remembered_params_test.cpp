#include "intact/quantizers/remembered_params.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using intact::QuantParams;
using intact::detail::RememberedParams;

TEST_CASE("RememberedParams: chosen once, until they are cleared") {
    const std::vector<QuantParams> made{{0.5F, 3}};
    RememberedParams remembered;
    int choices = 0;
    const auto choose = [&] {
        ++choices;
        return made;
    };
    CHECK(remembered.known().empty());
    CHECK(remembered.get(choose) == made);
    CHECK(remembered.get(choose) == made);
    CHECK(choices == 1);
    const RememberedParams copy = remembered;
    remembered.clear();
    CHECK(remembered.get(choose) == made);
    CHECK(choices == 2);
    CHECK(copy.known() == made);
}

TEST_CASE("RememberedParams: what was given is told from what was chosen, in copies too") {
    const std::vector<QuantParams> params{{0.5F, 3}};
    RememberedParams remembered;
    (void)remembered.get([&] { return params; });
    CHECK(remembered.given().empty());
    remembered.set(params);
    CHECK(remembered.given() == params);
    RememberedParams copy;
    copy = remembered;
    CHECK(copy.given() == params);
    CHECK(RememberedParams(copy).given() == params);
    remembered.clear();
    CHECK(remembered.given().empty());
    CHECK(remembered.known().empty());
}

TEST_CASE("RememberedParams: threads that ask at once get one choice") {
    const RememberedParams remembered;
    std::atomic<int> choices = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            (void)remembered.get([&] {
                ++choices;
                return std::vector<QuantParams>{{1.0F, 0}};
            });
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(choices == 1);
}
