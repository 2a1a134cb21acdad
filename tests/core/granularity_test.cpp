#include <doctest/doctest.h>

#include "intact/core/granularity.hpp"

using namespace intact;

TEST_CASE("granularity: the four kinds, with any axis and size") {
    CHECK(Granularity<PerTensor>);
    CHECK(Granularity<PerToken>);
    CHECK(Granularity<PerChannel<0>>);
    CHECK(Granularity<PerChannel<3>>);
    CHECK(Granularity<PerGroup<0, 1>>);
    CHECK(Granularity<PerGroup<1, 128>>);
    CHECK_FALSE(Granularity<int>);
    CHECK_FALSE(Granularity<const PerTensor&>);
}

TEST_CASE("granularity: a policy knows its axis and the size of a group") {
    CHECK(PerChannel<2>::axis == 2);
    CHECK(PerGroup<1, 32>::axis == 1);
    CHECK(PerGroup<1, 32>::size == 32);
}

TEST_CASE("granularity: channels and groups are told apart") {
    CHECK(detail::is_per_channel<PerChannel<1>>);
    CHECK_FALSE(detail::is_per_channel<PerGroup<1, 32>>);
    CHECK_FALSE(detail::is_per_channel<PerTensor>);
    CHECK(detail::is_per_group<PerGroup<1, 32>>);
    CHECK_FALSE(detail::is_per_group<PerChannel<1>>);
    CHECK_FALSE(detail::is_per_group<PerToken>);
}
